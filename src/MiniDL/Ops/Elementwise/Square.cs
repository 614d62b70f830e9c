namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = x².</summary>
    /// <remarks>Gradient: dx = 2·dy·x.</remarks>
    public Tensor Square() => Unary.RunNumber(default(SquareOp), this);
}

/// <summary>y = x².</summary>
internal readonly struct SquareOp : INumberUnaryOp
{
    public static string Name => "Square";

    public T Invoke<T>(T x) where T : struct, INumberLanes<T> => x * x;

    public T Derivative<T>(T x) where T : struct, ILanes<T> => T.Of(2) * x;
}
