namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = log Σ eˣ along one axis.</summary>
    /// <inheritdoc cref="LogSumExp(ReadOnlySpan{int}, bool)"/>
    public Tensor LogSumExp(int dim, bool keepDim = false) => LogSumExp([dim], keepDim);

    /// <summary>y = log Σ eˣ over some axes (all, when none is named), without overflow; −∞ over an empty one.</summary>
    /// <remarks>y = m + log Σ eˣ⁻ᵐ with m = max x. Gradient: dx = dy·eˣ⁻ʸ (the softmax), 0 where all of a row is −∞.</remarks>
    /// <param name="dims">The axes.</param>
    /// <param name="keepDim">Keep them with size 1.</param>
    public Tensor LogSumExp(ReadOnlySpan<int> dims, bool keepDim = false)
    {
        Gate.Enter(nameof(LogSumExp));
        var x = Types.AsFloat(this, nameof(LogSumExp));
        var mask = Dims.Mask(dims, Rank, nameof(LogSumExp));
        Tensor y;
        using (Autograd.NoGrad())
        {
            var zero = Full([], 0, x.dtype, x.Device);
            var m = mask == 0 ? x : Reduction.Count(layout, mask) == 0 ? zero : Reduction.Run(default(LargestOp), x, mask);
            m = Where(m.IsFinite(), m, zero); // ∞ − ∞ would be NaN
            y = (x - m).Exp().SumKept(mask).Log() + m;
        }
        if (x.node is not null && GradMode.Enabled) y.node = new LogSumExpNode(x, y);
        return Reduction.Finish(Gate.Leave(nameof(LogSumExp), y, x), layout, mask, keepDim);
    }

    sealed class LogSumExpNode(Tensor x, Tensor y) : UnaryGradNode(x, y)
    {
        Saved x = Saved.Input(x), y = Saved.Output(y);

        public override string Name => "LogSumExp";

        protected override Tensor Backward(Tensor dy)
        {
            var total = y.ReadOutput(this);
            var finite = Where(total.Eq(double.NegativeInfinity), Full([], 0, dy.dtype, dy.Device), total);
            return dy * (x.Read(this) - finite).Exp();
        }

        public override void Release()
        {
            base.Release();
            x.Release();
            y.Release();
        }
    }
}
