namespace MiniDL;

public partial class Tensor
{
    /// <summary>Elements <paramref name="start"/> to start + length − 1 of an axis. A view.</summary>
    /// <remarks>Gradient: dx = dy there, 0 elsewhere.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">They do not lie within the axis.</exception>
    public Tensor Narrow(int dim, int start, int length)
    {
        var axis = Dims.Axis(dim, Rank, nameof(Narrow));
        if (Rank == 0) throw new ShapeException(nameof(Narrow), "a 0-d tensor has no axis to narrow");
        var size = layout.Size(axis);
        if (start < 0) start += size;
        if (start < 0 || length < 0 || (long)start + length > size)
            throw new ArgumentOutOfRangeException(nameof(start), $"{Gate.Describe(nameof(Narrow))}: start {start}, length {length} lie outside axis {axis} of size {size} (shape {layout})");
        return Slice(axis, start, length, 1);
    }

    /// <summary>Index <paramref name="index"/> of an axis, which goes away. A view.</summary>
    /// <remarks>Gradient: dx = dy there, 0 elsewhere.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">There is no such index.</exception>
    public Tensor Select(int dim, int index)
    {
        if (Rank == 0) throw new ShapeException(nameof(Select), "a 0-d tensor has no axis to select from");
        var axis = Dims.Axis(dim, Rank, nameof(Select));
        var size = layout.Size(axis);
        if (index < -size || index >= size)
            throw new ArgumentOutOfRangeException(nameof(index), $"{Gate.Describe(nameof(Select))}: index {index} is outside axis {axis} of size {size} (shape {layout})");
        return Slice(axis, index < 0 ? index + size : index, 1, 1).Squeeze(axis);
    }

    /// <summary>Every <paramref name="step"/>-th of an axis from <paramref name="start"/> on; a negative step goes backwards. A view; the caller has checked the range.</summary>
    internal Tensor Slice(int axis, int start, int length, int step)
    {
        if (start == 0 && step == 1 && length == layout.Size(axis)) return this;
        Span<int> sizes = stackalloc int[Rank];
        Span<long> strides = stackalloc long[Rank];
        layout.Sizes.CopyTo(sizes);
        layout.Strides.CopyTo(strides);
        sizes[axis] = length;
        strides[axis] *= step;
        var y = Alias(Layout.Of(sizes, strides), length == 0 ? 0 : start * layout.Stride(axis));
        if (node is not null && GradMode.Enabled) y.node = new SliceNode(this, y, axis, start, step);
        return Gate.Leave(nameof(Slice), y, this);
    }

    /// <summary>The gradient of <see cref="Slice"/>: x at its places in zeros of the given sizes. Its own gradient is a slice again.</summary>
    Tensor Unslice(Layout full, int axis, int start, int step)
    {
        var y = Full(full.Sizes, 0, dtype, Device);
        var hole = y.Slice(axis, start, layout.Size(axis), step);
        hole.Backend.Copy(View, hole.View);
        if (node is not null && GradMode.Enabled) y.node = new UnsliceNode(this, y, axis, start, step);
        return Gate.Leave(nameof(Unslice), y, this);
    }

    sealed class SliceNode(Tensor x, Tensor y, int axis, int start, int step) : UnaryGradNode(x, y)
    {
        readonly Layout from = x.layout;

        public override string Name => "Slice";

        protected override Tensor Backward(Tensor dy) => dy.Unslice(from, axis, start, step);
    }

    sealed class UnsliceNode(Tensor x, Tensor y, int axis, int start, int step) : UnaryGradNode(x, y)
    {
        readonly int length = x.layout.Size(axis);

        public override string Name => "Unslice";

        protected override Tensor Backward(Tensor dy) => dy.Slice(axis, start, length, step);
    }
}
