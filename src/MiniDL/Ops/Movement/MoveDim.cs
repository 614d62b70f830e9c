namespace MiniDL;

public partial class Tensor
{
    /// <summary>One axis moved to another place; the others keep their order. A view.</summary>
    /// <remarks>Gradient: dx = dy with the axis moved back.</remarks>
    public Tensor MoveDim(int source, int destination)
    {
        var (from, to) = (Dims.Axis(source, Rank, nameof(MoveDim)), Dims.Axis(destination, Rank, nameof(MoveDim)));
        Span<int> dims = stackalloc int[Rank];
        for (int i = 0, next = 0; i < Rank; i++)
        {
            if (next == from) next++;
            dims[i] = i == to ? from : next++;
        }
        return Permute(dims);
    }

    /// <summary>NumPy's name for <see cref="Transpose"/>.</summary>
    public Tensor SwapAxes(int dim0, int dim1) => Transpose(dim0, dim1);
}
