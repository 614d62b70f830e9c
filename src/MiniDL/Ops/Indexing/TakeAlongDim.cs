namespace MiniDL;

public partial class Tensor
{
    /// <summary>The elements at these places in row-major order, as a vector.</summary>
    /// <remarks>Gradient: dx = zeros to which dy is added at the places.</remarks>
    public Tensor TakeAlongDim(Tensor index)
    {
        ArgumentNullException.ThrowIfNull(index);
        return Reshape([-1]).Gather(0, index.Reshape([-1]));
    }

    /// <summary><see cref="Gather"/> whose x and index broadcast on the other axes.</summary>
    /// <remarks>Gradient: dx = zeros to which dy is added at the indices.</remarks>
    /// <param name="index">Int64 or Int32, of x's rank.</param>
    /// <param name="dim">The axis.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside the axis.</exception>
    public Tensor TakeAlongDim(Tensor index, int dim)
    {
        ArgumentNullException.ThrowIfNull(index);
        if (index.Rank != Rank || Rank == 0)
            throw new ShapeException(nameof(TakeAlongDim), $"index {index.layout} and x {layout} need the same axes, one or more", nameof(index), null, Rank, index.Rank);
        var axis = Dims.Axis(dim, Rank, nameof(TakeAlongDim));
        // What broadcasts are the other axes: with 1 on the axis itself, both agree there.
        var mask = 1u << axis;
        var common = Dims.Broadcast(Reduction.Kept(layout, mask), Reduction.Kept(index.layout, mask), nameof(TakeAlongDim));
        Span<int> sizes = stackalloc int[Rank];
        common.Sizes.CopyTo(sizes);
        sizes[axis] = layout.Size(axis);
        var x = Expand(sizes);
        sizes[axis] = index.layout.Size(axis);
        return x.Gather(axis, index.Expand(sizes));
    }
}
