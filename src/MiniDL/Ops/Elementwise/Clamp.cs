namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = x, but not below <paramref name="min"/> nor above <paramref name="max"/>; NaN stays NaN.</summary>
    /// <remarks>Gradient: dx = dy within the bounds (and on them), else 0.</remarks>
    /// <param name="min">The lower bound; none when left out.</param>
    /// <param name="max">The upper bound, which wins when it is below the lower; none when left out.</param>
    public Tensor Clamp(double min = double.NegativeInfinity, double max = double.PositiveInfinity)
    {
        var x = double.IsFinite(min) ? NumberOp.Meet(this, min) : this;
        if (double.IsFinite(max)) x = NumberOp.Meet(x, max);
        if (x.dtype.IsFloat()) return Unary.Run(new ClampOp(min, max), x);
        return Unary.RunNumber(new ClampIntegerOp(Bound(min, x.dtype), Bound(max, x.dtype)), x);
    }

    /// <summary>y = x between bounds that are tensors; either may be null.</summary>
    /// <remarks>Gradient: dx = dy within the bounds; a bound gets dy where it is the result.</remarks>
    public Tensor Clamp(Tensor? min, Tensor? max)
    {
        if (min is null && max is null) throw new ArgumentException("Clamp: both bounds are null", nameof(min));
        var y = this;
        if (min is not null) y = Where(y < min, min, y);
        if (max is not null) y = Where(y > max, max, y);
        return y;
    }

    static long Bound(double bound, DType dtype) => bound switch
    {
        double.NegativeInfinity => dtype == DType.Int32 ? int.MinValue : long.MinValue,
        double.PositiveInfinity => dtype == DType.Int32 ? int.MaxValue : long.MaxValue,
        _ => (long)bound,
    };
}

/// <summary>y = min(max(x, low), high).</summary>
internal readonly struct ClampOp(Number low, Number high) : IUnaryOp
{
    public static string Name => "Clamp";

    public static Saves Saves => Saves.Input;

    public T Invoke<T>(T x) where T : struct, ILanes<T> => T.Min(T.Max(x, T.Of(low)), T.Of(high));

    public T Derivative<T>(T x) where T : struct, ILanes<T>
        => T.IfGreater(T.Of(low), x, T.Of(0), T.IfGreater(x, T.Of(high), T.Of(0), T.Of(1)));
}

/// <summary>y = min(max(x, low), high) on integers.</summary>
internal readonly struct ClampIntegerOp(Number low, Number high) : INumberUnaryOp
{
    public static string Name => "Clamp";

    public T Invoke<T>(T x) where T : struct, INumberLanes<T> => T.Min(T.Max(x, T.Of(low)), T.Of(high));

    public T Derivative<T>(T x) where T : struct, ILanes<T> => new ClampOp(low, high).Derivative(x);
}
