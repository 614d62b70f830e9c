namespace MiniDL.Data;

/// <summary>Random orders that follow from a seed and an epoch alone.</summary>
static class Shuffle
{
    /// <summary>A seed drawn from a generator; from the current one when null.</summary>
    public static ulong Seed(Generator? generator)
    {
        var (seed, offset) = (generator ?? Generator.Current).Take();
        return Mix(Mix(seed) + offset);
    }

    /// <summary>0 … count − 1 in a random order: Fisher and Yates, R. Durstenfeld, <em>Algorithm 235</em>, 1964.</summary>
    public static int[] Order(int count, ulong seed, long epoch)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++) order[i] = i;
        var key = Mix(seed + Mix((ulong)epoch));
        for (var i = count - 1; i > 0; i--)
        {
            var j = (int)Math.BigMul(Mix(key + (ulong)i), (ulong)i + 1, out _);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }

    /// <summary>64 well mixed bits of a counter: SplitMix64, G. Steele, D. Lea, C. Flood, <em>Fast splittable pseudorandom number generators</em>, 2014.</summary>
    public static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
        x = (x ^ x >> 27) * 0x94D049BB133111EB;
        return x ^ x >> 31;
    }
}
