namespace MiniDL;

/// <summary>Runs the elementwise ops of two operands, with broadcasting and promotion, and records them.</summary>
internal static class Binary
{
    /// <summary>y = op(a, b); integers are taken as Float32.</summary>
    public static Tensor Run<TOp>(TOp op, Tensor a, Tensor b) where TOp : struct, IBinaryOp
    {
        Gate.Enter(TOp.Name);
        if (a.dtype != b.dtype || !a.dtype.IsDifferentiable()) Types.Meet(ref a, ref b, TOp.Name, asFloat: true);
        Types.SameDevice(a, b, TOp.Name);
        var layout = Dims.Broadcast(a.layout, b.layout, TOp.Name);
        var y = Tensor.New(layout, a.dtype, a.Device);
        var av = Spread(a, layout);
        a.Backend.Map(new BinaryMap<TOp>(op), y.View, av, Spread(b, layout), av);
        if ((a.node is not null || b.node is not null) && GradMode.Enabled) y.node = new BinaryNode<TOp>(op, a, b, y);
        return Gate.Leave(TOp.Name, y, a, b);
    }

    /// <summary>y = op(a, b) in the dtype in which a and b meet.</summary>
    public static Tensor RunNumber<TOp>(TOp op, Tensor a, Tensor b) where TOp : struct, INumberBinaryOp
    {
        if (a.dtype.IsFloat() || b.dtype.IsFloat()) return Run(new FloatBinary<TOp>(op), a, b);
        return OnNumbers(new NumberBinaryMap<TOp>(op), a, b, TOp.Name);
    }

    /// <summary>y = map(a, b) on integers or Bool.</summary>
    public static Tensor OnNumbers<TMap>(TMap map, Tensor a, Tensor b, string name) where TMap : struct, INumberMapOp
    {
        Gate.Enter(name);
        Types.Meet(ref a, ref b, name, asFloat: false);
        Types.SameDevice(a, b, name);
        var layout = Dims.Broadcast(a.layout, b.layout, name);
        var y = Tensor.New(layout, a.dtype, a.Device);
        var av = Spread(a, layout);
        a.Backend.MapNumber(map, y.View, av, Spread(b, layout), av);
        return Gate.Leave(name, y, a, b);
    }

    /// <summary>The view of x stretched to a shape.</summary>
    public static TensorView Spread(Tensor x, Layout layout)
        => x.layout.SameSizes(layout) ? x.View : x.ViewAs(Dims.Expand(x.layout, layout.Sizes));

    /// <summary>da = dy·∂f/∂a, db = dy·∂f/∂b, each summed over the axes that were broadcast.</summary>
    sealed class BinaryNode<TOp>(TOp op, Tensor a, Tensor b, Tensor y) : BinaryGradNode(a, b, y) where TOp : struct, IBinaryOp
    {
        Saved a = Saved.Input(a), b = Saved.Input(b);

        public override string Name => TOp.Name;

        public override void Backward(Tensor dy, Span<Tensor?> dx)
        {
            var (ta, tb) = (a.Read(this), b.Read(this));
            if (GradMode.Enabled)
            {
                var (la, lb, ly) = (new Traced(ta), new Traced(tb), new Traced(dy));
                if (WantsA) dx[0] = (ly * op.DerivativeA(la, lb)).Result(dy).SumTo(ta.layout);
                if (WantsB) dx[1] = (ly * op.DerivativeB(la, lb)).Result(dy).SumTo(tb.layout);
                return;
            }
            var (av, bv) = (Spread(ta, Shape), Spread(tb, Shape));
            if (WantsA)
            {
                var da = Tensor.New(Shape.Contiguous(), dy.dtype, dy.Device);
                dy.Backend.Map(new BinaryBackwardAMap<TOp>(op), da.View, dy.View, av, bv);
                dx[0] = da.SumTo(ta.layout);
            }
            if (WantsB)
            {
                var db = Tensor.New(Shape.Contiguous(), dy.dtype, dy.Device);
                dy.Backend.Map(new BinaryBackwardBMap<TOp>(op), db.View, dy.View, av, bv);
                dx[1] = db.SumTo(tb.layout);
            }
            GC.KeepAlive(ta);
            GC.KeepAlive(tb);
        }

        public override void Release()
        {
            base.Release();
            a.Release();
            b.Release();
        }
    }
}
