namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = 1/√x.</summary>
    /// <remarks>Gradient: dx = −dy·y³/2.</remarks>
    public Tensor Rsqrt() => Unary.Run(default(RsqrtOp), this);
}

/// <summary>y = 1/√x.</summary>
internal readonly struct RsqrtOp : IUnaryOp
{
    public static string Name => "Rsqrt";

    public static Saves Saves => Saves.Output;

    public T Invoke<T>(T x) where T : struct, ILanes<T> => T.Of(1) / T.Sqrt(x);

    public T Derivative<T>(T y) where T : struct, ILanes<T> => T.Of(-0.5) * y * y * y;
}
