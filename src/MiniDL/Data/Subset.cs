namespace MiniDL.Data;

/// <summary>Some examples of another dataset, in an order of their own.</summary>
public sealed class Subset : Dataset
{
    readonly Dataset dataset;
    readonly int[] indices;

    /// <summary>The examples of these indices.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The dataset has no such example.</exception>
    public Subset(Dataset dataset, IReadOnlyList<int> indices)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(indices);
        this.dataset = dataset;
        this.indices = [.. indices];
        foreach (var index in this.indices)
        {
            if ((uint)index >= (uint)dataset.Count)
                throw new ArgumentOutOfRangeException(nameof(indices), $"Subset: index {index} is outside 0…{dataset.Count - 1}");
        }
    }

    /// <inheritdoc/>
    public override int Count => indices.Length;

    /// <inheritdoc/>
    public override (Tensor X, Tensor Y) this[int index]
    {
        get
        {
            CheckIndex(index);
            return dataset[indices[index]];
        }
    }

    /// <inheritdoc/>
    public override (Tensor X, Tensor Y) Batch(ReadOnlySpan<int> indices)
    {
        var outer = new int[indices.Length];
        for (var i = 0; i < outer.Length; i++)
        {
            CheckIndex(indices[i]);
            outer[i] = this.indices[indices[i]];
        }
        return dataset.Batch(outer);
    }
}
