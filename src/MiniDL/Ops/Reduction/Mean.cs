namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = Σ x / n over all elements; integers and Bool are averaged as Float32.</summary>
    /// <remarks>Gradient: dx = dy / n, repeated.</remarks>
    public Tensor Mean() => Mean([]);

    /// <summary>y = Σ x / n over one axis.</summary>
    /// <inheritdoc cref="Mean(ReadOnlySpan{int}, bool, DType?)"/>
    public Tensor Mean(int dim, bool keepDim = false, DType? dtype = null) => Mean([dim], keepDim, dtype);

    /// <summary>y = Σ x / n over some axes (all, when none is named); NaN over an empty one.</summary>
    /// <remarks>Gradient: dx = dy / n, repeated. Integers and Bool are averaged as Float32, where PyTorch throws.</remarks>
    /// <param name="dims">The axes.</param>
    /// <param name="keepDim">Keep them with size 1.</param>
    /// <param name="dtype">Convert to this type before summing.</param>
    public Tensor Mean(ReadOnlySpan<int> dims, bool keepDim = false, DType? dtype = null)
    {
        var x = Types.AsFloat(dtype is { } to ? To(to) : this, nameof(Mean));
        return x.Sum(dims, keepDim) / Reduction.Count(layout, Dims.Mask(dims, Rank, nameof(Mean)));
    }
}
