namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = a − α·b, with broadcasting.</summary>
    /// <remarks>Gradient: da = dy, db = −α·dy, each summed over the axes that were broadcast.</remarks>
    /// <param name="other">b.</param>
    /// <param name="alpha">α.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor Sub(Tensor other, double alpha = 1)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (dtype == DType.Bool && other.dtype == DType.Bool)
            throw new ArgumentException("Sub: both operands are Bool; a != b is their difference", nameof(other));
        return Additive.Run(default(SubOp), this, alpha == 1 ? other : other.Mul(alpha), signB: -1);
    }

    /// <summary>y = x − c.</summary>
    public Tensor Sub(double number) => NumberOp.Run(new AddNumberOp(-number), this, number);

    /// <summary>a − b.</summary>
    public static Tensor operator -(Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(a);
        return a.Sub(b);
    }

    /// <summary>x − c.</summary>
    public static Tensor operator -(Tensor x, double number)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Sub(number);
    }

    /// <summary>c − x.</summary>
    public static Tensor operator -(double number, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return NumberOp.Run(new NumberSubOp(number), x, number);
    }

    /// <summary>this −= other, in place.</summary>
    public Tensor SubInPlace(Tensor other) => InPlace.Run(new NumberBinaryMap<SubOp>(default), this, other, nameof(SubInPlace));

    /// <summary>this −= c, in place.</summary>
    public Tensor SubInPlace(double number) => InPlace.Run(new AddNumberOp(-number), this, number, nameof(SubInPlace));
}

/// <summary>y = a − b.</summary>
internal readonly struct SubOp : INumberBinaryOp
{
    public static string Name => "Subtract";

    public T Invoke<T>(T a, T b) where T : struct, INumberLanes<T> => a - b;

    public T DerivativeA<T>(T a, T b) where T : struct, ILanes<T> => T.Of(1);

    public T DerivativeB<T>(T a, T b) where T : struct, ILanes<T> => T.Of(-1);
}

/// <summary>y = c − x.</summary>
internal readonly struct NumberSubOp(Number c) : INumberUnaryOp
{
    public static string Name => "Subtract";

    public T Invoke<T>(T x) where T : struct, INumberLanes<T> => T.Of(c) - x;

    public T Derivative<T>(T x) where T : struct, ILanes<T> => T.Of(-1);
}
