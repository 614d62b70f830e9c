namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = max(x, 0), the rectified linear unit (Nair and Hinton 2010).</summary>
    /// <remarks>Gradient: dx = dy where x is positive, else 0.</remarks>
    public Tensor Relu() => Unary.RunNumber(default(ReluOp), this);
}

/// <summary>y = max(x, 0), the rectified linear unit (Nair and Hinton 2010).</summary>
internal readonly struct ReluOp : INumberUnaryOp
{
    public static string Name => "Relu";

    public T Invoke<T>(T x) where T : struct, INumberLanes<T> => T.Max(x, T.Of(0));

    public T Derivative<T>(T x) where T : struct, ILanes<T> => T.IfGreater(x, T.Of(0), T.Of(1), T.Of(0));
}
