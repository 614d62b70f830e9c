namespace MiniDL;

/// <summary>Runs a + b and a − b, whose gradients need no operand: nothing is saved.</summary>
internal static class Additive
{
    public static Tensor Run<TOp>(TOp op, Tensor a, Tensor b, int signB) where TOp : struct, INumberBinaryOp
    {
        if (!a.dtype.IsFloat() && !b.dtype.IsFloat()) return Binary.OnNumbers(new NumberBinaryMap<TOp>(op), a, b, TOp.Name);
        Gate.Enter(TOp.Name);
        if (a.dtype != b.dtype || !a.dtype.IsDifferentiable()) Types.Meet(ref a, ref b, TOp.Name, asFloat: true);
        Types.SameDevice(a, b, TOp.Name);
        var layout = Dims.Broadcast(a.layout, b.layout, TOp.Name);
        var y = Tensor.New(layout, a.dtype, a.Device);
        var av = Binary.Spread(a, layout);
        a.Backend.MapNumber(new NumberBinaryMap<TOp>(op), y.View, av, Binary.Spread(b, layout), av);
        if ((a.node is not null || b.node is not null) && GradMode.Enabled) y.node = new SumNode(TOp.Name, a, b, y, signB);
        return Gate.Leave(TOp.Name, y, a, b);
    }

    /// <summary>da = dy, db = ±dy.</summary>
    sealed class SumNode(string name, Tensor a, Tensor b, Tensor y, int signB) : BinaryGradNode(a, b, y)
    {
        readonly Layout shapeA = a.layout, shapeB = b.layout;

        public override string Name => name;

        public override void Backward(Tensor dy, Span<Tensor?> dx)
        {
            if (WantsA) dx[0] = dy.SumTo(shapeA);
            if (WantsB) dx[1] = signB > 0 ? dy.SumTo(shapeB) : -dy.SumTo(shapeB);
        }
    }
}
