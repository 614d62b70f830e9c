using System.Runtime.CompilerServices;

namespace MiniDL.Tests;

/// <summary>Buffers come back, once, and never while someone knows them.</summary>
[Collection(nameof(Serial))]
public sealed unsafe class BufferPoolTests
{
    const long Mega = 1 << 20;

    readonly BufferPool pool = new(Device.Cpu, NativeBlock.Allocate);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1025)]
    [InlineData(100_000)]
    [InlineData(Mega - 1)]
    [InlineData(Mega)]
    [InlineData(5 * Mega + 12)]
    [InlineData(70 * Mega)]
    public void ABufferIsAlignedUsableAndUsedAgain(long bytes)
    {
        var x = pool.Rent(bytes);
        var pointer = x.Pointer;
        Assert.Equal(0, pointer % 64);
        Assert.Equal(bytes, x.Bytes);
        new Span<byte>((void*)pointer, (int)bytes).Fill(7);
        Assert.Equal(bytes, pool.LiveBytes);
        pool.Return(x);
        Assert.Equal(0, pool.LiveBytes);
        Assert.True(pool.PooledBytes >= bytes);
        Assert.Equal(pointer, pool.Rent(bytes).Pointer);
    }

    [Fact]
    public void BinsHoldWhatTheySay()
    {
        const int Unit = BlockHeap.Unit;
        var random = new Random(1);
        for (var i = 0; i < 100_000; i++)
        {
            var bytes = random.NextInt64(1, 1L << random.Next(1, 46));
            var rounded = BlockHeap.RoundToBin(bytes);
            Assert.True(rounded >= bytes && rounded < bytes + Math.Max(Unit, bytes / 8 + Unit), $"{bytes} → {rounded}");
            Assert.Equal(rounded, BlockHeap.RoundToBin(rounded));
            Assert.InRange(BlockHeap.Bin(rounded), 1, BlockHeap.Bins - 1);
            Assert.Equal(BlockHeap.Bin(rounded) - 1, BlockHeap.Bin(rounded - Unit > 0 ? rounded - Unit : Unit) - (rounded == Unit ? 1 : 0));
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(64 * 1024)]
    [InlineData(Mega)]
    [InlineData(8 * Mega)]
    public void BuffersNeverOverlapWhateverSizesFollowEachOther(long around)
    {
        // Sizes on both sides of every border of classes and of the two heaps, given back and rented again in another order.
        var random = new Random(2);
        var live = new List<DeviceBuffer>();
        for (var i = 0; i < 3000; i++)
        {
            if (live.Count == 12)
            {
                var at = random.Next(live.Count);
                pool.Return(live[at]);
                live.RemoveAt(at);
            }
            var x = pool.Rent((long)(around * (0.85 + (0.3 * random.NextDouble()))));
            foreach (var other in live)
                Assert.True(x.Pointer + x.Bytes <= other.Pointer || other.Pointer + other.Bytes <= x.Pointer, $"a buffer of {x.Bytes} bytes overlaps one of {other.Bytes}");
            live.Add(x);
        }
    }

    [Fact]
    public void LargeBlocksAreSplitAndMerged()
    {
        var parts = Enumerable.Range(0, 7).Select(_ => pool.Rent(4 * Mega)).ToArray();
        Assert.Equal(32 * Mega - 28 * Mega, pool.PooledBytes);
        foreach (var i in (int[])[3, 1, 5, 0, 2, 6, 4]) pool.Return(parts[i]);
        var whole = pool.Rent(16 * Mega);
        Assert.Equal(32 * Mega - 16 * Mega, pool.PooledBytes);
        GC.KeepAlive(whole);
    }

    [Fact]
    public void SmallBlocksOfOtherSizesAreMergedBeforeThePoolGrows()
    {
        for (var round = 0; round < 3; round++)
            foreach (var bytes in (int[])[2048, 64 * 1024, 512 * 1024])
            {
                var parts = Enumerable.Range(0, (int)(3 * Mega / bytes)).Select(_ => pool.Rent(bytes)).ToArray();
                foreach (var part in parts) pool.Return(part);
            }
        Assert.Equal(4 * Mega, pool.PooledBytes);
    }

    [Fact]
    public void SizesThatGrowLeaveNoTrail()
    {
        for (var bytes = 20 * Mega; bytes < 40 * Mega; bytes += Mega) pool.Return(pool.Rent(bytes));
        Assert.True(pool.PooledBytes <= 42 * Mega);
    }

    [Fact]
    public void TrimGivesBackWhatNoBufferUses()
    {
        var kept = pool.Rent(3000);
        pool.Return(pool.Rent(2000));
        pool.Return(pool.Rent(50 * Mega));
        pool.Trim();
        Assert.Equal(4 * Mega - 3000, pool.PooledBytes);
        pool.Return(kept);
        pool.Trim();
        Assert.Equal(0, pool.PooledBytes);
    }

    [Fact]
    public void ADroppedBufferComesBackAfterACollection()
    {
        Drop(pool, 10, 5 * Mega);
        Drop(pool, 100, 5000);
        GC.Collect();
        Assert.Equal(0, pool.LiveBytes);
        Assert.True(pool.PeakBytes >= 5 * Mega);
        pool.ResetPeak();
        Assert.Equal(0, pool.PeakBytes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Drop(BufferPool pool, int count, long bytes)
    {
        for (var i = 0; i < count; i++) pool.Rent(bytes);
    }

    [Fact]
    public void AFinalizerMayStillReadItsBuffer()
    {
        var seen = new long[1];
        MakeReader(pool, seen);
        GC.Collect();
        pool.Trim(); // sweeps
        GC.WaitForPendingFinalizers();
        Assert.Equal(42, Volatile.Read(ref seen[0]));
        GC.Collect();
        Assert.Equal(0, pool.LiveBytes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void MakeReader(BufferPool pool, long[] seen)
    {
        var x = pool.Rent(3000);
        *(long*)x.Pointer = 42;
        _ = new Reader(x, seen);
    }

    sealed class Reader(DeviceBuffer x, long[] seen)
    {
        ~Reader() => Volatile.Write(ref seen[0], x.Block is null ? -1 : *(long*)x.Pointer);
    }

    [Fact]
    public void ABufferIsReturnedOnce()
    {
        var x = pool.Rent(2000);
        pool.Return(x);
        var error = Assert.Throws<InvalidOperationException>(() => pool.Return(x));
        Assert.Contains("2000 bytes was returned before", error.Message, StringComparison.Ordinal);
        x.LetGo();
        Assert.NotEqual(pool.Rent(2000).Pointer, pool.Rent(2000).Pointer);

        var foreign = new DeviceBuffer(Device.Cpu, 0, 8);
        Assert.Throws<InvalidOperationException>(() => pool.Return(foreign));
        foreign.Hold();
        foreign.Release();
        foreign.LetGo();
    }

    [Fact]
    public void AHolderPutsTheReturnOff()
    {
        var x = pool.Rent(2000);
        x.Hold();
        x.Hold();
        pool.Return(x);
        Assert.Equal(2000, pool.LiveBytes);
        x.Release();
        Assert.Equal(2000, pool.LiveBytes);
        x.Release();
        Assert.Equal(0, pool.LiveBytes);
        Assert.Throws<InvalidOperationException>(x.Release);
    }

    [Fact]
    public void WhatIsNotOwnedOrHasEscapedIsLeftToTheCollector()
    {
        var x = pool.Rent(2000);
        x.Hold();
        x.Release();
        Assert.Equal(2000, pool.LiveBytes);
        x.Escape();
        pool.Return(x);
        Assert.Equal(2000, pool.LiveBytes);
        GC.KeepAlive(x);
    }

    [Fact]
    public void MoreThanThereIsThrowsAndSaysHowMuch()
    {
        var x = pool.Rent(5000);
        foreach (var bytes in (long[])[1L << 45, long.MaxValue])
        {
            var error = Assert.ThrowsAny<OutOfMemoryException>(() => pool.Rent(bytes));
            Assert.StartsWith("cpu: no memory for a buffer of ", error.Message, StringComparison.Ordinal);
            Assert.Contains("5,000 bytes are in use", error.Message, StringComparison.Ordinal);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(-1));
        pool.Return(x);
        Assert.Equal(0, pool.LiveBytes);
    }

    [Fact]
    public void AFullDeviceIsCollectedFirst()
    {
        long taken = 0;
        var limited = new BufferPool(Device.Cpu, Limit);
        for (var i = 0; i < 50; i++) Drop(limited, 1, 20 * Mega);
        Assert.True(taken <= 100 * Mega);

        MemoryBlock Limit(long bytes)
        {
            if (taken + bytes > 100 * Mega) throw new InsufficientMemoryException();
            taken += bytes;
            return NativeBlock.Allocate(bytes);
        }
    }

    [Fact]
    public void BuffersOverTwoGiBWork()
    {
        const long Bytes = (2L << 30) + 100;
        var x = pool.Rent(Bytes);
        *((byte*)x.Pointer + Bytes - 1) = 5;
        Assert.Equal(5, *((byte*)x.Pointer + Bytes - 1));
        pool.Return(x);
        pool.Trim();
        Assert.Equal(0, pool.PooledBytes);
    }

    [Fact]
    public void ReturnedMemoryIsNaNUnderTheSwitch()
    {
        BufferPool.FillReturnedWithNaN = true;
        try
        {
            foreach (var count in (int[])[500, 1_000_000])
            {
                var x = pool.Rent(4 * count);
                var values = new Span<float>((void*)x.Pointer, count);
                Assert.True(float.IsNaN(values[count / 2]));
                values.Fill(1);
                pool.Return(x);
                Assert.All((float[])[values[0], values[count / 2], values[^1]], v => Assert.True(float.IsNaN(v)));
            }
        }
        finally
        {
            BufferPool.FillReturnedWithNaN = false;
        }
    }

    [Fact]
    public void AnExposedBufferOutlivesItsTensor()
    {
        var span = Exposed(pool, out var block);
        GC.Collect();
        Assert.Equal(0, pool.LiveBytes);
        for (var i = 0; i < 10; i++)
        {
            var x = pool.Rent(4000);
            new Span<byte>((void*)x.Pointer, 4000).Fill(9);
        }
        Assert.Equal(1000, span.Length);
        for (var i = 0; i < span.Length; i++) Assert.Equal(i, span[i]);
        Assert.NotEqual(0, block);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Span<int> Exposed(BufferPool pool, out nint block)
    {
        var x = pool.Rent(4000);
        block = x.Pointer;
        for (var i = 0; i < 1000; i++) ((int*)x.Pointer)[i] = i;
        var span = System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref Unsafe.As<byte, int>(ref x.Expose()), 1000);
        Assert.NotEqual(block, x.Pointer);
        Assert.Equal(0, x.Pointer % 64);
        Assert.Equal(7, ((int*)x.Pointer)[7]);
        Assert.True(Unsafe.AreSame(ref x.Expose(), ref Unsafe.As<int, byte>(ref span[0])));
        Assert.True(x.IsEscaped);
        return span;
    }

    [Fact]
    public void ABufferCostsOneObject()
    {
        for (var i = 0; i < 100; i++) pool.Return(pool.Rent(5000));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) pool.Return(pool.Rent(5000));
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1000.0, 1, 88);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ThreadsNeverShareABlock(bool drop)
    {
        var errors = 0;
        var team = Enumerable.Range(0, 4).Select(t => new Thread(() =>
        {
            var random = new Random(t);
            var held = new Queue<(DeviceBuffer Buffer, long Mark)>();
            for (var i = 0; i < 4000; i++)
            {
                var bytes = random.Next(10) == 0 ? random.NextInt64(Mega, 3 * Mega) : random.NextInt64(1024, 100_000);
                var x = pool.Rent(bytes / 8 * 8);
                var mark = (long)t << 32 | (uint)i;
                Mark(x, mark);
                held.Enqueue((x, mark));
                while (held.Count > random.Next(12))
                {
                    var (y, expected) = held.Dequeue();
                    if (!IsMarked(y, expected)) Interlocked.Increment(ref errors);
                    if (!drop || random.Next(2) == 0) pool.Return(y);
                    GC.KeepAlive(y);
                }
                if (i % 500 == 0) pool.EndOfBackward();
                if (i % 1500 == 1499) pool.Trim();
            }
        })).ToArray();
        foreach (var t in team) t.Start();
        foreach (var t in team) t.Join();
        Assert.Equal(0, errors);
        GC.Collect();
        Assert.Equal(0, pool.LiveBytes);
        pool.Trim();
        Assert.Equal(0, pool.PooledBytes);
    }

    static void Mark(DeviceBuffer x, long mark)
    {
        var p = (long*)x.Pointer;
        var n = x.Bytes / 8;
        for (long i = 0; i < n; i += Math.Max(n / 16, 1)) p[i] = mark;
        p[n - 1] = mark;
    }

    static bool IsMarked(DeviceBuffer x, long mark)
    {
        var p = (long*)x.Pointer;
        var n = x.Bytes / 8;
        for (long i = 0; i < n; i += Math.Max(n / 16, 1))
            if (p[i] != mark)
                return false;
        return p[n - 1] == mark;
    }

    [Fact]
    public void HoldersOnManyThreadsReturnItOnce()
    {
        for (var round = 0; round < 2000; round++)
        {
            var x = pool.Rent(2000);
            x.Hold();
            var other = ThreadPool.UnsafeQueueUserWorkItem(static b => b.Release(), x, preferLocal: false);
            pool.Return(x);
            Assert.True(other);
            SpinWait.SpinUntil(() => x.Block is null);
            Assert.Equal(0, pool.LiveBytes);
        }
    }
}
