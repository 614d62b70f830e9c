namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = sin x, x in radians.</summary>
    /// <remarks>Gradient: dx = dy·cos x.</remarks>
    public Tensor Sin() => Unary.Run(default(SinOp), this);
}

/// <summary>y = sin x, x in radians.</summary>
internal readonly struct SinOp : IUnaryOp
{
    public static string Name => "Sin";

    public static Saves Saves => Saves.Input;

    public T Invoke<T>(T x) where T : struct, ILanes<T> => T.Sin(x);

    public T Derivative<T>(T x) where T : struct, ILanes<T> => T.Cos(x);
}
