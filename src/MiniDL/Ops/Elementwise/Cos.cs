namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = cos x, x in radians.</summary>
    /// <remarks>Gradient: dx = −dy·sin x.</remarks>
    public Tensor Cos() => Unary.Run(default(CosOp), this);
}

/// <summary>y = cos x, x in radians.</summary>
internal readonly struct CosOp : IUnaryOp
{
    public static string Name => "Cos";

    public static Saves Saves => Saves.Input;

    public T Invoke<T>(T x) where T : struct, ILanes<T> => T.Cos(x);

    public T Derivative<T>(T x) where T : struct, ILanes<T> => -T.Sin(x);
}
