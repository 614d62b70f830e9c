namespace MiniDL;

public partial class Tensor
{
    /// <summary>Axes of size 1 (and new ones in front) repeated to a shape, by strides of 0. A view.</summary>
    /// <remarks>Gradient: dx = Σ dy over the repeated axes.</remarks>
    /// <param name="shape">The new sizes; −1 keeps an axis.</param>
    /// <exception cref="ShapeException">An axis is neither 1 nor of the new size.</exception>
    public Tensor Expand(params ReadOnlySpan<int> shape)
    {
        Span<int> sizes = stackalloc int[shape.Length];
        shape.CopyTo(sizes);
        var lead = shape.Length - Rank;
        if (lead < 0) throw new ShapeException(nameof(Expand), $"shape {Layout.Text(shape)} has fewer axes than the tensor's {layout}", "shape", null, Rank, shape.Length);
        for (var i = 0; i < sizes.Length; i++)
        {
            if (sizes[i] == -1 && i >= lead) sizes[i] = layout.Size(i - lead);
            if (i >= lead && layout.Size(i - lead) != 1 && layout.Size(i - lead) != sizes[i])
                throw new ShapeException(nameof(Expand), $"axis {i - lead} of {layout} has size {layout.Size(i - lead)}; only a size of 1 stretches to {sizes[i]} (shape {Layout.Text(shape)})", "shape", i, sizes[i], layout.Size(i - lead));
        }
        Dims.Check(sizes, nameof(Expand));
        if (layout.Sizes.SequenceEqual(sizes)) return this;
        var y = Alias(Dims.Expand(layout, sizes));
        if (node is not null && GradMode.Enabled) y.node = new ExpandNode(this, y);
        return Gate.Leave(nameof(Expand), y, this);
    }

    /// <inheritdoc cref="Expand(ReadOnlySpan{int})"/>
    public Tensor Expand(params int[] shape) => Expand((ReadOnlySpan<int>)shape);

    /// <summary>NumPy's name for <see cref="Expand(ReadOnlySpan{int})"/>.</summary>
    public Tensor BroadcastTo(params ReadOnlySpan<int> shape) => Expand(shape);

    /// <inheritdoc cref="BroadcastTo(ReadOnlySpan{int})"/>
    public Tensor BroadcastTo(params int[] shape) => Expand((ReadOnlySpan<int>)shape);

    sealed class ExpandNode(Tensor x, Tensor y) : UnaryGradNode(x, y)
    {
        readonly Layout from = x.layout;

        public override string Name => "Expand";

        protected override Tensor Backward(Tensor dy) => dy.SumTo(from);
    }
}
