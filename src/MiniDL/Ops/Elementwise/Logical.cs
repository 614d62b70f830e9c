namespace MiniDL;

public partial class Tensor
{
    /// <summary>Both are not 0, as Bool; the operands broadcast.</summary>
    public Tensor LogicalAnd(Tensor other) => Logical(default(AndOp), other, nameof(LogicalAnd));

    /// <summary>Either is not 0, as Bool; the operands broadcast.</summary>
    public Tensor LogicalOr(Tensor other) => Logical(default(OrOp), other, nameof(LogicalOr));

    /// <summary>Exactly one is not 0, as Bool; the operands broadcast.</summary>
    public Tensor LogicalXor(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return To(DType.Bool).Ne(other.To(DType.Bool));
    }

    /// <summary>x is 0, as Bool.</summary>
    public Tensor LogicalNot() => Compare(Comparison.Equal, this, Full([], 0, dtype, Device), nameof(LogicalNot));

    /// <summary><see cref="LogicalAnd"/>.</summary>
    public static Tensor operator &(Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(a);
        return a.LogicalAnd(b);
    }

    /// <summary><see cref="LogicalOr"/>.</summary>
    public static Tensor operator |(Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(a);
        return a.LogicalOr(b);
    }

    /// <summary><see cref="LogicalNot"/>.</summary>
    public static Tensor operator !(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.LogicalNot();
    }

    /// <summary>x is NaN, as Bool.</summary>
    public Tensor IsNan() => Compare(Comparison.NotEqual, this, this, nameof(IsNan));

    /// <summary>x is +∞ or −∞, as Bool.</summary>
    public Tensor IsInf() => dtype.IsFloat() ? Detach().Abs().Eq(double.PositiveInfinity) : Full(Shape, 0, DType.Bool, Device);

    /// <summary>x is neither NaN nor infinite, as Bool.</summary>
    public Tensor IsFinite() => dtype.IsFloat() ? Detach().Abs().Lt(double.PositiveInfinity) : Full(Shape, 1, DType.Bool, Device);

    Tensor Logical<TOp>(TOp op, Tensor other, string name) where TOp : struct, INumberMapOp
    {
        ArgumentNullException.ThrowIfNull(other);
        return Binary.OnNumbers(op, To(DType.Bool), other.To(DType.Bool), name);
    }

    readonly struct AndOp : INumberMapOp
    {
        public static int Arity => 2;

        public T Invoke<T>(T a, T b, T c) where T : struct, INumberLanes<T> => T.Min(a, b);
    }

    readonly struct OrOp : INumberMapOp
    {
        public static int Arity => 2;

        public T Invoke<T>(T a, T b, T c) where T : struct, INumberLanes<T> => T.Max(a, b);
    }
}
