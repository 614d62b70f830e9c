using System.Runtime.CompilerServices;

namespace MiniDL;

/// <summary>Takes quarter turns off an angle of any size, in integers: a·2/π modulo 4 to 128 bits behind the point (Payne and Hanek, Radian reduction for trigonometric functions, 1983).</summary>
internal static class LargeAngle
{
    // 2/π behind the point, after one word of zeros for angles with bits behind the point.
    static ReadOnlySpan<ulong> TwoOverPi =>
    [
        0,
        0xA2F9836E4E441529, 0xFC2757D1F534DDC0, 0xDB6295993C439041, 0xFE5163ABDEBBC561, 0xB7246E3A424DD2E0,
        0x06492EEA09D1921C, 0xFE1DEB1CB129A73E, 0xE88235F52EBB4484, 0xE99C7026B45F7E41, 0x3991D639835339F4,
        0x9C845F8BBDF9283B, 0x1FF897FFDE05980F, 0xEF2F118B5A0A6D1F, 0x6D367ECF27CB09B7, 0x4F463F669E5FEA2D,
        0x7527BAC7EBE5F17B, 0x3D0739F78A5292EA, 0x6BFB5FB11F8D5D08, 0x56033046FC7B6BAB, 0xF0CFBC209AF4361D,
    ];

    // π/2 · 2^−128.
    const double QuarterTurn = Math.PI / 2 / 340282366920938463463374607431768211456.0;

    /// <summary>a = n·π/2 + r with |r| ≤ π/4: returns n modulo 4.</summary>
    /// <param name="a">A finite angle of 1024 or more, of either sign.</param>
    /// <param name="r">The rest.</param>
    public static int Reduce(double a, out double r)
    {
        var bits = BitConverter.DoubleToInt64Bits(a);
        var mantissa = (ulong)bits & 0xFFFFFFFFFFFFF | 1UL << 52;
        var exponent = (int)(bits >> 52 & 0x7FF) - 1075;

        // |a| = mantissa·2^exponent. Bits of 2/π that make multiples of 4 are passed over; 192 bits from there on hold all that counts.
        var skip = exponent + 62;
        var (high, middle, low) = (Word(skip), Word(skip + 64), Word(skip + 128));
        var lower = (UInt128)mantissa * low;
        var upper = (UInt128)mantissa * middle + (lower >> 64) + ((UInt128)(mantissa * high) << 64);

        // upper/2^126 is |a|·2/π modulo 4: two bits of n, the rest rounds to the nearest.
        var fraction = (Int128)(upper << 2 | (lower >> 62 & 3));
        var n = (int)(upper >> 126) + (fraction < 0 ? 1 : 0);
        r = (double)fraction * QuarterTurn;
        if (a > 0) return n & 3;
        r = -r;
        return -n & 3;
    }

    /// <summary>The same for the lanes of a register beyond 4096 (double: 10⁶), one by one.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Reduce<T, E>(T a, ref T r, ref T quarter)
        where T : struct, IVectorLanes<T, E>
        where E : unmanaged
    {
        byte* angles = stackalloc byte[64], rests = stackalloc byte[64], quarters = stackalloc byte[64];
        T.Store(a, (E*)angles);
        T.Store(r, (E*)rests);
        T.Store(quarter, (E*)quarters);
        for (var i = 0; i < T.Count; i++)
            if (sizeof(E) == 4)
            {
                var angle = ((float*)angles)[i];
                if (!(Math.Abs(angle) > 4096) || !float.IsFinite(angle)) continue;
                ((int*)quarters)[i] = Reduce(angle, out var rest);
                ((float*)rests)[i] = (float)rest;
            }
            else
            {
                var angle = ((double*)angles)[i];
                if (!(Math.Abs(angle) > 1e6) || !double.IsFinite(angle)) continue;
                ((long*)quarters)[i] = Reduce(angle, out ((double*)rests)[i]);
            }
        r = T.Load((E*)rests);
        quarter = T.Load((E*)quarters);
    }

    /// <summary>64 bits of the table, from a bit on.</summary>
    static ulong Word(int bit)
    {
        var (word, shift) = (bit >> 6, bit & 63);
        return shift == 0 ? TwoOverPi[word] : TwoOverPi[word] << shift | TwoOverPi[word + 1] >> (64 - shift);
    }
}
