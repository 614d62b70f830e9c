using System.Text.Json;

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

    /// <summary>lo + (hi − lo)·u(i) for each of the elements that <paramref name="spec"/> asks for.</summary>
    internal static double[] Uniform(JsonElement spec)
    {
        var (seed, values) = Prepare<double>(spec);
        var (lo, hi) = (spec.GetProperty("lo").GetDouble(), spec.GetProperty("hi").GetDouble());
        for (var i = 0; i < values.Length; i++) values[i] = lo + (hi - lo) * Unit(i, seed);
        return values;
    }

    /// <summary>⌊n·u(i)⌋ for each of the elements that <paramref name="spec"/> asks for.</summary>
    internal static long[] Below(JsonElement spec)
    {
        var (seed, values) = Prepare<long>(spec);
        var n = spec.GetProperty("below").GetInt64();
        for (var i = 0; i < values.Length; i++) values[i] = (long)(n * Unit(i, seed));
        return values;
    }

    static (int Seed, T[] Values) Prepare<T>(JsonElement spec)
    {
        var count = 1;
        foreach (var size in spec.GetProperty("shape").EnumerateArray()) count *= size.GetInt32();
        return (spec.GetProperty("lcg").GetInt32(), new T[count]);
    }
}
