namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = 2/√π ∫₀ˣ exp(−t²) dt, the error function.</summary>
    /// <remarks>Gradient: dx = dy·2/√π·exp(−x²).</remarks>
    public Tensor Erf() => Unary.Run(default(ErfOp), this);
}

/// <summary>y = 2/√π ∫₀ˣ exp(−t²) dt, the error function.</summary>
internal readonly struct ErfOp : IUnaryOp
{
    public static string Name => "Erf";

    public static Saves Saves => Saves.Input;

    public T Invoke<T>(T x) where T : struct, ILanes<T> => T.Erf(x);

    public T Derivative<T>(T x) where T : struct, ILanes<T> => Formulas.ErfSlope(x);
}
