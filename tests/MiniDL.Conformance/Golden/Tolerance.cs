namespace MiniDL.Conformance.Golden;

/// <summary>How near a result must be, relative and absolute alike, in one precision.</summary>
public readonly record struct Tolerance(double Value, double Gradient, double Second)
{
    /// <summary>For ops, modules, optimizers and schedules.</summary>
    public static Tolerance Single(DType precision) => precision == DType.Float64 ? new(1e-7, 1e-7, 1e-6) : new(1e-5, 1e-4, 1e-4);

    /// <summary>For programs of many ops.</summary>
    public static Tolerance Program(DType precision) => precision == DType.Float64 ? new(1e-7, 1e-7, 1e-6) : new(1e-4, 1e-4, 1e-4);

    /// <summary>NaN equals NaN, an infinity itself, other numbers within the tolerance.</summary>
    public static bool Holds(double actual, double expected, double rtol, double atol)
        => actual == expected
        || (double.IsNaN(actual) && double.IsNaN(expected))
        || (double.IsFinite(expected) && Math.Abs(actual - expected) <= atol + rtol * Math.Abs(expected));
}
