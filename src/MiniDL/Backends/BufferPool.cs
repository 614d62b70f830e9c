using System.Globalization;

namespace MiniDL;

/// <summary>The memory of a device, handed out as buffers that nobody disposes and used again when they are gone.</summary>
/// <remarks>
/// A buffer comes back in one of three ways: <see cref="Return"/> by library code that knows it done, the last <see cref="DeviceBuffer.Release"/> of one that only
/// holders knew, or the weak handle by which the pool watches every buffer (BufferPoolSweep.cs says when it looks). Below 1 MB a block waits in a list
/// of its exact size class and is merged with its neighbours only when no other memory is left; above, blocks are split and merged at once. Any thread may call.
/// </remarks>
internal sealed partial class BufferPool
{
    const long Large = 1 << 20;
    const long LargeGrain = 4096;
    const long LargestRequest = 1L << 46;

    readonly Lock gate = new();
    readonly Device device;
    readonly BlockHeap small, large;
    readonly PoolBlock?[] classes = new PoolBlock?[BlockHeap.Bins]; // free blocks below Large, unmerged
    PoolBlock[] live = new PoolBlock[64];
    int liveCount;
    long rented;                        // bytes of the live blocks, garbage that no sweep has found yet among them
    long peak;

    /// <summary>A pool for <paramref name="device"/> over memory that <paramref name="allocate"/> takes from the system (or throws <see cref="OutOfMemoryException"/>).</summary>
    public BufferPool(Device device, Func<long, MemoryBlock> allocate)
    {
        this.device = device;
        small = new(this, allocate, slabBytes: 4 << 20, smallestRest: 1 << 10);
        large = new(this, allocate, slabBytes: 32 << 20, smallestRest: 64 << 10);
    }

    /// <summary>The processor's.</summary>
    public static BufferPool Cpu { get; } = new(Device.Cpu, NativeBlock.Allocate);

    /// <summary>A debug switch: memory that comes back, and memory that is new, is filled with NaN, so that reading it shows.</summary>
    internal static bool FillReturnedWithNaN { get; set; }

    /// <summary>A debug switch, set before the first buffer: each has memory of its own, so that a checker of accesses knows its end.</summary>
    internal static bool OwnMemory { get; set; }

    /// <summary>Bytes of the buffers in use.</summary>
    public long LiveBytes
    {
        get
        {
            lock (gate)
            {
                Reclaim();
                return rented;
            }
        }
    }

    /// <summary>Bytes that the pool keeps for coming buffers.</summary>
    public long PooledBytes
    {
        get
        {
            lock (gate)
            {
                Reclaim();
                return small.Reserved + large.Reserved - rented;
            }
        }
    }

    /// <summary>The most bytes that buffers have had at a time since the start or <see cref="ResetPeak"/>; what the collector had not yet found counts.</summary>
    public long PeakBytes
    {
        get
        {
            lock (gate) return peak;
        }
    }

    /// <summary>Begins <see cref="PeakBytes"/> anew.</summary>
    public void ResetPeak()
    {
        lock (gate)
        {
            Reclaim();
            peak = rented;
        }
    }

    /// <summary>A buffer of <paramref name="bytes"/>, 64-byte aligned, with whatever was left in it.</summary>
    /// <exception cref="OutOfMemoryException">The device has no such memory, even after a collection.</exception>
    public DeviceBuffer Rent(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        DeviceBuffer buffer;
        lock (gate)
        {
            var block = Take(bytes);
            buffer = new(device, block, bytes);
            block.Buffer.SetTarget(buffer);
            block.Asked = bytes;
            block.LiveIndex = liveCount;
            if (liveCount == live.Length) Array.Resize(ref live, 2 * liveCount);
            live[liveCount++] = block;
            rented += bytes;
            peak = Math.Max(peak, rented);
        }
        TempScope.AddBorn(buffer);
        return buffer;
    }

