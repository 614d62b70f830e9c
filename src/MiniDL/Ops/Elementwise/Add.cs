namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = a + α·b, with broadcasting.</summary>
    /// <remarks>Gradient: da = dy, db = α·dy, each summed over the axes that were broadcast.</remarks>
    /// <param name="other">b.</param>
    /// <param name="alpha">α.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor Add(Tensor other, double alpha = 1)
    {
        ArgumentNullException.ThrowIfNull(other);
        return AddOp.Run(this, alpha == 1 ? other : other.Mul(alpha));
    }

    /// <summary>y = x + c. The number does not change a float's dtype.</summary>
    public Tensor Add(double number) => NumberOp.Run(new AddNumberOp(number), this, number);

    /// <summary>a + b.</summary>
    public static Tensor operator +(Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(a);
        return a.Add(b);
    }

    /// <summary>x + c.</summary>
    public static Tensor operator +(Tensor x, double number)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Add(number);
    }

    /// <summary>c + x.</summary>
    public static Tensor operator +(double number, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Add(number);
    }

    /// <summary>this += other, in place; other broadcasts to this shape.</summary>
    public Tensor AddInPlace(Tensor other) => InPlace.Run(new NumberBinaryMap<AddOp>(default), this, other, nameof(AddInPlace));

    /// <summary>this += c, in place.</summary>
    public Tensor AddInPlace(double number) => InPlace.Run(new AddNumberOp(number), this, number, nameof(AddInPlace));
}

/// <summary>y = a + b.</summary>
internal readonly struct AddOp : INumberBinaryOp
{
    public static string Name => "Add";

    public T Invoke<T>(T a, T b) where T : struct, INumberLanes<T> => a + b;

    public T DerivativeA<T>(T a, T b) where T : struct, ILanes<T> => T.Of(1);

    public T DerivativeB<T>(T a, T b) where T : struct, ILanes<T> => T.Of(1);

    /// <summary>Records a node that saves nothing; on Bool, + is or.</summary>
    public static Tensor Run(Tensor a, Tensor b)
    {
        if (a.dtype == DType.Bool && b.dtype == DType.Bool) return a.LogicalOr(b);
        return Additive.Run(default(AddOp), a, b, signB: 1);
    }
}

/// <summary>y = x + c.</summary>
internal readonly struct AddNumberOp(Number c) : INumberUnaryOp
{
    public static string Name => "Add";

    public T Invoke<T>(T x) where T : struct, INumberLanes<T> => x + T.Of(c);

    public T Derivative<T>(T x) where T : struct, ILanes<T> => T.Of(1);
}
