namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = the smallest whole number that is not below x.</summary>
    /// <remarks>Gradient: 0.</remarks>
    public Tensor Ceil() => dtype.IsFloat() ? Unary.Run(default(CeilOp), this) : this;
}

/// <summary>y = the smallest whole number that is not below x.</summary>
internal readonly struct CeilOp : IUnaryOp
{
    public static string Name => "Ceil";

    public static Saves Saves => Saves.Input;

    public T Invoke<T>(T x) where T : struct, ILanes<T> => -T.Floor(-x);

    public T Derivative<T>(T x) where T : struct, ILanes<T> => T.Of(0);
}
