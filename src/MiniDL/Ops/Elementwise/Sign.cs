namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = −1, 0 or 1 with the sign of x.</summary>
    /// <remarks>Gradient: 0.</remarks>
    public Tensor Sign() => Unary.RunNumber(default(SignOp), this);
}

/// <summary>y = −1, 0 or 1 with the sign of x.</summary>
internal readonly struct SignOp : INumberUnaryOp
{
    public static string Name => "Sign";

    public T Invoke<T>(T x) where T : struct, INumberLanes<T> => Formulas.Sign(x);

    public T Derivative<T>(T x) where T : struct, ILanes<T> => T.Of(0);
}
