namespace MiniDL;

public partial class Tensor
{
    /// <summary>The named axes in reverse order. A view.</summary>
    /// <remarks>Gradient: dx = dy flipped back.</remarks>
    public Tensor Flip(params ReadOnlySpan<int> dims)
    {
        if (dims.IsEmpty) return this;
        var mask = Dims.Mask(dims, Rank, nameof(Flip));
        var y = this;
        for (var axis = 0; axis < Rank; axis++)
            if ((mask >> axis & 1) != 0 && layout.Size(axis) > 1) y = y.Slice(axis, layout.Size(axis) - 1, layout.Size(axis), -1);
        return y;
    }

    /// <inheritdoc cref="Flip(ReadOnlySpan{int})"/>
    public Tensor Flip(params int[] dims) => Flip((ReadOnlySpan<int>)dims);
}
