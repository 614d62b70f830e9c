namespace MiniDL;

public partial class Tensor
{
    /// <summary>The elements x[…, i, i + offset, …] of two axes, as a last axis. A view.</summary>
    /// <remarks>Gradient: dx = dy on the diagonal, 0 elsewhere.</remarks>
    /// <param name="offset">0 is the main diagonal; positive ones lie above, negative ones below.</param>
    /// <param name="dim1">The axis of the rows.</param>
    /// <param name="dim2">The axis of the columns.</param>
    /// <exception cref="ArgumentException">Both are the same axis.</exception>
    public Tensor Diagonal(int offset = 0, int dim1 = 0, int dim2 = 1)
    {
        if (Rank < 2) throw new ShapeException(nameof(Diagonal), $"x has shape {layout}; a diagonal needs two axes", "x", null, 2, Rank);
        var (row, column) = (Dims.Axis(dim1, Rank, nameof(Diagonal)), Dims.Axis(dim2, Rank, nameof(Diagonal)));
        if (row == column) throw new ArgumentException($"{Gate.Describe(nameof(Diagonal))}: dim1 {dim1} and dim2 {dim2} are the same axis", nameof(dim2));
        Span<int> sizes = stackalloc int[Rank - 1];
        Span<long> strides = stackalloc long[Rank - 1];
        var rank = 0;
        for (var i = 0; i < Rank; i++)
            if (i != row && i != column) (sizes[rank], strides[rank++]) = (layout.Size(i), layout.Stride(i));
        var length = Math.Min(layout.Size(row) - Math.Max(-offset, 0), layout.Size(column) - Math.Max(offset, 0));
        (sizes[rank], strides[rank]) = (Math.Max(length, 0), layout.Stride(row) + layout.Stride(column));
        var start = length <= 0 ? 0 : Math.Max(-offset, 0) * layout.Stride(row) + Math.Max(offset, 0) * layout.Stride(column);
        var y = Alias(Layout.Of(sizes, strides), start);
        if (node is not null && GradMode.Enabled) y.node = new DiagonalNode(this, y, offset, row, column);
        return Gate.Leave(nameof(Diagonal), y, this);
    }

    /// <summary>The gradient of <see cref="Diagonal"/>: x on the diagonal of zeros of the given sizes. Its own gradient is a diagonal again.</summary>
    Tensor Undiagonal(Layout full, int offset, int row, int column)
    {
        var y = Full(full.Sizes, 0, dtype, Device);
        var hole = y.Diagonal(offset, row, column);
        if (Length > 0) Backend.Copy(View, hole.View);
        if (node is not null && GradMode.Enabled) y.node = new UndiagonalNode(this, y, offset, row, column);
        return Gate.Leave(nameof(Undiagonal), y, this);
    }

    sealed class DiagonalNode(Tensor x, Tensor y, int offset, int row, int column) : UnaryGradNode(x, y)
    {
        readonly Layout from = x.layout;

        public override string Name => "Diagonal";

        protected override Tensor Backward(Tensor dy) => dy.Undiagonal(from, offset, row, column);
    }

    sealed class UndiagonalNode(Tensor x, Tensor y, int offset, int row, int column) : UnaryGradNode(x, y)
    {
        public override string Name => "Undiagonal";

        protected override Tensor Backward(Tensor dy) => dy.Diagonal(offset, row, column);
    }
}
