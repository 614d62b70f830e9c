namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = the largest of all elements; NaN when one is.</summary>
    /// <remarks>Gradient: dy to the largest, in equal shares where several are.</remarks>
    /// <exception cref="ShapeException">There is no element.</exception>
    public Tensor Max() => Extreme(default(LargestOp), [], false, nameof(Max));

    /// <summary>The largest along one axis, and where it stands; NaN counts as the largest.</summary>
    /// <remarks>Gradient: dy to the element at that index, the first of several.</remarks>
    /// <exception cref="ShapeException">The axis is empty.</exception>
    public (Tensor Values, Tensor Indices) Max(int dim, bool keepDim = false) => ExtremeWithIndex(true, dim, keepDim, nameof(Max));

    /// <summary>y = the smallest of all elements; NaN when one is.</summary>
    /// <remarks>Gradient: dy to the smallest, in equal shares where several are.</remarks>
    /// <exception cref="ShapeException">There is no element.</exception>
    public Tensor Min() => Extreme(default(SmallestOp), [], false, nameof(Min));

    /// <summary>The smallest along one axis, and where it stands; NaN counts as the smallest.</summary>
    /// <remarks>Gradient: dy to the element at that index, the first of several.</remarks>
    /// <exception cref="ShapeException">The axis is empty.</exception>
    public (Tensor Values, Tensor Indices) Min(int dim, bool keepDim = false) => ExtremeWithIndex(false, dim, keepDim, nameof(Min));

    (Tensor Values, Tensor Indices) ExtremeWithIndex(bool largest, int dim, bool keepDim, string op)
    {
        var index = ArgExtreme(largest, dim, keepDim: true, op);
        var values = Gather(dim, index);
        return keepDim || Rank == 0 ? (values, index) : (values.Squeeze(dim), index.Squeeze(dim));
    }
}
