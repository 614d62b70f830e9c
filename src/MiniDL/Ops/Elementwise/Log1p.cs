namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = ln(1 + x), accurate near 0.</summary>
    /// <remarks>Gradient: dx = dy/(1 + x).</remarks>
    public Tensor Log1p() => Unary.Run(default(Log1pOp), this);
}

/// <summary>y = ln(1 + x), accurate near 0.</summary>
internal readonly struct Log1pOp : IUnaryOp
{
    public static string Name => "Log1p";

    public static Saves Saves => Saves.Input;

    public T Invoke<T>(T x) where T : struct, ILanes<T> => T.Log1p(x);

    public T Derivative<T>(T x) where T : struct, ILanes<T> => T.Of(1) / (T.Of(1) + x);
}
