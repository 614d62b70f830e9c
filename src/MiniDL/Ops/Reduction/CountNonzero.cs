namespace MiniDL;

public partial class Tensor
{
    /// <summary>How many elements are not 0, over some axes (all, when none is named), as Int64.</summary>
    public Tensor CountNonzero(params ReadOnlySpan<int> dims) => To(DType.Bool).Sum(dims);

    /// <inheritdoc cref="CountNonzero(ReadOnlySpan{int})"/>
    public Tensor CountNonzero(params int[] dims) => CountNonzero((ReadOnlySpan<int>)dims);
}
