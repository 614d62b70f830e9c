using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MiniDL;

/// <summary><see cref="Philox.Block"/> for many blocks: four side by side where the hardware multiplies four pairs of words at once.</summary>
internal static unsafe class PhiloxWords
{
    /// <summary>The words of blocks <paramref name="block"/> … <paramref name="block"/> + <paramref name="count"/> − 1, in order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill(uint* words, ulong seed, ulong stream, ulong block, int count)
    {
        var i = 0;
        if (Avx2.IsSupported)
            for (; i <= count - 4; i += 4, words += 16) Four(words, seed, stream, block + (ulong)i);
        for (; i < count; i++, words += 4) (words[0], words[1], words[2], words[3]) = Philox.Block(seed, stream, block + (ulong)i);
    }

    // A word in the lower half of each lane; what stands in the upper half is not read.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Four(uint* words, ulong seed, ulong stream, ulong block)
    {
        var number = Vector256.Create(block) + Vector256<ulong>.Indices;
        var (x0, x1) = (number.AsUInt32(), (number >> 32).AsUInt32());
        var (x2, x3) = (Vector256.Create(stream).AsUInt32(), Vector256.Create(stream >> 32).AsUInt32());
        var (k0, k1) = (Vector256.Create((uint)seed), Vector256.Create((uint)(seed >> 32)));
        for (var round = 0; round < Philox.Rounds; round++)
        {
            var a = Avx2.Multiply(x0, Vector256.Create(Philox.Multiplier0));
            var b = Avx2.Multiply(x2, Vector256.Create(Philox.Multiplier1));
            (x0, x1, x2, x3) = ((b >> 32).AsUInt32() ^ x1 ^ k0, b.AsUInt32(), (a >> 32).AsUInt32() ^ x3 ^ k1, a.AsUInt32());
            k0 += Vector256.Create(Philox.Weyl0);
            k1 += Vector256.Create(Philox.Weyl1);
        }
        var low = Joined(x0, x1);
        var high = Joined(x2, x3);
        var even = Avx2.UnpackLow(low, high);
        var odd = Avx2.UnpackHigh(low, high);
        even.GetLower().Store((ulong*)words);
        odd.GetLower().Store((ulong*)words + 2);
        even.GetUpper().Store((ulong*)words + 4);
        odd.GetUpper().Store((ulong*)words + 6);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<ulong> Joined(Vector256<uint> lower, Vector256<uint> upper)
        => (lower.AsUInt64() & Vector256.Create((ulong)uint.MaxValue)) | (upper.AsUInt64() << 32);
}
