namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = x where x is positive, else α·(eˣ − 1) (Clevert et al. 2015, arXiv:1511.07289).</summary>
    /// <remarks>Gradient: dx = dy where x is positive, else dy·α·eˣ.</remarks>
    /// <param name="alpha">α.</param>
    public Tensor Elu(double alpha = 1) => Unary.Run(new EluOp(alpha), this);
}

/// <summary>y = x where x is positive, else α·(eˣ − 1) (Clevert et al. 2015, arXiv:1511.07289).</summary>
internal readonly struct EluOp(Number alpha) : IUnaryOp
{
    public static string Name => "Elu";

    public static Saves Saves => Saves.Input;

    public T Invoke<T>(T x) where T : struct, ILanes<T> => T.IfGreater(x, T.Of(0), x, T.Of(alpha) * T.Expm1(T.Min(x, T.Of(0))));

    public T Derivative<T>(T x) where T : struct, ILanes<T> => T.IfGreater(x, T.Of(0), T.Of(1), T.Of(alpha) * T.Exp(T.Min(x, T.Of(0))));
}
