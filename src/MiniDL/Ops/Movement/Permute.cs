namespace MiniDL;

public partial class Tensor
{
    /// <summary>The axes in another order: y's axis i is x's axis dims[i]. A view.</summary>
    /// <remarks>Gradient: dx = dy with the axes put back.</remarks>
    /// <exception cref="ArgumentException">dims does not name each axis once.</exception>
    public Tensor Permute(params ReadOnlySpan<int> dims)
    {
        if (dims.Length != Rank)
            throw new ArgumentException($"Permute: {Layout.Text(dims)} names {dims.Length} axes, the tensor of shape {layout} has {Rank}", nameof(dims));
        if (Rank > 0) Dims.Mask(dims, Rank, nameof(Permute));
        Span<int> sizes = stackalloc int[Rank], inverse = stackalloc int[Rank];
        Span<long> strides = stackalloc long[Rank];
        for (var i = 0; i < Rank; i++)
        {
            var axis = Dims.Axis(dims[i], Rank, nameof(Permute));
            (sizes[i], strides[i], inverse[axis]) = (layout.Size(axis), layout.Stride(axis), i);
        }
        var y = Alias(Layout.Of(sizes, strides));
        if (node is not null && GradMode.Enabled) y.node = new PermuteNode(this, y, inverse.ToArray());
        return Gate.Leave(nameof(Permute), y, this);
    }

    /// <inheritdoc cref="Permute(ReadOnlySpan{int})"/>
    public Tensor Permute(params int[] dims) => Permute((ReadOnlySpan<int>)dims);

    /// <summary>Two axes exchanged. A view.</summary>
    /// <remarks>Gradient: dx = dy with the axes exchanged back.</remarks>
    public Tensor Transpose(int dim0, int dim1)
    {
        var (a, b) = (Dims.Axis(dim0, Rank, nameof(Transpose)), Dims.Axis(dim1, Rank, nameof(Transpose)));
        Span<int> dims = stackalloc int[Rank];
        for (var i = 0; i < Rank; i++) dims[i] = i == a ? b : i == b ? a : i;
        return Permute(dims);
    }

    /// <summary>The matrix (or the last two axes of a batch) transposed. A view.</summary>
    public Tensor T() => Rank < 2 ? this : Transpose(-2, -1);

    sealed class PermuteNode(Tensor x, Tensor y, int[] inverse) : UnaryGradNode(x, y)
    {
        public override string Name => "Permute";

        protected override Tensor Backward(Tensor dy) => dy.Permute(inverse);
    }
}
