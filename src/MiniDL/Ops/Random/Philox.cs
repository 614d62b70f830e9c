namespace MiniDL;

/// <summary>The counter-based random numbers of every backend: a word is a function of seed, stream and place, so that any thread can make any part.</summary>
/// <remarks>
/// Philox 4×32 with 10 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011). The key is the seed; the counter's lower 64 bits are the
/// number of the block of four words, its upper 64 the stream. Element i of a tensor takes
/// <list type="bullet">
/// <item>as a 32-bit number (Float32; Bernoulli of every dtype): word i mod 4 of block ⌊i/4⌋;</item>
/// <item>as a 64-bit number (Float64; whole numbers of every dtype): words 2·(i mod 2), the upper half, and 2·(i mod 2) + 1 of block ⌊i/2⌋;</item>
/// <item>normal: elements 2j and 2j + 1 are the cosine and sine of Box and Muller's pair, made of the numbers that a uniform tensor has there.</item>
/// </list>
/// </remarks>
internal static class Philox
{
    internal const uint Multiplier0 = 0xD2511F53;
    internal const uint Multiplier1 = 0xCD9E8D57;
    internal const uint Weyl0 = 0x9E3779B9;
    internal const uint Weyl1 = 0xBB67AE85;
    internal const int Rounds = 10;

    /// <summary>2⁻²⁴: the step of a float in [0, 1).</summary>
    internal const float UnitOf24 = 1f / (1 << 24);

    /// <summary>The four words of a block.</summary>
    public static (uint W0, uint W1, uint W2, uint W3) Block(ulong seed, ulong stream, ulong block)
    {
        var (x0, x1, x2, x3) = ((uint)block, (uint)(block >> 32), (uint)stream, (uint)(stream >> 32));
        var (k0, k1) = ((uint)seed, (uint)(seed >> 32));
        for (var round = 0; round < Rounds; round++)
        {
            var a = (ulong)Multiplier0 * x0;
            var b = (ulong)Multiplier1 * x2;
            (x0, x1, x2, x3) = ((uint)(b >> 32) ^ x1 ^ k0, (uint)b, (uint)(a >> 32) ^ x3 ^ k1, (uint)a);
            k0 += Weyl0;
            k1 += Weyl1;
        }
        return (x0, x1, x2, x3);
    }

    /// <summary>A word as a float in [0, 1): its upper 24 bits.</summary>
    public static float Single(uint word) => (int)(word >> 8) * UnitOf24;

    /// <summary>Two words as a double in [0, 1): the upper 53 bits.</summary>
    public static double Double(uint upper, uint lower) => (long)(Join(upper, lower) >> 11) * (1.0 / (1L << 53));

    /// <summary>How many of the 2³² words let an event of this probability happen: those that are a smaller fraction of 2³².</summary>
    public static ulong Threshold(double probability) => (ulong)Math.Ceiling(probability * (1L << 32));

    /// <summary>Whether an event happens.</summary>
    public static bool Happens(uint word, ulong threshold) => word < threshold;

    /// <summary>Two words as a whole number in 0 … range−1: the upper half of their product with the range, from products that every device has.</summary>
    public static ulong Whole(uint upper, uint lower, ulong range)
    {
        var (r1, r0) = ((uint)(range >> 32), (uint)range);
        var middle = (ulong)upper * r0 + ((ulong)lower * r0 >> 32);
        return (ulong)upper * r1 + (middle >> 32) + ((ulong)lower * r1 + (uint)middle >> 32);
    }

    /// <summary>The largest number below the end of a uniform distribution from a to b.</summary>
    public static Number Below(DType dtype, double a, double b)
    {
        if (dtype == DType.Float64) return b > a ? Math.BitDecrement(b) : b;
        return b > a ? MathF.BitDecrement((float)b) : (float)b;
    }

    static ulong Join(uint upper, uint lower) => (ulong)upper << 32 | lower;
}
