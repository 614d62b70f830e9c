namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ), between −1 and 1.</summary>
    /// <remarks>Gradient: dx = dy·(1 − y²).</remarks>
    public Tensor Tanh() => Unary.Run(default(TanhOp), this);
}

/// <summary>y = (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ), between −1 and 1.</summary>
internal readonly struct TanhOp : IUnaryOp
{
    public static string Name => "Tanh";

    public static Saves Saves => Saves.Output;

    public T Invoke<T>(T x) where T : struct, ILanes<T> => T.Tanh(x);

    public T Derivative<T>(T y) where T : struct, ILanes<T> => T.Of(1) - y * y;
}
