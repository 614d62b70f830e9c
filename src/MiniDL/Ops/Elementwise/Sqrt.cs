namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = √x; NaN below 0.</summary>
    /// <remarks>Gradient: dx = dy/(2y).</remarks>
    public Tensor Sqrt() => Unary.Run(default(SqrtOp), this);
}

/// <summary>y = √x; NaN below 0.</summary>
internal readonly struct SqrtOp : IUnaryOp
{
    public static string Name => "Sqrt";

    public static Saves Saves => Saves.Output;

    public T Invoke<T>(T x) where T : struct, ILanes<T> => T.Sqrt(x);

    public T Derivative<T>(T y) where T : struct, ILanes<T> => T.Of(0.5) / y;
}
