namespace MiniDL;

public partial class Tensor
{
    /// <summary>Where the largest element stands in row-major order, as Int64: the first of several; NaN counts as the largest.</summary>
    /// <exception cref="ShapeException">There is no element.</exception>
    public Tensor ArgMax() => Reshape([-1]).ArgExtreme(true, 0, false, nameof(ArgMax));

    /// <summary>Where along an axis the largest element stands, as Int64: the first of several; NaN counts as the largest.</summary>
    /// <exception cref="ShapeException">The axis is empty.</exception>
    public Tensor ArgMax(int dim, bool keepDim = false) => ArgExtreme(true, dim, keepDim, nameof(ArgMax));

    /// <summary>Where the smallest element stands in row-major order, as Int64: the first of several; NaN counts as the smallest.</summary>
    /// <exception cref="ShapeException">There is no element.</exception>
    public Tensor ArgMin() => Reshape([-1]).ArgExtreme(false, 0, false, nameof(ArgMin));

    /// <summary>Where along an axis the smallest element stands, as Int64: the first of several; NaN counts as the smallest.</summary>
    /// <exception cref="ShapeException">The axis is empty.</exception>
    public Tensor ArgMin(int dim, bool keepDim = false) => ArgExtreme(false, dim, keepDim, nameof(ArgMin));

    Tensor ArgExtreme(bool largest, int dim, bool keepDim, string op)
    {
        Gate.Enter(op);
        Types.ExpectComputable(this, op);
        var axis = Dims.Axis(dim, Rank, op);
        if (Rank == 0) return Zeros([], DType.Int64, Device);
        var mask = 1u << axis;
        Reduction.ExpectElements(layout, mask, op);
        var x = dtype == DType.Bool ? Detach().To(DType.Int32) : this;
        var y = New(Reduction.Kept(layout, mask), DType.Int64, Device);
        x.Backend.ArgReduce(largest, x.View, y.View, axis);
        GC.KeepAlive(x);
        return Gate.Leave(op, Reduction.Finish(y, layout, mask, keepDim), this);
    }
}
