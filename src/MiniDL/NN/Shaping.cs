namespace MiniDL.NN;

/// <summary>Axes made one: [N, C, H, W] → [N, C·H·W].</summary>
/// <param name="startDim">The first.</param>
/// <param name="endDim">The last.</param>
public sealed class Flatten(int startDim = 1, int endDim = -1) : BuiltInLayer
{
    /// <inheritdoc/>
    protected override string Arguments => (startDim, endDim) == (1, -1) ? "" : FormattableString.Invariant($"{startDim}, {endDim}");

    private protected override Tensor Compute(Tensor x) => x.Flatten(startDim, endDim);
}

/// <summary>In training each element is 0 with probability p, else x/(1 − p); in evaluation y = x (Srivastava et al. 2014).</summary>
/// <remarks>The mask comes from <see cref="Generator.Current"/>.</remarks>
public sealed class Dropout : BuiltInLayer
{
    readonly double p;

    /// <summary>With this probability.</summary>
    public Dropout(double p = 0.5)
    {
        Check.Probability(nameof(Dropout), p);
        this.p = p;
    }

    /// <inheritdoc/>
    protected override string Arguments => FormattableString.Invariant($"{p}");

    private protected override Tensor Compute(Tensor x) => x.Dropout(p, IsTraining);
}
