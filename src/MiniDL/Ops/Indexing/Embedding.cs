namespace MiniDL;

public partial class Tensor
{
    /// <summary>Rows of this table of weights: y[…, :] = w[index[…], :].</summary>
    /// <remarks>Gradient: each row of dw is the sum of the rows of dy that came from it; that of <paramref name="paddingIndex"/> is 0.</remarks>
    /// <param name="index">Int64 or Int32, of any shape.</param>
    /// <param name="paddingIndex">A row that is not trained; negative counts from the end.</param>
    /// <exception cref="ShapeException">The table is no matrix.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside the table.</exception>
    public Tensor Embedding(Tensor index, int? paddingIndex = null)
    {
        ArgumentNullException.ThrowIfNull(index);
        if (Rank != 2) throw new ShapeException(nameof(Embedding), $"w has shape {layout}; it is [rows, width]", "w", null, 2, Rank);
        Types.SameDevice(this, index, nameof(Embedding));
        var (rows, width) = (layout.Size(0), layout.Size(1));
        if (paddingIndex < -rows || paddingIndex >= rows)
            throw new ArgumentOutOfRangeException(nameof(paddingIndex), $"{Gate.Describe(nameof(Embedding))}: paddingIndex {paddingIndex} is outside the {rows} rows of w {layout}");
        var vector = Indices.Check(index, rows, nameof(Embedding), $"the rows of w {layout}").Reshape([-1]);
        var y = IndexSelectChecked(0, vector);
        if (paddingIndex is { } padding && y.node is not null)
            y = Where(vector.Eq(padding < 0 ? padding + rows : padding).Unsqueeze(1), y.Detach(), y);
        return y.Reshape([.. index.Shape, width]);
    }
}
