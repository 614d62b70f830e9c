namespace MiniDL.Tests;

/// <summary>Fork and join: every chunk once, whoever calls, whatever a chunk does.</summary>
[Collection(nameof(Serial))]
public sealed class WorkerPoolTests : IDisposable
{
    readonly int threads = WorkerPool.Threads;

    public void Dispose() => WorkerPool.Threads = threads;

    struct Count(int[] counts) : IChunks
    {
        public readonly void Run(long index) => Interlocked.Increment(ref counts[index]);
    }

    struct Throw(int[] counts, long at) : IChunks
    {
        public readonly void Run(long index)
        {
            Interlocked.Increment(ref counts[index]);
            if (index == at) throw new FormatException($"chunk {index}");
        }
    }

    struct Nested(int[] counts, int width) : IChunks
    {
        public readonly void Run(long index)
        {
            var inner = new Range(counts, (int)index * width);
            WorkerPool.For(width, ref inner);
        }
    }

    struct Range(int[] counts, int start) : IChunks
    {
        public readonly void Run(long index) => Interlocked.Increment(ref counts[start + index]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void EveryChunkRunsOnce(int count)
    {
        WorkerPool.Threads = count;
        foreach (var chunks in (int[])[0, 1, 2, 3, 7, 64, 1000])
            for (var round = 0; round < 200; round++)
            {
                var counts = new int[chunks];
                var body = new Count(counts);
                WorkerPool.For(chunks, ref body);
                Assert.All(counts, c => Assert.Equal(1, c));
            }
    }

    [Fact]
    public void AParkedPoolWakes()
    {
        WorkerPool.Threads = 2;
        for (var round = 0; round < 20; round++)
        {
            var counts = new int[16];
            var body = new Count(counts);
            WorkerPool.For(16, ref body);
            Assert.Equal(16, counts.Sum());
            Thread.Sleep(3);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void CallersAtOnceEachGetTheirChunks(int callers)
    {
        WorkerPool.Threads = 3;
        var failures = 0;
        var team = Enumerable.Range(0, callers).Select(_ => new Thread(() =>
        {
            var counts = new int[33];
            var body = new Count(counts);
            for (var round = 1; round <= 3000; round++)
            {
                WorkerPool.For(33, ref body);
                foreach (var c in counts)
                    if (Volatile.Read(in c) != round)
                        Interlocked.Increment(ref failures);
            }
        })).ToArray();
        foreach (var t in team) t.Start();
        foreach (var t in team) t.Join();
        Assert.Equal(0, failures);
    }

    [Fact]
    public void TheCountMayChangeWhileOthersCall()
    {
        using var stop = new CancellationTokenSource();
        var changer = new Thread(() =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++) WorkerPool.Threads = 1 + (i % 4);
        });
        changer.Start();
        var counts = new int[9];
        var body = new Count(counts);
        for (var round = 0; round < 5000; round++) WorkerPool.For(9, ref body);
        stop.Cancel();
        changer.Join();
        Assert.All(counts, c => Assert.Equal(5000, c));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void TheFirstExceptionReachesTheCallerAndThePoolGoesOn(int count)
    {
        WorkerPool.Threads = count;
        for (var round = 0; round < 100; round++)
        {
            var counts = new int[50];
            var bad = new Throw(counts, round % 50);
            var error = Assert.Throws<FormatException>(() => WorkerPool.For(50, ref bad));
            Assert.Equal($"chunk {round % 50}", error.Message);
            Assert.All(counts, c => Assert.InRange(c, 0, 1));

            var good = new Count(counts);
            Array.Clear(counts);
            WorkerPool.For(50, ref good);
            Assert.All(counts, c => Assert.Equal(1, c));
        }
    }

    [Fact]
    public void NestedForksRunInline()
    {
        WorkerPool.Threads = 3;
        var counts = new int[20 * 7];
        var body = new Nested(counts, 7);
        for (var round = 1; round <= 200; round++)
        {
            WorkerPool.For(20, ref body);
            Assert.All(counts, c => Assert.Equal(round, c));
        }
    }

    [Fact]
    public void TheBodyMayHoldObjectsThatMove()
    {
        WorkerPool.Threads = 3;
        for (var round = 0; round < 50; round++)
        {
            var body = new Collecting(new int[64]);
            var counts = body.Counts;
            WorkerPool.For(64, ref body);
            Assert.All(counts, c => Assert.Equal(1, c));
        }
    }

    struct Collecting(int[] counts) : IChunks
    {
        public readonly int[] Counts => counts;

        public readonly void Run(long index)
        {
            if (index % 16 == 5) GC.Collect(0, GCCollectionMode.Forced, blocking: true, compacting: true);
            Interlocked.Increment(ref counts[index]);
        }
    }

    [Fact]
    public void ACallAllocatesNothing()
    {
        WorkerPool.Threads = 2;
        var body = new Count(new int[8]);
        WorkerPool.For(8, ref body);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) WorkerPool.For(8, ref body);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void ACountBelowOneIsRefused()
        => Assert.Throws<ArgumentOutOfRangeException>(() => WorkerPool.Threads = 0);
}
