namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = x·σ(x), also called Swish (Elfwing et al. 2017, arXiv:1702.03118).</summary>
    /// <remarks>Gradient: dx = dy·σ(x)·(1 + x·(1 − σ(x))).</remarks>
    public Tensor Silu() => Unary.Run(default(SiluOp), this);
}

/// <summary>y = x·σ(x), also called Swish (Elfwing et al. 2017, arXiv:1702.03118).</summary>
internal readonly struct SiluOp : IUnaryOp
{
    public static string Name => "Silu";

    public static Saves Saves => Saves.Input;

    public T Invoke<T>(T x) where T : struct, ILanes<T> => x / (T.Of(1) + T.Exp(-x));

    public T Derivative<T>(T x) where T : struct, ILanes<T>
    {
        var s = T.Of(1) / (T.Of(1) + T.Exp(-x));
        return s * (T.Of(1) + x * (T.Of(1) - s));
    }
}