    /// <summary>Returns a buffer that no tensor uses any more: now, or when its last holder lets go; one that escaped is left to the collector.</summary>
    public void Return(DeviceBuffer buffer)
    {
        if (buffer.Block?.Pool != this)
            throw new InvalidOperationException($"Return: the buffer of {buffer.Bytes} bytes was returned before, or is not of this pool");
        buffer.LetGo();
    }

    /// <summary>Gives memory that no buffer uses back to the system.</summary>
    public void Trim()
    {
        lock (gate)
        {
            Reclaim();
            Release();
        }
    }

    /// <summary>Returns a buffer whose last user has let go; does nothing when it has been returned.</summary>
    internal void TakeBack(DeviceBuffer buffer)
    {
        lock (gate)
        {
            if (buffer.Block is not { } block) return;
            buffer.Block = null;
            block.Buffer.SetTarget(null!);
            TakeBack(block);
        }
    }

    void TakeBack(PoolBlock block)
    {
        rented -= block.Asked;
        var last = live[--liveCount];
        live[block.LiveIndex] = last;
        last.LiveIndex = block.LiveIndex;
        live[liveCount] = null!;

        if (OwnMemory)
        {
            block.Heap.EndOwn(block);
            return;
        }
        if (FillReturnedWithNaN) block.Memory.Fill(block.Offset, block.Bytes, 0xFF);
        if (block.Heap == large)
        {
            large.Put(block);
            return;
        }
        ref var head = ref classes[BlockHeap.Bin(block.Bytes)];
        block.Next = head;
        head = block;
    }

    PoolBlock Take(long bytes)
    {
        if (bytes > LargestRequest) throw NoMemory(bytes);
        if (OwnMemory) return small.TakeOwn(bytes);
        var size = BlockHeap.RoundToBin(bytes);
        // Not below Large again: a class list serves any of its blocks unseen, so all of them must have the class's size.
        if (size >= Large) size = Math.Max((bytes + LargeGrain - 1) / LargeGrain * LargeGrain, Large);
        if (TakeFree(size) is { } free) return free;
        if (SweepBeforeGrowing() && TakeFree(size) is { } swept) return swept;
        return Grow(size);
    }

    PoolBlock? TakeFree(long size)
    {
        if (size >= Large) return large.Take(size);
        ref var head = ref classes[BlockHeap.Bin(size)];
        if (head is { } block)
        {
            head = block.Next;
            block.Next = null;
            return block;
        }
        if (small.Take(size) is { } split) return split;
        return MergeClasses() ? small.Take(size) : null;
    }

    // Other classes may hold what one of them needs.
    bool MergeClasses()
    {
        var any = false;
        for (var i = 0; i < classes.Length; i++)
            while (classes[i] is { } block)
            {
                classes[i] = block.Next;
                block.Next = null;
                small.Put(block);
                any = true;
            }
        return any;
    }

    PoolBlock Grow(long size)
    {
        var heap = size >= Large ? large : small;
        MemoryBlock memory;
        try
        {
            memory = heap.Grow(size);
        }
        catch (OutOfMemoryException)
        {
            CollectAll();
            Release();
            if (heap.Take(size) is { } found) return found;
            try
            {
                memory = heap.Grow(size);
            }
            catch (OutOfMemoryException e)
            {
                throw NoMemory(size, e);
            }
        }
        if (FillReturnedWithNaN) memory.Fill(0, memory.Bytes, 0xFF);
        return heap.Take(size)!;
    }

    void Release()
    {
        MergeClasses();
        small.ReleaseUnused();
        large.ReleaseUnused();
    }

    InsufficientMemoryException NoMemory(long bytes, Exception? inner = null) => new(string.Create(CultureInfo.InvariantCulture,
        $"{device}: no memory for a buffer of {bytes:N0} bytes; {rented:N0} bytes are in use, {small.Reserved + large.Reserved - rented:N0} in the pool do not fit"), inner);
}
