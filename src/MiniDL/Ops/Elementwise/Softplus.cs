namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = ln(1 + e^(βx))/β, a smooth ReLU; x itself where βx is above the threshold.</summary>
    /// <remarks>Gradient: dx = dy·σ(βx), or dy above the threshold.</remarks>
    /// <param name="beta">β.</param>
    /// <param name="threshold">Where the function is x in floating point anyway.</param>
    public Tensor Softplus(double beta = 1, double threshold = 20) => Unary.Run(new SoftplusOp(beta, threshold), this);
}

/// <summary>y = ln(1 + e^(βx))/β, a smooth ReLU; x itself where βx is above the threshold.</summary>
internal readonly struct SoftplusOp(Number beta, Number threshold) : IUnaryOp
{
    public static string Name => "Softplus";

    public static Saves Saves => Saves.Input;

    public T Invoke<T>(T x) where T : struct, ILanes<T>
    {
        // The arm that is not taken must stay finite: its argument is held at the threshold.
        var z = T.Of(beta) * x;
        return T.IfGreater(z, T.Of(threshold), x, T.Log1p(T.Exp(T.Min(z, T.Of(threshold)))) / T.Of(beta));
    }

    public T Derivative<T>(T x) where T : struct, ILanes<T>
    {
        var z = T.Of(beta) * x;
        return T.IfGreater(z, T.Of(threshold), T.Of(1), T.Of(1) / (T.Of(1) + T.Exp(-z)));
    }
}
