using ILGPU;

namespace MiniDL.Gpu;

/// <summary><see cref="LargeAngle"/> in the words that a kernel has: quarter turns taken off an angle of any size.</summary>
internal static class KernelAngle
{
    // 2/π behind the point in words of 32 bits, after two of zeros for angles with bits behind the point.
    static uint TwoOverPi(int word) => word switch
    {
        2 => 0xA2F9836E,
        3 => 0x4E441529,
        4 => 0xFC2757D1,
        5 => 0xF534DDC0,
        6 => 0xDB629599,
        7 => 0x3C439041,
        8 => 0xFE5163AB,
        9 => 0xDEBBC561,
        10 => 0xB7246E3A,
        11 => 0x424DD2E0,
        12 => 0x06492EEA,
        13 => 0x09D1921C,
        14 => 0xFE1DEB1C,
        15 => 0xB129A73E,
        16 => 0xE88235F5,
        17 => 0x2EBB4484,
        18 => 0xE99C7026,
        19 => 0xB45F7E41,
        20 => 0x3991D639,
        21 => 0x835339F4,
        22 => 0x9C845F8B,
        23 => 0xBDF9283B,
        24 => 0x1FF897FF,
        25 => 0xDE05980F,
        26 => 0xEF2F118B,
        27 => 0x5A0A6D1F,
        28 => 0x6D367ECF,
        29 => 0x27CB09B7,
        30 => 0x4F463F66,
        31 => 0x9E5FEA2D,
        32 => 0x7527BAC7,
        33 => 0xEBE5F17B,
        34 => 0x3D0739F7,
        35 => 0x8A5292EA,
        36 => 0x6BFB5FB1,
        37 => 0x1F8D5D08,
        38 => 0x56033046,
        39 => 0xFC7B6BAB,
        40 => 0xF0CFBC20,
        41 => 0x9AF4361D,
        _ => 0,
    };

    /// <summary>a = n·π/2 + r: returns n modulo 4. a is finite and beyond 1024 in size.</summary>
    public static long Reduce(double a, out double r)
    {
        var bits = (long)Interop.FloatAsInt(a);
        var n = Reduce((ulong)bits & 0xFFFFFFFFFFFFF | 1UL << 52, (int)(bits >> 52 & 0x7FF) - 1075, out var high, out var low);
        var sign = high < 0 ? -1.0 : 1.0;
        if (high < 0) Negate(ref high, ref low);
        // The two halves, by a quarter turn · 2⁻¹²⁸ and 2⁻⁶⁴.
        r = sign * (high * (Math.PI / 2 / 18446744073709551616.0) + (long)(low >> 11) * (Math.PI / 2 / 166153499473114484112975882535043072.0));
        if (a > 0) return n & 3;
        r = -r;
        return -n & 3;
    }

    /// <summary>The same for a float.</summary>
    public static long Reduce(float a, out float r)
    {
        var bits = (int)Interop.FloatAsInt(a);
        var n = Reduce((ulong)(bits & 0x7FFFFF | 1 << 23), (bits >> 23 & 0xFF) - 150, out var high, out _);
        // No float comes nearer to a multiple of π/2 than leaves thirty bits in the upper half.
        r = high * (float)(Math.PI / 2 / 18446744073709551616.0);
        if (a > 0) return n & 3;
        r = -r;
        return -n & 3;
    }

    // |a| = mantissa·2^exponent. The fraction of |a|·2/π as 128 bits behind the point, from −½ to ½; returns the whole.
    static int Reduce(ulong mantissa, int exponent, out long high, out ulong low)
    {
        // Bits of 2/π that make multiples of 4 are passed over; 192 bits from there on hold all that counts.
        var skip = exponent + 62;
        var first = skip >> 5;
        var shift = skip & 31;
        var (m0, m1) = ((uint)mantissa, (uint)(mantissa >> 32));

        // mantissa · words, from the least on, keeping the upper 192 bits modulo 2^192.
        ulong carry = 0;
        uint p0 = 0, p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0, before = 0;
        for (var i = 5; i >= 0; i--)
        {
            var word = (uint)(((ulong)TwoOverPi(first + i) << 32 | TwoOverPi(first + i + 1)) >> (32 - shift));
            var lower = (ulong)word * m0;
            var upper = (ulong)before * m1;
            var sum = (ulong)(uint)lower + (uint)upper + (uint)carry;
            carry = (carry >> 32) + (lower >> 32) + (upper >> 32) + (sum >> 32);
            (p5, p4, p3, p2, p1, p0) = (p4, p3, p2, p1, p0, (uint)sum);
            before = word;
        }
        // p5 is the least. Two bits above the point, then the fraction.
        high = (long)((ulong)p0 << 34 | (ulong)p1 << 2 | p2 >> 30);
        low = (ulong)p2 << 34 | (ulong)p3 << 2 | p4 >> 30;
        return (int)(p0 >> 30) + (high < 0 ? 1 : 0);
    }

    static void Negate(ref long high, ref ulong low)
    {
        low = ~low + 1;
        high = ~high + (low == 0 ? 1 : 0);
    }
}
