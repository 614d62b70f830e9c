using MiniDL.Data;

namespace MiniDL.Tests.Data;

[Collection(nameof(Serial))]
public class DataLoaderTests
{
    sealed class Squares(int count, Action<int>? onRead = null) : Dataset
    {
        public override int Count => count;

        public override (Tensor X, Tensor Y) this[int index]
        {
            get
            {
                onRead?.Invoke(index);
                return (Tensor.Scalar(index), Tensor.Scalar(index * index));
            }
        }
    }

    static List<double[]> Epoch(DataLoader batches) => [.. batches.Select(batch => batch.X.To(DType.Float64).ToArray<double>())];

    static DataLoader Loader(int workers, bool dropLast = false) => new(new Squares(23), batchSize: 4, shuffle: true, dropLast: dropLast, workers: workers, generator: new Generator(3));

    [Fact]
    public void Batches_cover_the_examples_in_order()
    {
        var batches = new DataLoader(new Squares(10), batchSize: 4);
        Assert.Equal(3, batches.Count);
        var sizes = new List<int>();
        var next = 0;
        foreach (var (x, y) in batches)
        {
            sizes.Add(x.Size(0));
            foreach (var value in y.ToArray<float>()) Assert.Equal(next * next++, value);
        }
        Assert.Equal([4, 4, 2], sizes);
        Assert.Equal(2, new DataLoader(new Squares(10), batchSize: 4, dropLast: true).Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(20)]
    public void The_order_is_new_each_epoch_and_the_same_for_any_workers(int workers)
    {
        var (plain, prefetched) = (Loader(0), Loader(workers));
        var epochs = new List<List<double[]>>();
        for (var epoch = 0; epoch < 3; epoch++)
        {
            epochs.Add(Epoch(plain));
            Assert.Equal(epochs[^1], Epoch(prefetched));
            Assert.Equal(Enumerable.Range(0, 23).Select(i => (double)i), epochs[^1].SelectMany(batch => batch).Order());
        }
        Assert.NotEqual(epochs[0], epochs[1]);
        Assert.NotEqual(epochs[1], epochs[2]);
        Assert.Equal(5, Epoch(Loader(workers, dropLast: true)).Count);
    }

    [Fact]
    public void Randomness_in_a_dataset_does_not_depend_on_the_workers()
    {
        static List<double[]> Draws(int workers)
        {
            var seen = new ulong[12];
            var batches = new DataLoader(new Squares(12, i => seen[i] = Generator.Current.State.Seed + Generator.Current.Take().Offset), batchSize: 3, workers: workers, generator: new Generator(5));
            Epoch(batches);
            return [[.. seen.Select(value => (double)value)]];
        }
        Assert.Equal(Draws(0), Draws(3));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_run_that_stops_and_goes_on_sees_the_same_batches(int workers)
    {
        var whole = Loader(workers);
        List<double[]> expected = [.. Epoch(whole), .. Epoch(whole)];
        for (var stop = 0; stop <= expected.Count; stop++)
        {
            var first = Loader(workers);
            List<double[]> seen = [];
            while (seen.Count < stop)
            {
                foreach (var (x, _) in first)
                {
                    seen.Add(x.To(DType.Float64).ToArray<double>());
                    if (seen.Count == stop) break;
                }
            }
            var second = new DataLoader(new Squares(23), batchSize: 4, shuffle: true, workers: workers) { State = first.State };
            while (seen.Count < expected.Count) seen.AddRange(Epoch(second));
            Assert.Equal(expected, seen);
        }
        Assert.Contains("an epoch of this loader has 6 batches", Assert.Throws<ArgumentException>(() => whole.State = new(0, 0, 7)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_epoch_left_early_is_not_gone_on_with()
    {
        var batches = new DataLoader(new Squares(8), batchSize: 2);
        foreach (var _ in batches) break;
        Assert.Equal(4, Epoch(batches).Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void An_error_in_a_dataset_surfaces_with_its_own_stack(int workers)
    {
        var batches = new DataLoader(new Squares(20, Trap), batchSize: 2, workers: workers);
        var seen = 0;
        var error = Assert.Throws<InvalidOperationException>(() => { foreach (var _ in batches) seen++; });
        Assert.Equal("example 9 is broken", error.Message);
        Assert.Contains(nameof(Trap), error.StackTrace, StringComparison.Ordinal);
        Assert.Equal(4, seen);
        AssertNoThreads();
    }

    static void Trap(int index)
    {
        if (index == 9) throw new InvalidOperationException("example 9 is broken");
    }

    [Fact]
    public void Cancelling_ends_the_epoch_and_leaves_no_thread()
    {
        using var source = new CancellationTokenSource();
        var batches = new DataLoader(new Squares(1_000_000), batchSize: 2, workers: 3, cancellation: source.Token);
        Assert.ThrowsAny<OperationCanceledException>(() =>
        {
            foreach (var _ in batches)
                if (batches.State.Batch == 5) source.Cancel();
        });
        AssertNoThreads();
        Assert.ThrowsAny<OperationCanceledException>(() => Epoch(batches));
        AssertNoThreads();
    }

    [Fact]
    public void Cancelling_wakes_who_waits_for_a_batch()
    {
        using var source = new CancellationTokenSource();
        using var reading = new ManualResetEventSlim();
        var batches = new DataLoader(new Squares(4, _ => { reading.Set(); source.Token.WaitHandle.WaitOne(); }), workers: 1, cancellation: source.Token);
        var epoch = Task.Run(() => Epoch(batches), TestContext.Current.CancellationToken);
        reading.Wait(TestContext.Current.CancellationToken);
        source.Cancel();
        Assert.IsAssignableFrom<OperationCanceledException>(Record.Exception(() => epoch.GetAwaiter().GetResult()));
        AssertNoThreads();
    }

    [Fact]
    public void Leaving_the_loop_leaves_no_thread()
    {
        foreach (var _ in new DataLoader(new Squares(1000), workers: 4)) break;
        AssertNoThreads();
    }

    [Fact]
    public void Workers_do_not_run_far_ahead()
    {
        var read = 0;
        foreach (var _ in new DataLoader(new Squares(1000, _ => Interlocked.Increment(ref read)), workers: 2))
        {
            Thread.Sleep(50);
            Assert.InRange(Volatile.Read(ref read), 1, 5);
            break;
        }
    }

    [Fact]
    public void Collate_is_the_users()
    {
        var batches = new DataLoader(new Squares(4), batchSize: 2, collate: examples => (Tensor.Scalar(examples.Sum(example => example.X.Item())), examples[0].Y));
        Assert.Equal([1.0, 5.0], batches.Select(batch => batch.X.Item()));
    }

    [Fact]
    public void Arguments_out_of_range()
    {
        Assert.Contains("batchSize is 0", Assert.Throws<ArgumentOutOfRangeException>(() => new DataLoader(new Squares(1), batchSize: 0)).Message, StringComparison.Ordinal);
        Assert.Contains("workers is -1", Assert.Throws<ArgumentOutOfRangeException>(() => new DataLoader(new Squares(1), workers: -1)).Message, StringComparison.Ordinal);
    }

    /// <summary>On Linux, where a process can list its threads by name; a thread that has been joined may be in the list for a moment yet.</summary>
    static void AssertNoThreads()
    {
        if (OperatingSystem.IsLinux()) Assert.True(SpinWait.SpinUntil(() => Loaders() == 0, TimeSpan.FromSeconds(5)), $"{Loaders()} threads are left");
    }

    static int Loaders()
    {
        var count = 0;
        foreach (var task in Directory.GetDirectories("/proc/self/task"))
        {
            try
            {
                if (File.ReadAllText(Path.Combine(task, "comm")).StartsWith("MiniDL loader", StringComparison.Ordinal)) count++;
            }
            catch (IOException)
            {
                // It has ended since the list was made.
            }
        }
        return count;
    }
}
