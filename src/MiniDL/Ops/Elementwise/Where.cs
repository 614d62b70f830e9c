namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = condition ? a : b, element by element, with broadcasting.</summary>
    /// <remarks>Gradient: da = dy where the condition holds, else 0; db the other way round. A selection, not a product: a NaN in the arm that is not taken does no harm.</remarks>
    /// <param name="condition">Bool.</param>
    /// <param name="a">Where it holds.</param>
    /// <param name="b">Where it does not.</param>
    public static Tensor Where(Tensor condition, Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        Gate.Enter(nameof(Where));
        Types.Expect(condition, condition.dtype == DType.Bool, nameof(Where), nameof(condition), "it must be Bool, such as x > 0");
        if (a.dtype != b.dtype || !a.dtype.IsDifferentiable()) Types.Meet(ref a, ref b, nameof(Where), asFloat: false);
        Types.SameDevice(a, b, nameof(Where));
        Types.SameDevice(condition, a, nameof(Where));
        var layout = Dims.Broadcast(condition.layout, Dims.Broadcast(a.layout, b.layout, nameof(Where)), nameof(Where));
        var y = New(layout, a.dtype, a.Device);
        a.Backend.Where(Binary.Spread(condition, layout), Binary.Spread(a, layout), Binary.Spread(b, layout), y.View);
        if ((a.node is not null || b.node is not null) && GradMode.Enabled) y.node = new WhereNode(condition, a, b, y);
        return Gate.Leave(nameof(Where), y, condition, a, b);
    }

    sealed class WhereNode(Tensor condition, Tensor a, Tensor b, Tensor y) : BinaryGradNode(a, b, y)
    {
        readonly Layout shapeA = a.layout, shapeB = b.layout;
        Saved condition = Saved.Input(condition);

        public override string Name => "Where";

        public override void Backward(Tensor dy, Span<Tensor?> dx)
        {
            var (c, zero) = (condition.Read(this), Full([], 0, dy.dtype, dy.Device));
            if (WantsA) dx[0] = Where(c, dy, zero).SumTo(shapeA);
            if (WantsB) dx[1] = Where(c, zero, dy).SumTo(shapeB);
        }

        public override void Release()
        {
            base.Release();
            condition.Release();
        }
    }
}
