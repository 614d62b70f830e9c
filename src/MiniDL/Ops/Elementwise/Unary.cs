namespace MiniDL;

/// <summary>Runs the elementwise ops of one operand and records them.</summary>
internal static class Unary
{
    /// <summary>y = op(x); integers are taken as Float32.</summary>
    public static Tensor Run<TOp>(TOp op, Tensor x) where TOp : struct, IUnaryOp
    {
        Gate.Enter(TOp.Name);
        x = Types.AsFloat(x, TOp.Name);
        var y = Tensor.New(x.layout.Contiguous(), x.dtype, x.Device);
        var xv = x.View;
        x.Backend.Map(new UnaryMap<TOp>(op), y.View, xv, xv, xv);
        if (x.node is not null && GradMode.Enabled) y.node = new UnaryNode<TOp>(op, x, y);
        return Gate.Leave(TOp.Name, y, x);
    }

    /// <summary>y = op(x) in x's own dtype.</summary>
    public static Tensor RunNumber<TOp>(TOp op, Tensor x) where TOp : struct, INumberUnaryOp
    {
        if (x.dtype.IsFloat()) return Run(new FloatUnary<TOp>(op), x);
        Gate.Enter(TOp.Name);
        var y = Tensor.New(x.layout.Contiguous(), x.dtype, x.Device);
        var xv = x.View;
        x.Backend.MapNumber(new NumberUnaryMap<TOp>(op), y.View, xv, xv, xv);
        return Gate.Leave(TOp.Name, y, x);
    }

    /// <summary>dx = dy·f′(saved): by one kernel, or recorded.</summary>
    sealed class UnaryNode<TOp> : UnaryGradNode where TOp : struct, IUnaryOp
    {
        readonly TOp op;
        Saved saved;

        public UnaryNode(TOp op, Tensor x, Tensor y) : base(x, y)
        {
            this.op = op;
            saved = TOp.Saves == Saves.Input ? Saved.Input(x) : Saved.Output(y);
        }

        public override string Name => TOp.Name;

        protected override Tensor Backward(Tensor dy)
        {
            var s = TOp.Saves == Saves.Input ? saved.Read(this) : saved.ReadOutput(this);
            if (GradMode.Enabled) return (new Traced(dy) * op.Derivative(new Traced(s))).Result(dy);
            var dx = Tensor.New(Shape.Contiguous(), dy.dtype, dy.Device);
            var sv = s.View;
            dy.Backend.Map(new UnaryBackwardMap<TOp>(op), dx.View, dy.View, sv, sv);
            GC.KeepAlive(s);
            return dx;
        }

        public override void Release()
        {
            base.Release();
            saved.Release();
        }
    }
}
