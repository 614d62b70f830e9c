namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = |x|.</summary>
    /// <remarks>Gradient: dx = dy·sign x, 0 at 0.</remarks>
    public Tensor Abs() => Unary.RunNumber(default(AbsOp), this);
}

/// <summary>y = |x|.</summary>
internal readonly struct AbsOp : INumberUnaryOp
{
    public static string Name => "Abs";

    public T Invoke<T>(T x) where T : struct, INumberLanes<T> => T.Abs(x);

    public T Derivative<T>(T x) where T : struct, ILanes<T> => Formulas.Sign(x);
}
