namespace MiniDL.Data;

/// <summary>Examples that a model learns from: X what it sees, Y what it should say. Derive from it for data of your own.</summary>
/// <remarks>A <see cref="DataLoader"/> with workers calls <see cref="Batch"/> and the indexer from several threads at once.</remarks>
public abstract class Dataset
{
    /// <summary>The number of examples.</summary>
    public abstract int Count { get; }

    /// <summary>One example, without a batch axis; 0 ≤ index &lt; Count.</summary>
    public abstract (Tensor X, Tensor Y) this[int index] { get; }

    /// <summary>The examples of these indices as one batch, its axis first. Overridden where one gather does better than stacking.</summary>
    /// <exception cref="ShapeException">The examples' shapes differ.</exception>
    public virtual (Tensor X, Tensor Y) Batch(ReadOnlySpan<int> indices)
    {
        if (indices.IsEmpty) throw new ArgumentException("Batch: no indices, so no example to take the shapes from", nameof(indices));
        var xs = new Tensor[indices.Length];
        var ys = new Tensor[indices.Length];
        for (var i = 0; i < indices.Length; i++) (xs[i], ys[i]) = this[indices[i]];
        return (Tensor.Stack(xs), Tensor.Stack(ys));
    }

    /// <summary>Every example, as one batch in the order of the indices.</summary>
    public virtual (Tensor X, Tensor Y) All() => Batch([.. Enumerable.Range(0, Count)]);

    /// <summary>Two parts drawn at random: the first has <paramref name="fraction"/> of the examples, rounded; the second the rest.</summary>
    /// <param name="fraction">0 to 1.</param>
    /// <param name="generator">What the draw comes from; <see cref="Generator.Current"/> when null.</param>
    public (Subset First, Subset Second) Split(double fraction, Generator? generator = null)
    {
        if (!(fraction is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(fraction), FormattableString.Invariant($"Split: fraction is {fraction}, it must be from 0 to 1"));
        var order = Shuffle.Order(Count, Shuffle.Seed(generator), 0);
        var first = (int)Math.Round(fraction * Count, MidpointRounding.AwayFromZero);
        return (new Subset(this, order[..first]), new Subset(this, order[first..]));
    }

    /// <summary>Throws when there is no such example.</summary>
    private protected void CheckIndex(int index)
    {
        if ((uint)index >= (uint)Count) throw new ArgumentOutOfRangeException(nameof(index), $"{GetType().Name}: index {index} is outside 0…{Count - 1}");
    }
}
