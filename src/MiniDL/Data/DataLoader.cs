using System.Collections;

namespace MiniDL.Data;

/// <summary>How several examples become a batch.</summary>
/// <param name="examples">The examples, without a batch axis.</param>
public delegate (Tensor X, Tensor Y) Collate(IReadOnlyList<(Tensor X, Tensor Y)> examples);

/// <summary>Where a loader stands: enough to go on in another process as if nothing had happened.</summary>
/// <param name="Seed">What every order follows from.</param>
/// <param name="Epoch">The epoch that is going on, or comes next.</param>
/// <param name="Batch">The batches of it that were handed out.</param>
public readonly record struct DataLoaderState(ulong Seed, long Epoch, int Batch);

/// <summary>Goes through a dataset in batches; each <c>foreach</c> is one epoch, with a new order when it shuffles.</summary>
/// <remarks>
/// The order follows from seed and epoch alone, not from the number of workers. While a batch is made, the current generator is one of that batch's own,
/// so that a dataset which draws at random (augmentation) gives the same numbers on any number of workers too.
/// </remarks>
/// <example><code>
/// var batches = new DataLoader(train, batchSize: 64, shuffle: true);
/// foreach (var (x, y) in batches) …
/// </code></example>
public sealed class DataLoader : IEnumerable<(Tensor X, Tensor Y)>
{
    readonly Dataset dataset;
    readonly bool shuffle;
    readonly Collate? collate;
    readonly int workers;
    readonly Device device;
    readonly CancellationToken cancellation;
    DataLoaderState state;
    bool resumes;

    /// <summary>A loader over a dataset.</summary>
    /// <param name="dataset">The examples.</param>
    /// <param name="batchSize">Examples in a batch; the last one of an epoch may have fewer.</param>
    /// <param name="shuffle">True for a new random order each epoch.</param>
    /// <param name="dropLast">True to leave out a last batch that is not full.</param>
    /// <param name="collate">How examples become a batch; <see cref="Dataset.Batch"/> when null.</param>
    /// <param name="workers">Threads that prepare batches ahead; 0 makes each one when it is asked for (for another device than the CPU, one batch ahead).</param>
    /// <param name="generator">What the seed of the orders is drawn from; <see cref="Generator.Current"/> when null.</param>
    /// <param name="device">Where the batches go; the CPU when null.</param>
    /// <param name="cancellation">Ends an epoch with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">batchSize is under 1 or workers under 0.</exception>
    public DataLoader(Dataset dataset, int batchSize = 1, bool shuffle = false, bool dropLast = false, Collate? collate = null, int workers = 0,
        Generator? generator = null, Device? device = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if (batchSize < 1) throw new ArgumentOutOfRangeException(nameof(batchSize), $"DataLoader: batchSize is {batchSize}, it must be 1 or more");
        if (workers < 0) throw new ArgumentOutOfRangeException(nameof(workers), $"DataLoader: workers is {workers}, it must be 0 or more");
        (this.dataset, this.shuffle, this.collate, this.workers, this.cancellation) = (dataset, shuffle, collate, workers, cancellation);
        this.device = device ?? Device.Cpu;
        BatchSize = batchSize;
        Count = dropLast ? dataset.Count / batchSize : (int)(((long)dataset.Count + batchSize - 1) / batchSize);
        state = new DataLoaderState(Shuffle.Seed(generator), 0, 0);
    }

    /// <summary>Examples in a full batch.</summary>
    public int BatchSize { get; }

    /// <summary>Batches in an epoch.</summary>
    public int Count { get; }

    /// <summary>Where the loader stands. Set it, and the next <c>foreach</c> hands out what was left of that epoch.</summary>
    /// <exception cref="ArgumentException">The state has more batches than an epoch of this loader.</exception>
    public DataLoaderState State
    {
        get => state;
        set
        {
            if (value.Batch < 0 || value.Batch > Count || value.Epoch < 0)
                throw new ArgumentException($"DataLoader: state has epoch {value.Epoch}, batch {value.Batch}; an epoch of this loader has {Count} batches", nameof(value));
            (state, resumes) = (value, true);
        }
    }

    /// <summary>One epoch.</summary>
    public IEnumerator<(Tensor X, Tensor Y)> GetEnumerator()
    {
        if (state.Batch > 0 && !resumes) state = state with { Epoch = state.Epoch + 1, Batch = 0 }; // the last epoch was left early
        resumes = false;
        var epoch = state;
        var order = shuffle ? Shuffle.Order(dataset.Count, epoch.Seed, epoch.Epoch) : null;
        using var ahead = workers == 0 ? null : new Prefetch(batch => Make(epoch, order, batch), epoch.Batch, Count, workers, cancellation);
        var copiesAhead = ahead is null && device != Device.Cpu;
        (Tensor, Tensor)? next = null;
        for (var batch = epoch.Batch; batch < Count; batch++)
        {
            cancellation.ThrowIfCancellationRequested();
            var made = ahead is null ? next ?? Make(epoch, order, batch) : ahead.Take();
            // The copy of the next batch is queued before this one's work.
            if (copiesAhead) next = batch + 1 < Count ? Make(epoch, order, batch + 1) : null;
            state = epoch with { Batch = batch + 1 };
            yield return made;
        }
        state = epoch with { Epoch = epoch.Epoch + 1, Batch = 0 };
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    (Tensor X, Tensor Y) Make(DataLoaderState epoch, int[]? order, int batch)
    {
        var start = batch * BatchSize;
        var indices = new int[Math.Min(BatchSize, dataset.Count - start)];
        for (var i = 0; i < indices.Length; i++) indices[i] = order is null ? start + i : order[start + i];
        using var scope = Generator.Use(new Generator((long)Shuffle.Mix(Shuffle.Mix(epoch.Seed + (ulong)epoch.Epoch) + (ulong)batch)));
        var (x, y) = collate is null ? dataset.Batch(indices) : collate(Array.ConvertAll(indices, index => dataset[index]));
        return (x.To(device), y.To(device));
    }
}
