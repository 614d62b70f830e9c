namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = eˣ.</summary>
    /// <remarks>Gradient: dx = dy·y.</remarks>
    public Tensor Exp() => Unary.Run(default(ExpOp), this);
}

/// <summary>y = eˣ.</summary>
internal readonly struct ExpOp : IUnaryOp
{
    public static string Name => "Exp";

    public static Saves Saves => Saves.Output;

    public T Invoke<T>(T x) where T : struct, ILanes<T> => T.Exp(x);

    public T Derivative<T>(T y) where T : struct, ILanes<T> => y;
}
