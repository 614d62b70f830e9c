namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = ln x; NaN below 0.</summary>
    /// <remarks>Gradient: dx = dy/x.</remarks>
    public Tensor Log() => Unary.Run(default(LogOp), this);
}

/// <summary>y = ln x; NaN below 0.</summary>
internal readonly struct LogOp : IUnaryOp
{
    public static string Name => "Log";

    public static Saves Saves => Saves.Input;

    public T Invoke<T>(T x) where T : struct, ILanes<T> => T.Log(x);

    public T Derivative<T>(T x) where T : struct, ILanes<T> => T.Of(1) / x;
}
