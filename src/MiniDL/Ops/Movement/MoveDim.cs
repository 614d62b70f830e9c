namespace MiniDL;

public partial class Tensor
{
    /// <summary>One axis moved to another place; the others keep their order. A view.</summary>
    /// <remarks>Gradient: dx = dy with the axis moved back.</remarks>
    public Tensor MoveDim(int source, int destination) => MoveDim([source], [destination]);

    /// <summary>Axes moved to other places; the others keep their order. A view.</summary>
    /// <remarks>Gradient: dx = dy with the axes moved back.</remarks>
    /// <exception cref="ArgumentException">There are not as many sources as destinations, or one is named twice.</exception>
    public Tensor MoveDim(ReadOnlySpan<int> source, ReadOnlySpan<int> destination)
    {
        if (source.Length != destination.Length)
            throw new ArgumentException($"{Gate.Describe(nameof(MoveDim))}: source {Layout.Text(source)} and destination {Layout.Text(destination)} differ in number", nameof(destination));
        if (source.IsEmpty) return this;
        var (moved, taken) = (Dims.Mask(source, Rank, nameof(MoveDim)), Dims.Mask(destination, Rank, nameof(MoveDim)));
        Span<int> dims = stackalloc int[Rank];
        for (int i = 0, next = 0; i < Rank; i++)
        {
            if ((taken >> i & 1) != 0) continue;
            while ((moved >> next & 1) != 0) next++;
            dims[i] = next++;
        }
        for (var k = 0; k < source.Length && Rank > 0; k++)
            dims[Dims.Axis(destination[k], Rank, nameof(MoveDim))] = Dims.Axis(source[k], Rank, nameof(MoveDim));
        return Permute(dims);
    }

    /// <summary>NumPy's name for <see cref="Transpose"/>.</summary>
    public Tensor SwapAxes(int dim0, int dim1) => Transpose(dim0, dim1);
}
