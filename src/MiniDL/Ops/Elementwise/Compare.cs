namespace MiniDL;

public partial class Tensor
{
    /// <summary>a = b, element by element, as Bool; the operands broadcast. NaN equals nothing.</summary>
    public Tensor Eq(Tensor other) => Compare(Comparison.Equal, this, other, nameof(Eq));

    /// <summary>x = c, element by element, as Bool.</summary>
    public Tensor Eq(double number) => Compare(Comparison.Equal, this, number, nameof(Eq));

    /// <summary>a ≠ b, element by element, as Bool.</summary>
    public Tensor Ne(Tensor other) => Compare(Comparison.NotEqual, this, other, nameof(Ne));

    /// <summary>x ≠ c, element by element, as Bool.</summary>
    public Tensor Ne(double number) => Compare(Comparison.NotEqual, this, number, nameof(Ne));

    /// <summary>a &lt; b, element by element, as Bool.</summary>
    public Tensor Lt(Tensor other) => Compare(Comparison.Less, this, other, nameof(Lt));

    /// <summary>x &lt; c, element by element, as Bool.</summary>
    public Tensor Lt(double number) => Compare(Comparison.Less, this, number, nameof(Lt));

    /// <summary>a ≤ b, element by element, as Bool.</summary>
    public Tensor Le(Tensor other) => Compare(Comparison.LessOrEqual, this, other, nameof(Le));

    /// <summary>x ≤ c, element by element, as Bool.</summary>
    public Tensor Le(double number) => Compare(Comparison.LessOrEqual, this, number, nameof(Le));

    /// <summary>a &gt; b, element by element, as Bool.</summary>
    public Tensor Gt(Tensor other) => Compare(Comparison.Greater, this, other, nameof(Gt));

    /// <summary>x &gt; c, element by element, as Bool.</summary>
    public Tensor Gt(double number) => Compare(Comparison.Greater, this, number, nameof(Gt));

    /// <summary>a ≥ b, element by element, as Bool.</summary>
    public Tensor Ge(Tensor other) => Compare(Comparison.GreaterOrEqual, this, other, nameof(Ge));

    /// <summary>x ≥ c, element by element, as Bool.</summary>
    public Tensor Ge(double number) => Compare(Comparison.GreaterOrEqual, this, number, nameof(Ge));

    /// <inheritdoc cref="Eq(Tensor)"/>
    public static Tensor operator ==(Tensor a, Tensor b) => Compare(Comparison.Equal, a, b, nameof(Eq));

    /// <inheritdoc cref="Ne(Tensor)"/>
    public static Tensor operator !=(Tensor a, Tensor b) => Compare(Comparison.NotEqual, a, b, nameof(Ne));

    /// <inheritdoc cref="Lt(Tensor)"/>
    public static Tensor operator <(Tensor a, Tensor b) => Compare(Comparison.Less, a, b, nameof(Lt));

    /// <inheritdoc cref="Gt(Tensor)"/>
    public static Tensor operator >(Tensor a, Tensor b) => Compare(Comparison.Greater, a, b, nameof(Gt));

    /// <inheritdoc cref="Le(Tensor)"/>
    public static Tensor operator <=(Tensor a, Tensor b) => Compare(Comparison.LessOrEqual, a, b, nameof(Le));

    /// <inheritdoc cref="Ge(Tensor)"/>
    public static Tensor operator >=(Tensor a, Tensor b) => Compare(Comparison.GreaterOrEqual, a, b, nameof(Ge));

    /// <inheritdoc cref="Eq(double)"/>
    public static Tensor operator ==(Tensor x, double number) => Compare(Comparison.Equal, x, number, nameof(Eq));

    /// <inheritdoc cref="Ne(double)"/>
    public static Tensor operator !=(Tensor x, double number) => Compare(Comparison.NotEqual, x, number, nameof(Ne));

    /// <inheritdoc cref="Lt(double)"/>
    public static Tensor operator <(Tensor x, double number) => Compare(Comparison.Less, x, number, nameof(Lt));

    /// <inheritdoc cref="Gt(double)"/>
    public static Tensor operator >(Tensor x, double number) => Compare(Comparison.Greater, x, number, nameof(Gt));

    /// <inheritdoc cref="Le(double)"/>
    public static Tensor operator <=(Tensor x, double number) => Compare(Comparison.LessOrEqual, x, number, nameof(Le));

    /// <inheritdoc cref="Ge(double)"/>
    public static Tensor operator >=(Tensor x, double number) => Compare(Comparison.GreaterOrEqual, x, number, nameof(Ge));

    /// <summary>c &lt; x, element by element, as Bool.</summary>
    public static Tensor operator <(double number, Tensor x) => Compare(Comparison.Greater, x, number, nameof(Lt));

    /// <summary>c &gt; x, element by element, as Bool.</summary>
    public static Tensor operator >(double number, Tensor x) => Compare(Comparison.Less, x, number, nameof(Gt));

    /// <summary>c ≤ x, element by element, as Bool.</summary>
    public static Tensor operator <=(double number, Tensor x) => Compare(Comparison.GreaterOrEqual, x, number, nameof(Le));

    /// <summary>c ≥ x, element by element, as Bool.</summary>
    public static Tensor operator >=(double number, Tensor x) => Compare(Comparison.LessOrEqual, x, number, nameof(Ge));

    static Tensor Compare(Comparison comparison, Tensor x, double number, string op)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.dtype == DType.Bool)
            throw new ArgumentException(FormattableString.Invariant($"{op}: a Bool tensor is compared with {number}; 0 < x < 1 is (x > 0).LogicalAnd(x < 1)"), nameof(number));
        var met = NumberOp.Meet(x, number);
        return Compare(comparison, met, Full([], number, met.dtype, met.Device), op);
    }

    static Tensor Compare(Comparison comparison, Tensor a, Tensor b, string op)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        Gate.Enter(op);
        if (a.dtype != b.dtype || !a.dtype.IsDifferentiable()) Types.Meet(ref a, ref b, op, asFloat: false);
        Types.SameDevice(a, b, op);
        var layout = Dims.Broadcast(a.layout, b.layout, op);
        var y = New(layout, DType.Bool, a.Device);
        a.Backend.Compare(comparison, Binary.Spread(a, layout), Binary.Spread(b, layout), y.View);
        return Gate.Leave(op, y, a, b);
    }
}
