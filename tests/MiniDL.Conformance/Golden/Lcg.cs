namespace MiniDL.Conformance.Golden;

/// <summary>The corpus' formula data: element i of seed s is a hash of both (the finalizer of MurmurHash3) as a number in [0, 1).</summary>
public static class Lcg
{
    /// <summary>u(i) = h / 2³².</summary>
    public static double Unit(long i, int seed)
    {
        var h = unchecked((uint)i + (uint)seed * 0x9E3779B9u);
        h ^= h >> 16;
        h *= 0x85EBCA6B;
        h ^= h >> 13;
        h *= 0xC2B2AE35;
        h ^= h >> 16;
        return h / 4294967296.0;
    }
}
