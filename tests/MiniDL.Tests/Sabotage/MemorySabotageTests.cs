using System.Runtime.CompilerServices;

namespace MiniDL.Tests;

/// <summary>The checks of memory and threads report what they are there for.</summary>
[Collection(nameof(Serial))]
public sealed class MemorySabotageTests
{
    [Fact]
    public void ALeakedBuffer()
    {
        var kept = new List<Tensor>();
        var sound = Growth(_ => { });
        var leaking = Growth(kept.Add);
        Assert.Equal(0, sound);
        Assert.True(leaking >= 8 * 400_000, $"8 steps that each keep 400,000 bytes grew the live bytes by {leaking}");
        GC.KeepAlive(kept);
    }

    /// <summary>By how much the live bytes grow over eight steps, after a collection.</summary>
    static long Growth(Action<Tensor> afterStep)
    {
        Step(_ => { });
        var before = Live();
        for (var i = 0; i < 8; i++) Step(afterStep);
        return Live() - before;
    }

    static long Live()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return BufferPool.Cpu.LiveBytes;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Step(Action<Tensor> after)
    {
        var x = Tensor.Ones([100_000], requiresGrad: true);
        (x * x).Sum().Backward();
        after(x.Detach());
    }

    [Fact]
    public unsafe void ABufferReturnedTooEarly()
    {
        var before = BufferPool.FillReturnedWithNaN;
        BufferPool.FillReturnedWithNaN = true;
        try
        {
            var x = Tensor.Ones([100_000]);
            BufferPool.Cpu.Return((DeviceBuffer)x.storage);
            var y = Tensor.Empty([100_000]);
            Assert.True(double.IsNaN(x[0].Item()) || double.IsNaN(y[0].Item()), "a returned block still holds its numbers");
        }
        finally
        {
            BufferPool.FillReturnedWithNaN = before;
        }
    }

    [Fact]
    public void ARacyKernel()
    {
        Assert.True(SameEachTime(chunkwise: true), "chunks that write each their own place must give the same bits");
        Assert.False(SameEachTime(chunkwise: false), "chunks that add to one place as they come were not noticed");
    }

    /// <summary>Sums 1/k on one thread, then on three, many times over: true when every sum has the same bits.</summary>
    static bool SameEachTime(bool chunkwise)
    {
        var sums = new HashSet<double> { Sum(1, chunkwise) };
        for (var run = 0; run < 50; run++) sums.Add(Sum(3, chunkwise));
        return sums.Count == 1;
    }

    static double Sum(int threadCount, bool chunkwise)
    {
        const int Chunks = 66; // as many for each of three threads
        var (parts, total) = (new double[Chunks], 0.0);
        var threads = new Thread[threadCount];
        using var allHaveRead = new Barrier(threadCount);
        for (var t = 0; t < threadCount; t++)
        {
            var first = t;
            threads[t] = new Thread(() =>
            {
                for (var c = first; c < Chunks; c += threadCount)
                {
                    var seen = chunkwise ? parts[c] : total;
                    if (c < threadCount) allHaveRead.SignalAndWait(); // between reading and writing, where a race loses a sum
                    for (var k = 1; k <= 50; k++) seen += 1.0 / ((50 * c) + k);
                    if (chunkwise) parts[c] = seen;
                    else total = seen;
                }
            });
            threads[t].Start();
        }
        foreach (var thread in threads) thread.Join();
        return chunkwise ? parts.Sum() : total;
    }
}
