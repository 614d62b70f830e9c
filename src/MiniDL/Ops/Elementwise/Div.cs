namespace MiniDL;

/// <summary>How <see cref="Tensor.Div(Tensor, Rounding)"/> rounds.</summary>
public enum Rounding
{
    /// <summary>Not at all: the true quotient.</summary>
    None,

    /// <summary>Towards zero, as C# divides integers.</summary>
    Trunc,

    /// <summary>Down.</summary>
    Floor,
}

public partial class Tensor
{
    /// <summary>y = a/b, with broadcasting; the true quotient, also of integers.</summary>
    /// <remarks>Gradient: da = dy/b, db = −dy·a/b²; 0 when rounded.</remarks>
    /// <param name="other">b.</param>
    /// <param name="rounding">Round the quotient; then integers stay integers.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor Div(Tensor other, Rounding rounding = Rounding.None)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (rounding == Rounding.None) return Binary.Run(default(DivOp), this, other);
        var dtype = Types.Result(this, other);
        var exact = dtype.IsFloat() ? (this, other) : (To(DType.Float64), other.To(DType.Float64));
        var y = rounding == Rounding.Floor
            ? Binary.Run(default(FloorDivOp), exact.Item1, exact.Item2)
            : Binary.Run(default(TruncDivOp), exact.Item1, exact.Item2);
        return dtype.IsFloat() ? y : y.To(dtype);
    }

    /// <summary>y = x/c.</summary>
    public Tensor Div(double number) => Unary.Run(new DivNumberOp(number), this);

    /// <summary>a/b.</summary>
    public static Tensor operator /(Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(a);
        return a.Div(b);
    }

    /// <summary>x/c.</summary>
    public static Tensor operator /(Tensor x, double number)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Div(number);
    }

    /// <summary>c/x.</summary>
    public static Tensor operator /(double number, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Unary.Run(new NumberDivOp(number), x);
    }
}

/// <summary>y = a/b.</summary>
internal readonly struct DivOp : IBinaryOp
{
    public static string Name => "Divide";

    public T Invoke<T>(T a, T b) where T : struct, ILanes<T> => a / b;

    public T DerivativeA<T>(T a, T b) where T : struct, ILanes<T> => T.Of(1) / b;

    public T DerivativeB<T>(T a, T b) where T : struct, ILanes<T> => -a / (b * b);
}

/// <summary>y = ⌊a/b⌋.</summary>
internal readonly struct FloorDivOp : IBinaryOp
{
    public static string Name => "Divide";

    public T Invoke<T>(T a, T b) where T : struct, ILanes<T> => T.Floor(a / b);

    public T DerivativeA<T>(T a, T b) where T : struct, ILanes<T> => T.Of(0);

    public T DerivativeB<T>(T a, T b) where T : struct, ILanes<T> => T.Of(0);
}

/// <summary>y = a/b without its fraction.</summary>
internal readonly struct TruncDivOp : IBinaryOp
{
    public static string Name => "Divide";

    public T Invoke<T>(T a, T b) where T : struct, ILanes<T>
    {
        var y = a / b;
        return T.IfGreater(T.Of(0), y, -T.Floor(-y), T.Floor(y));
    }

    public T DerivativeA<T>(T a, T b) where T : struct, ILanes<T> => T.Of(0);

    public T DerivativeB<T>(T a, T b) where T : struct, ILanes<T> => T.Of(0);
}

/// <summary>y = x/c.</summary>
internal readonly struct DivNumberOp(Number c) : IUnaryOp
{
    public static string Name => "Divide";

    public static Saves Saves => Saves.Input;

    public T Invoke<T>(T x) where T : struct, ILanes<T> => x / T.Of(c);

    public T Derivative<T>(T x) where T : struct, ILanes<T> => T.Of(1) / T.Of(c);
}

/// <summary>y = c/x.</summary>
internal readonly struct NumberDivOp(Number c) : IUnaryOp
{
    public static string Name => "Divide";

    public static Saves Saves => Saves.Input;

    public T Invoke<T>(T x) where T : struct, ILanes<T> => T.Of(c) / x;

    public T Derivative<T>(T x) where T : struct, ILanes<T> => -T.Of(c) / (x * x);
}
