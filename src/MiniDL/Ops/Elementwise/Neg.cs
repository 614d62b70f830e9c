namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = −x.</summary>
    /// <remarks>Gradient: dx = −dy.</remarks>
    public Tensor Neg() => Unary.RunNumber(default(NegOp), this);

    /// <summary>−x.</summary>
    public static Tensor operator -(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Neg();
    }
}

/// <summary>y = −x.</summary>
internal readonly struct NegOp : INumberUnaryOp
{
    public static string Name => "Negate";

    public T Invoke<T>(T x) where T : struct, INumberLanes<T> => -x;

    public T Derivative<T>(T x) where T : struct, ILanes<T> => T.Of(-1);
}
