namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = a·b, element by element, with broadcasting.</summary>
    /// <remarks>Gradient: da = dy·b, db = dy·a, each summed over the axes that were broadcast.</remarks>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor Mul(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Binary.RunNumber(default(MulOp), this, other);
    }

    /// <summary>y = c·x. The number does not change a float's dtype.</summary>
    public Tensor Mul(double number) => NumberOp.Run(new MulNumberOp(number), this, number);

    /// <summary>a·b, element by element; the matrix product is <see cref="MatMul"/>.</summary>
    public static Tensor operator *(Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(a);
        return a.Mul(b);
    }

    /// <summary>x·c.</summary>
    public static Tensor operator *(Tensor x, double number)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Mul(number);
    }

    /// <summary>c·x.</summary>
    public static Tensor operator *(double number, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Mul(number);
    }

    /// <summary>this *= other, in place.</summary>
    public Tensor MulInPlace(Tensor other) => InPlace.Run(new NumberBinaryMap<MulOp>(default), this, other, nameof(MulInPlace));

    /// <summary>this *= c, in place.</summary>
    public Tensor MulInPlace(double number) => InPlace.Run(new MulNumberOp(number), this, number, nameof(MulInPlace));
}

/// <summary>y = a·b.</summary>
internal readonly struct MulOp : INumberBinaryOp
{
    public static string Name => "Multiply";

    public T Invoke<T>(T a, T b) where T : struct, INumberLanes<T> => a * b;

    public T DerivativeA<T>(T a, T b) where T : struct, ILanes<T> => b;

    public T DerivativeB<T>(T a, T b) where T : struct, ILanes<T> => a;
}

/// <summary>y = c·x.</summary>
internal readonly struct MulNumberOp(Number c) : INumberUnaryOp
{
    public static string Name => "Multiply";

    public T Invoke<T>(T x) where T : struct, INumberLanes<T> => x * T.Of(c);

    public T Derivative<T>(T x) where T : struct, ILanes<T> => T.Of(c);
}
