namespace MiniDL;

/// <summary>A constant in a formula, kept as float, double and integer, so that no kernel converts at run time.</summary>
/// <remarks>C# numbers convert to it implicitly: <c>T.Of(0.5)</c>.</remarks>
public readonly struct Number
{
    /// <summary>The value as a float.</summary>
    public readonly float Single;

    /// <summary>The value as a double.</summary>
    public readonly double Double;

    /// <summary>The value as an integer, truncated.</summary>
    public readonly long Integer;

    Number(float single, double real, long integer) => (Single, Double, Integer) = (single, real, integer);

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
