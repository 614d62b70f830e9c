namespace MiniDL;

public partial class Tensor
{
    /// <summary>The slices x[…, index[i], …] along one axis, in the order of the indices.</summary>
    /// <remarks>Gradient: dx = zeros to which the slices of dy are added (<see cref="IndexAdd"/>).</remarks>
    /// <param name="dim">The axis.</param>
    /// <param name="index">Int64 or Int32, a vector or a number.</param>
    /// <exception cref="ShapeException">index has more than one axis.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside the axis.</exception>
    public Tensor IndexSelect(int dim, Tensor index)
    {
        ArgumentNullException.ThrowIfNull(index);
        var axis = CheckVector(dim, ref index, nameof(IndexSelect));
        return Rank == 0 ? Unsqueeze(0).IndexSelectChecked(0, index).Squeeze(0) : IndexSelectChecked(axis, index);
    }

    /// <summary>A copy of x with y[…, index[i], …] += α·source[…, i, …] along one axis.</summary>
    /// <remarks>Gradient: dx = dy; dsource = α·the slices of dy.</remarks>
    /// <param name="dim">The axis.</param>
    /// <param name="index">Int64 or Int32, a vector.</param>
    /// <param name="source">Of x's shape, but as many slices as indices.</param>
    /// <param name="alpha">α.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside the axis.</exception>
    public Tensor IndexAdd(int dim, Tensor index, Tensor source, double alpha = 1)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(source);
        if (Rank == 0 && source.Rank == 0) return Unsqueeze(0).IndexAdd(dim, index, source.Unsqueeze(0), alpha).Squeeze(0);
        if (Rank == 0) throw new ShapeException(nameof(IndexAdd), $"source has shape {source.layout}, x is 0-d", nameof(source));
        var axis = CheckVector(dim, ref index, nameof(IndexAdd));
        var wanted = Indices.Along(index, layout, axis);
        if (!source.layout.SameSizes(wanted.layout))
            throw new ShapeException(nameof(IndexAdd), $"source has shape {source.layout}; {index.Length} slices of x {layout} along axis {axis} are {wanted.layout}", nameof(source), axis);
        return Scatter(axis, wanted, alpha == 1 ? source : source * alpha, add: true, nameof(IndexAdd));
    }

    /// <summary><see cref="IndexSelect"/> by indices that are known to be in range.</summary>
    internal Tensor IndexSelectChecked(int axis, Tensor index) => GatherChecked(axis, Indices.Along(index, layout, axis));

    int CheckVector(int dim, ref Tensor index, string op)
    {
        Types.SameDevice(this, index, op);
        if (index.Rank > 1) throw new ShapeException(op, $"index has shape {index.layout}; it is a vector", nameof(index), null, 1, index.Rank);
        var axis = Dims.Axis(dim, Rank, op);
        index = Indices.Check(index.Reshape([-1]), Rank == 0 ? 1 : layout.Size(axis), op, $"axis {axis} of x {layout}");
        return axis;
    }
}
