namespace MiniDL.NN;

/// <summary>A table of vectors: y[…] = w[x[…]], x of whole numbers → y [.., Dim].</summary>
/// <remarks>The vectors begin normal with deviation 1, that of the padding as zeros.</remarks>
public sealed class Embedding : BuiltInLayer
{
    readonly int? paddingIdx;

    /// <summary>A table of this size.</summary>
    /// <param name="numEmbeddings">How many vectors.</param>
    /// <param name="embeddingDim">Their length.</param>
    /// <param name="paddingIdx">The index whose vector stays as it is: no gradient flows into it.</param>
    public Embedding(int numEmbeddings, int embeddingDim, int? paddingIdx = null)
    {
        Check.Positive(nameof(Embedding), numEmbeddings);
        Check.Positive(nameof(Embedding), embeddingDim);
        if (paddingIdx is { } index)
        {
            if (index < -numEmbeddings || index >= numEmbeddings)
                throw new ArgumentOutOfRangeException(nameof(paddingIdx), $"Embedding: paddingIdx is {index}, there are {numEmbeddings} vectors");
            this.paddingIdx = index < 0 ? index + numEmbeddings : index;
        }
        var table = Tensor.Randn([numEmbeddings, embeddingDim]);
        if (this.paddingIdx is { } padding) table.Select(0, padding).Fill(0);
        Weight = new(table);
    }

    /// <summary>w, [NumEmbeddings, Dim].</summary>
    public Parameter Weight { get; }

    /// <inheritdoc/>
    protected override string Arguments => $"{Weight.Size(0)}, {Weight.Size(1)}{(paddingIdx is { } index ? $", paddingIdx: {index}" : "")}";

    private protected override Tensor Compute(Tensor x) => Weight.Embedding(x, paddingIdx);
}
