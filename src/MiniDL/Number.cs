using System.Runtime.CompilerServices;

namespace MiniDL;

/// <summary>A constant in a formula, kept as float, double and integer, so that no kernel converts at run time.</summary>
/// <remarks>C# numbers convert to it implicitly: <c>T.Of(0.5)</c>.</remarks>
public readonly struct Number
{
    /// <summary>The value as a float.</summary>
    public readonly float Single;

    // As a pattern: a kernel that is given a number must not need a GPU with 64-bit floats for it.
    readonly long pattern;

    /// <summary>The value as a double.</summary>
    public double Double
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => BitConverter.Int64BitsToDouble(pattern);
    }

    /// <summary>The value as an integer, truncated.</summary>
    public readonly long Integer;

    Number(float single, double real, long integer) => (Single, pattern, Integer) = (single, BitConverter.DoubleToInt64Bits(real), integer);

    /// <summary>From a double.</summary>
    public static implicit operator Number(double value) => new((float)value, value, (long)value);

    /// <summary>From a float.</summary>
    public static implicit operator Number(float value) => new(value, value, (long)value);

    /// <summary>From an integer.</summary>
    public static implicit operator Number(int value) => new(value, value, value);

    /// <summary>From a long integer.</summary>
    public static implicit operator Number(long value) => new(value, value, value);

    /// <summary>From a truth value: 0 or 1.</summary>
    public static implicit operator Number(bool value) => value ? 1 : 0;
}
