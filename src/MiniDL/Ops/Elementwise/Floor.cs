namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = the largest whole number that is not above x.</summary>
    /// <remarks>Gradient: 0.</remarks>
    public Tensor Floor() => dtype.IsFloat() ? Unary.Run(default(FloorOp), this) : this;
}

/// <summary>y = the largest whole number that is not above x.</summary>
internal readonly struct FloorOp : IUnaryOp
{
    public static string Name => "Floor";

    public static Saves Saves => Saves.Input;

    public T Invoke<T>(T x) where T : struct, ILanes<T> => T.Floor(x);

    public T Derivative<T>(T x) where T : struct, ILanes<T> => T.Of(0);
}
