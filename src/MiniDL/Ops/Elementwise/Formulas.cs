namespace MiniDL;

/// <summary>Small formulas that several ops share.</summary>
internal static class Formulas
{
    /// <summary>−1, 0 or 1; a NaN, which is neither above nor below 0, stays one.</summary>
    public static T Sign<T>(T x) where T : struct, INumberLanes<T>
        => T.IfGreater(x, T.Of(0), T.Of(1), T.IfGreater(T.Of(0), x, -T.Of(1), x));

    /// <summary>d erf/dx = 2/√π·exp(−x²).</summary>
    public static T ErfSlope<T>(T x) where T : struct, ILanes<T> => T.Of(2 / Math.Sqrt(Math.PI)) * T.Exp(-x * x);

    /// <summary>∂aᵇ/∂a = b·aᵇ⁻¹, and 0 where b is 0.</summary>
    public static T PowSlopeA<T>(T a, T b) where T : struct, ILanes<T>
        => IfZero(b, T.Of(0), b * T.Pow(a, b - T.Of(1)));

    /// <summary>∂aᵇ/∂b = aᵇ·log a, and 0 where a is 0 and b is not negative.</summary>
    public static T PowSlopeB<T>(T a, T b) where T : struct, ILanes<T>
    {
        var zero = T.Of(0);
        var safe = IfZero(a, T.Of(1), a);
        return IfZero(a, T.IfGreater(zero, b, T.Pow(a, b) * T.Log(a), zero), T.Pow(a, b) * T.Log(safe));
    }

    /// <summary>In each lane <paramref name="yes"/> where x is 0, else <paramref name="no"/>.</summary>
    public static T IfZero<T>(T x, T yes, T no) where T : struct, INumberLanes<T>
        => T.IfGreater(T.Abs(x), T.Of(0), no, yes);
}
