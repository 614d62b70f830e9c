namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = eˣ − 1, accurate near 0.</summary>
    /// <remarks>Gradient: dx = dy·(y + 1).</remarks>
    public Tensor Expm1() => Unary.Run(default(Expm1Op), this);
}

/// <summary>y = eˣ − 1, accurate near 0.</summary>
internal readonly struct Expm1Op : IUnaryOp
{
    public static string Name => "Expm1";

    public static Saves Saves => Saves.Output;

    public T Invoke<T>(T x) where T : struct, ILanes<T> => T.Expm1(x);

    public T Derivative<T>(T y) where T : struct, ILanes<T> => y + T.Of(1);
}
