namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = 1/(1 + e⁻ˣ), between 0 and 1.</summary>
    /// <remarks>Gradient: dx = dy·y·(1 − y).</remarks>
    public Tensor Sigmoid() => Unary.Run(default(SigmoidOp), this);
}

/// <summary>y = 1/(1 + e⁻ˣ).</summary>
internal readonly struct SigmoidOp : IUnaryOp
{
    public static string Name => "Sigmoid";

    public static Saves Saves => Saves.Output;

    public T Invoke<T>(T x) where T : struct, ILanes<T> => T.Of(1) / (T.Of(1) + T.Exp(-x));

    public T Derivative<T>(T y) where T : struct, ILanes<T> => y * (T.Of(1) - y);
}
