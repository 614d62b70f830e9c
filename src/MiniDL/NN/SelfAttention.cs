namespace MiniDL.NN;

/// <summary>Multi-head self-attention (Vaswani et al. 2017, arXiv:1706.03762): x [B, T, D] → y [B, T, D].</summary>
/// <remarks>
/// q, k and v are thirds of x·wᵀ + b, each cut in heads of D/numHeads; a head attends by softmax(q·kᵀ/√(D/numHeads))·v; the heads side by side go through a linear layer.
/// Names and initial values are those of PyTorch's MultiheadAttention, with the batch first. x may also be [T, D].
/// </remarks>
public sealed class SelfAttention : BuiltInLayer
{
    readonly int width, numHeads;
    readonly double dropout;
    readonly Parameter inProjWeight;
    readonly Parameter? inProjBias;
    readonly Linear outProj;

    /// <summary>Attention of this width.</summary>
    /// <param name="width">D.</param>
    /// <param name="numHeads">How many heads; they divide D.</param>
    /// <param name="bias">Whether the projections add a bias.</param>
    /// <param name="dropout">The probability with which a weight is dropped in training.</param>
    public SelfAttention(int width, int numHeads = 1, bool bias = true, double dropout = 0)
    {
        Check.Positive(nameof(SelfAttention), width);
        Check.Positive(nameof(SelfAttention), numHeads);
        Check.Probability(nameof(SelfAttention), dropout);
        if (width % numHeads != 0) throw new ArgumentException($"SelfAttention: {numHeads} heads do not divide width {width}", nameof(numHeads));
        (this.width, this.numHeads, this.dropout) = (width, numHeads, dropout);
        inProjWeight = new(Init.XavierUniform(Tensor.Empty([3 * width, width])));
        if (bias) inProjBias = new(Tensor.Zeros(3 * width));
        outProj = new(width, width, bias);
        if (bias) Init.Zeros(outProj.Bias!);
    }

    /// <inheritdoc/>
    protected override string Arguments
        => $"{width}, numHeads: {numHeads}{ModuleText.Argument("bias", inProjBias is not null, true)}{ModuleText.Argument("dropout", dropout, 0)}";

    /// <summary>Attention under a mask.</summary>
    /// <param name="x">[B, T, D] or [T, D].</param>
    /// <param name="causal">A position looks at itself and what is before it only.</param>
    /// <param name="mask">Bool (true: may look) or float (added to the scores): [T, T], [B, T, T] (for padding: [B, 1, T]), or [B, numHeads, T, T].</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Forward(Tensor x, bool causal, Tensor? mask = null)
    {
        using var call = Begin(x);
        return call.Leave(Attend(x, causal, mask));
    }

    private protected override Tensor Compute(Tensor x) => Attend(x, causal: false, mask: null);

    Tensor Attend(Tensor x, bool causal, Tensor? mask)
    {
        if (x.Rank is not (2 or 3) || x.Size(-1) != width)
            throw new ShapeException(nameof(SelfAttention), $"x has shape {x.Shape}; it must be [B, T, {width}] or [T, {width}]", "x", x.Rank - 1, width, x.Rank > 0 ? x.Size(-1) : null);
        var single = x.Rank == 2;
        if (single) x = x.Unsqueeze(0);
        var (batch, length, _) = x.Shape;
        var heads = x.Linear(inProjWeight, inProjBias)
            .Reshape(batch, length, 3, numHeads, width / numHeads)
            .Permute(2, 0, 3, 1, 4); // [3, B, heads, T, D/heads]
        if (mask is { Rank: 3 }) mask = mask.Unsqueeze(1);
        var y = heads.Select(0, 0)
            .ScaledDotProductAttention(heads.Select(0, 1), heads.Select(0, 2), mask, causal, IsTraining ? dropout : 0)
            .Transpose(1, 2)
            .Reshape(batch, length, width);
        y = outProj.Forward(y);
        return single ? y.Squeeze(0) : y;
    }
}
