namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = 1/x.</summary>
    /// <remarks>Gradient: dx = −dy·y².</remarks>
    public Tensor Reciprocal() => Unary.Run(default(ReciprocalOp), this);
}

/// <summary>y = 1/x.</summary>
internal readonly struct ReciprocalOp : IUnaryOp
{
    public static string Name => "Reciprocal";

    public static Saves Saves => Saves.Output;

    public T Invoke<T>(T x) where T : struct, ILanes<T> => T.Of(1) / x;

    public T Derivative<T>(T y) where T : struct, ILanes<T> => -(y * y);
}
