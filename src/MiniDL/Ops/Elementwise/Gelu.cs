namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = x·Φ(x), the Gaussian error linear unit (Hendrycks and Gimpel 2016, arXiv:1606.08415).</summary>
    /// <remarks>
    /// Φ(x) = (1 + erf(x/√2))/2; with <paramref name="tanh"/> it is (1 + tanh(√(2/π)·(x + 0.044715x³)))/2, as GPT-2 has it.
    /// Gradient: dx = dy·(Φ(x) + x·Φ′(x)).
    /// </remarks>
    /// <param name="tanh">The approximation by tanh.</param>
    public Tensor Gelu(bool tanh = false) => tanh ? Unary.Run(default(GeluTanhOp), this) : Unary.Run(default(GeluOp), this);
}

/// <summary>y = x·(1 + erf(x/√2))/2.</summary>
internal readonly struct GeluOp : IUnaryOp
{
    public static string Name => "Gelu";

    public static Saves Saves => Saves.Input;

    public T Invoke<T>(T x) where T : struct, ILanes<T> => x * Phi(x);

    public T Derivative<T>(T x) where T : struct, ILanes<T>
        => Phi(x) + x * T.Of(1 / Math.Sqrt(2 * Math.PI)) * T.Exp(T.Of(-0.5) * x * x);

    static T Phi<T>(T x) where T : struct, ILanes<T> => T.Of(0.5) * (T.Of(1) + T.Erf(x * T.Of(Math.Sqrt(0.5))));
}

/// <summary>y = x·(1 + tanh(√(2/π)·(x + 0.044715x³)))/2.</summary>
internal readonly struct GeluTanhOp : IUnaryOp
{
    const double Cubic = 0.044715;

    public static string Name => "Gelu";

    public static Saves Saves => Saves.Input;

    public T Invoke<T>(T x) where T : struct, ILanes<T> => T.Of(0.5) * x * (T.Of(1) + Tanh(x));

    public T Derivative<T>(T x) where T : struct, ILanes<T>
    {
        var t = Tanh(x);
        var slope = T.Of(Math.Sqrt(2 / Math.PI)) * (T.Of(1) + T.Of(3 * Cubic) * x * x);
        return T.Of(0.5) * (T.Of(1) + t + x * (T.Of(1) - t * t) * slope);
    }

    static T Tanh<T>(T x) where T : struct, ILanes<T> => T.Tanh(T.Of(Math.Sqrt(2 / Math.PI)) * (x + T.Of(Cubic) * x * x * x));
}
