namespace MiniDL.Data;

/// <summary>Examples that lie side by side in two tensors: example i is x[i] and y[i].</summary>
public sealed class TensorDataset : Dataset
{
    /// <summary>Two tensors with the same number of examples on their first axis; they are shared, not copied.</summary>
    /// <exception cref="ShapeException">A tensor has no axis, or the first axes differ.</exception>
    public TensorDataset(Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (x.Rank == 0 || y.Rank == 0) throw new ShapeException($"TensorDataset: x {x.Shape} and y {y.Shape} need a first axis, that of the examples");
        if (x.Size(0) != y.Size(0)) throw new ShapeException($"TensorDataset: x {x.Shape} has {x.Size(0)} examples, y {y.Shape} has {y.Size(0)}");
        (X, Y) = (x, y);
    }

    /// <summary>What the model sees, [N, …].</summary>
    public Tensor X { get; }

    /// <summary>What it should say, [N, …].</summary>
    public Tensor Y { get; }

    /// <inheritdoc/>
    public override int Count => X.Size(0);

    /// <inheritdoc/>
    public override (Tensor X, Tensor Y) this[int index]
    {
        get
        {
            CheckIndex(index);
            return (X.Select(0, index), Y.Select(0, index));
        }
    }

    /// <inheritdoc/>
    public override (Tensor X, Tensor Y) Batch(ReadOnlySpan<int> indices)
    {
        foreach (var index in indices) CheckIndex(index);
        var rows = Tensor.From(indices, indices.Length);
        return (X.IndexSelect(0, rows.To(X.Device)), Y.IndexSelect(0, rows.To(Y.Device)));
    }

    /// <summary>The two tensors themselves.</summary>
    public override (Tensor X, Tensor Y) All() => (X, Y);
}
