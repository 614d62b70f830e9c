namespace MiniDL.NN;

/// <summary>A fully connected layer: y = x·wᵀ + b, x [.., In] → y [.., Out].</summary>
/// <remarks>Weight and bias begin uniform in ±1/√In, as in PyTorch.</remarks>
public sealed class Linear : BuiltInLayer
{
    /// <summary>A layer of this size.</summary>
    /// <param name="inFeatures">In: the size of x's last axis.</param>
    /// <param name="outFeatures">Out: the size of y's last axis.</param>
    /// <param name="bias">Whether to add b.</param>
    public Linear(int inFeatures, int outFeatures, bool bias = true)
    {
        Check.Positive(nameof(Linear), inFeatures);
        Check.Positive(nameof(Linear), outFeatures);
        Weight = Init.Default([outFeatures, inFeatures], inFeatures);
        if (bias) Bias = Init.Default([outFeatures], inFeatures);
    }

    /// <summary>w, [Out, In].</summary>
    public Parameter Weight { get; }

    /// <summary>b, [Out].</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    protected override string Arguments => $"{Weight.Size(1)}, {Weight.Size(0)}{ModuleText.Argument("bias", Bias is not null, true)}";

    private protected override Tensor Compute(Tensor x) => x.Linear(Weight, Bias);
}
