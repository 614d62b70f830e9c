namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = the larger of a and b, element by element, with broadcasting; NaN when either is.</summary>
    /// <remarks>Gradient: dy to the larger; half to each where they are equal.</remarks>
    public Tensor Maximum(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Binary.RunNumber(default(MaximumOp), this, other);
    }

    /// <summary>y = the smaller of a and b, element by element, with broadcasting; NaN when either is.</summary>
    /// <remarks>Gradient: dy to the smaller; half to each where they are equal.</remarks>
    public Tensor Minimum(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Binary.RunNumber(default(MinimumOp), this, other);
    }
}

/// <summary>y = max(a, b).</summary>
internal readonly struct MaximumOp : INumberBinaryOp
{
    public static string Name => "Maximum";

    public T Invoke<T>(T a, T b) where T : struct, INumberLanes<T> => T.Max(a, b);

    public T DerivativeA<T>(T a, T b) where T : struct, ILanes<T>
        => T.IfGreater(a, b, T.Of(1), T.IfGreater(b, a, T.Of(0), T.Of(0.5)));

    public T DerivativeB<T>(T a, T b) where T : struct, ILanes<T> => DerivativeA(b, a);
}

/// <summary>y = min(a, b).</summary>
internal readonly struct MinimumOp : INumberBinaryOp
{
    public static string Name => "Minimum";

    public T Invoke<T>(T a, T b) where T : struct, INumberLanes<T> => T.Min(a, b);

    public T DerivativeA<T>(T a, T b) where T : struct, ILanes<T>
        => T.IfGreater(b, a, T.Of(1), T.IfGreater(a, b, T.Of(0), T.Of(0.5)));

    public T DerivativeB<T>(T a, T b) where T : struct, ILanes<T> => DerivativeA(b, a);
}
