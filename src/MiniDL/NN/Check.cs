using System.Runtime.CompilerServices;

namespace MiniDL.NN;

/// <summary>The rules for the arguments of layers.</summary>
internal static class Check
{
    /// <summary>Throws unless a size is positive.</summary>
    public static void Positive(string layer, int size, [CallerArgumentExpression(nameof(size))] string name = "")
    {
        if (size < 1) throw new ArgumentOutOfRangeException(name, $"{layer}: {name} is {size}; it must be positive");
    }

    /// <summary>Throws unless a number is from 0 to 1.</summary>
    public static void Probability(string layer, double p, [CallerArgumentExpression(nameof(p))] string name = "")
    {
        if (!(p >= 0 && p <= 1)) throw new ArgumentOutOfRangeException(name, FormattableString.Invariant($"{layer}: {name} is {p}; a probability lies between 0 and 1"));
    }
}
