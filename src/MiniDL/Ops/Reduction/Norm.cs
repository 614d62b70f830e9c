namespace MiniDL;

public partial class Tensor
{
    /// <summary>‖x‖ₚ over all elements; p = 2 is the Euclidean (of a matrix: Frobenius) norm.</summary>
    /// <inheritdoc cref="Norm(double, ReadOnlySpan{int}, bool, DType?)"/>
    public Tensor Norm(double p = 2) => Norm(p, []);

    /// <summary>‖x‖ₚ along one axis.</summary>
    /// <inheritdoc cref="Norm(double, ReadOnlySpan{int}, bool, DType?)"/>
    public Tensor Norm(double p, int dim, bool keepDim = false, DType? dtype = null) => Norm(p, [dim], keepDim, dtype);

    /// <summary>‖x‖ₚ = (Σ |x|ᵖ)^(1/p) over some axes (all, when none is named).</summary>
    /// <remarks>
    /// p = ∞ and −∞: the largest and smallest |x|; p = 0: how many are not 0. Gradient: dx = dy·sgn x·(|x|/y)ᵖ⁻¹, 0 where x or y is 0;
    /// at ±∞ dy·sgn x to the largest (smallest), in equal shares; at 0 none.
    /// </remarks>
    /// <param name="p">Any number.</param>
    /// <param name="dims">The axes.</param>
    /// <param name="keepDim">Keep them with size 1.</param>
    /// <param name="dtype">Convert to this type first.</param>
    /// <exception cref="ShapeException">p is infinite and an axis is empty.</exception>
    public Tensor Norm(double p, ReadOnlySpan<int> dims, bool keepDim = false, DType? dtype = null)
    {
        if (double.IsNaN(p)) throw new ArgumentException($"{Gate.Describe(nameof(Norm))}: p is NaN", nameof(p));
        var x = Types.AsFloat(dtype is { } to ? To(to) : this, nameof(Norm));
        if (double.IsInfinity(p))
        {
            Reduction.ExpectElements(layout, Dims.Mask(dims, Rank, nameof(Norm)), nameof(Norm));
            return p > 0 ? x.Abs().Amax(dims, keepDim) : x.Abs().Amin(dims, keepDim);
        }
        if (p == 0) return x.Sign().Abs().Sum(dims, keepDim);
        if (p == 1) return x.Abs().Sum(dims, keepDim);
        Gate.Enter(nameof(Norm));
        var mask = Dims.Mask(dims, Rank, nameof(Norm));
        Tensor y;
        using (Autograd.NoGrad())
            y = p == 2 ? x.Square().SumKept(mask).Sqrt() : x.Abs().Pow(p).SumKept(mask).Pow(1 / p);
        if (x.node is not null && GradMode.Enabled) y.node = new NormNode(x, y, p);
        return Reduction.Finish(Gate.Leave(nameof(Norm), y, x), layout, mask, keepDim);
    }

    sealed class NormNode(Tensor x, Tensor y, double p) : UnaryGradNode(x, y)
    {
        Saved x = Saved.Input(x), y = Saved.Output(y);

        public override string Name => "Norm";

        // Where x or y is 0, another number stands in for it and the result is thrown away: so no order of derivative meets 0/0.
        protected override Tensor Backward(Tensor dy)
        {
            var (u, norm) = (x.Read(this), y.ReadOutput(this));
            Tensor zero = Full([], 0, dy.dtype, dy.Device), one = Full([], 1, dy.dtype, dy.Device);
            var safe = Where(norm.Eq(0), one, norm);
            if (p == 2) return dy * (u / safe);
            var none = u.Eq(0) | norm.Eq(0);
            var ratio = Where(none, one, u.Abs()) / safe;
            return dy * Where(none, zero, u.Sign() * ratio.Pow(p - 1));
        }

        public override void Release()
        {
            base.Release();
            x.Release();
            y.Release();
        }
    }
}
