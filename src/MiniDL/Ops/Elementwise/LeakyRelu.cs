namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = x where x is positive, else s·x (Maas et al. 2013).</summary>
    /// <remarks>Gradient: dx = dy where x is positive, else s·dy.</remarks>
    /// <param name="negativeSlope">s.</param>
    public Tensor LeakyRelu(double negativeSlope = 0.01) => Unary.Run(new LeakyReluOp(negativeSlope), this);
}

/// <summary>y = x where x is positive, else s·x (Maas et al. 2013).</summary>
internal readonly struct LeakyReluOp(Number slope) : IUnaryOp
{
    public static string Name => "LeakyRelu";

    public static Saves Saves => Saves.Input;

    public T Invoke<T>(T x) where T : struct, ILanes<T> => T.IfGreater(x, T.Of(0), x, T.Of(slope) * x);

    public T Derivative<T>(T x) where T : struct, ILanes<T> => T.IfGreater(x, T.Of(0), T.Of(1), T.Of(slope));
}
