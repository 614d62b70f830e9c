namespace MiniDL;

public partial class Tensor
{
    /// <summary>Without the axes of size 1. A view.</summary>
    /// <remarks>Gradient: dx = dy in the old shape.</remarks>
    public Tensor Squeeze()
    {
        Span<int> sizes = stackalloc int[Rank];
        Span<long> strides = stackalloc long[Rank];
        var rank = 0;
        for (var i = 0; i < Rank; i++)
            if (layout.Size(i) != 1) (sizes[rank], strides[rank++]) = (layout.Size(i), layout.Stride(i));
        return rank == Rank ? this : MovementNode.View(nameof(Squeeze), this, Alias(Layout.Of(sizes[..rank], strides[..rank])));
    }

    /// <summary>Without one axis, if its size is 1. A view.</summary>
    /// <remarks>Gradient: dx = dy in the old shape.</remarks>
    public Tensor Squeeze(int dim)
    {
        var axis = Dims.Axis(dim, Rank, nameof(Squeeze));
        if (Rank == 0 || layout.Size(axis) != 1) return this;
        Span<int> sizes = stackalloc int[Rank - 1];
        Span<long> strides = stackalloc long[Rank - 1];
        for (var i = 0; i < sizes.Length; i++)
        {
            var from = i < axis ? i : i + 1;
            (sizes[i], strides[i]) = (layout.Size(from), layout.Stride(from));
        }
        return MovementNode.View(nameof(Squeeze), this, Alias(Layout.Of(sizes, strides)));
    }

    /// <summary>With a new axis of size 1 at <paramref name="dim"/> of the result. A view.</summary>
    /// <remarks>Gradient: dx = dy in the old shape.</remarks>
    /// <exception cref="ShapeException">The tensor already has as many axes as there can be.</exception>
    public Tensor Unsqueeze(int dim)
    {
        if (Rank == Layout.MaxRank)
            throw new ShapeException(nameof(Unsqueeze), $"shape {layout} already has {Layout.MaxRank} axes, the most there can be");
        var axis = Dims.Axis(dim, Rank + 1, nameof(Unsqueeze));
        Span<int> sizes = stackalloc int[Rank + 1];
        Span<long> strides = stackalloc long[Rank + 1];
        for (var i = 0; i < sizes.Length; i++)
        {
            if (i == axis) { (sizes[i], strides[i]) = (1, 1); continue; }
            var from = i < axis ? i : i - 1;
            (sizes[i], strides[i]) = (layout.Size(from), layout.Stride(from));
        }
        return MovementNode.View(nameof(Unsqueeze), this, Alias(Layout.Of(sizes, strides)));
    }
}
