using System.Numerics;

namespace MiniDL;

/// <summary>Memory blocks that are split to what is asked for and merged again: a good fit from bins, eight to a doubling.</summary>
/// <param name="pool">The pool, whose lock is held around every call.</param>
/// <param name="allocate">Takes memory from the system.</param>
/// <param name="slabBytes">What is taken at a time.</param>
/// <param name="smallestRest">A rest below this stays with the block.</param>
internal sealed class BlockHeap(BufferPool pool, Func<long, MemoryBlock> allocate, long slabBytes, long smallestRest)
{
    /// <summary>Sizes and offsets are multiples of it: the CPU wants 64, a GPU 256.</summary>
    public const int Unit = 256;

    const long OwnGrain = 2 << 20;      // a block of its own has a multiple of this, so that the next one of nearly its size fits

    /// <summary>Enough bins for any size that fits in 63 bits.</summary>
    public const int Bins = 512;

    readonly PoolBlock?[] bins = new PoolBlock?[Bins];
    readonly ulong[] occupied = new ulong[Bins / 64];
    PoolBlock? spare;

    /// <summary>Bytes taken from the system.</summary>
    public long Reserved { get; private set; }

    /// <summary>The bin of blocks of at least <paramref name="bytes"/>, a multiple of the unit, and less than an eighth above its lower end.</summary>
    public static int Bin(long bytes)
    {
        var units = (ulong)bytes / Unit;
        if (units < 8) return (int)units;
        var shift = BitOperations.Log2(units) - 3;
        return (shift * 8) + (int)(units >> shift);
    }

    /// <summary>The lower end of the first bin whose every block holds <paramref name="bytes"/>.</summary>
    public static long RoundToBin(long bytes)
    {
        var units = ((ulong)bytes + Unit - 1) / Unit;
        if (units < 8) return (long)Math.Max(units, 1) * Unit;
        var mask = (1UL << (BitOperations.Log2(units) - 3)) - 1;
        return (long)((units + mask) & ~mask) * Unit;
    }

    /// <summary>A block of at least <paramref name="bytes"/>, a multiple of the unit, or null when none is free.</summary>
    public PoolBlock? Take(long bytes)
    {
        var block = Find(bytes);
        if (block is null) return null;
        Remove(block);
        if (block.Bytes - bytes >= smallestRest) Split(block, bytes);
        return block;
    }

    /// <summary>Takes a block back and merges it with free neighbours.</summary>
    public void Put(PoolBlock block)
    {
        if (block.Before is { Free: true } before)
        {
            Remove(before);
            block = Merge(before, block);
        }
        if (block.After is { Free: true } after)
        {
            Remove(after);
            block = Merge(block, after);
        }
        Insert(block);
    }

    /// <summary>Takes memory from the system for a block of <paramref name="bytes"/>.</summary>
    public MemoryBlock Grow(long bytes)
    {
        var own = bytes > slabBytes / 2;
        // Sizes that grow from step to step would leave a trail of blocks that nothing fits any more.
        if (own) ReleaseUnused(bytes);
        var memory = allocate(own ? (bytes + OwnGrain - 1) / OwnGrain * OwnGrain : slabBytes);
        Reserved += memory.Bytes;
        var block = NewBlock(memory, 0, memory.Bytes);
        Insert(block);
        return memory;
    }

    /// <summary>A block that is all of a piece of memory, which ends where it ends.</summary>
    public PoolBlock TakeOwn(long bytes)
    {
        var memory = allocate(Math.Max(bytes, 1));
        Reserved += memory.Bytes;
        return NewBlock(memory, 0, memory.Bytes);
    }

    /// <summary>Ends such a block.</summary>
    public void EndOwn(PoolBlock block)
    {
        Reserved -= block.Bytes;
        block.Memory.Free();
        Discard(block);
    }

    /// <summary>Gives memory that is wholly unused back to the system, until that is <paramref name="enough"/> bytes.</summary>
    public void ReleaseUnused(long enough = long.MaxValue)
    {
        long released = 0;
        foreach (var bin in bins)
            for (var block = bin; block is not null && released < enough;)
            {
                var next = block.Next;
                if (block.Before is null && block.After is null)
                {
                    Remove(block);
                    released += block.Bytes;
                    block.Memory.Free();
                    Discard(block);
                }
                block = next;
            }
        Reserved -= released;
    }

    // In its own bin a block may be too small; in those above all fit.
    PoolBlock? Find(long bytes)
    {
        var bin = Bin(bytes);
        for (var block = bins[bin]; block is not null; block = block.Next)
            if (block.Bytes >= bytes)
                return block;

        bin++;
        for (var word = bin / 64; word < occupied.Length; word++)
        {
            var set = occupied[word] & (word == bin / 64 ? ulong.MaxValue << (bin % 64) : ulong.MaxValue);
            if (set != 0) return bins[(word * 64) + BitOperations.TrailingZeroCount(set)];
        }
        return null;
    }

    void Insert(PoolBlock block)
    {
        var bin = Bin(block.Bytes);
        ref var head = ref bins[bin];
        block.Free = true;
        block.Previous = null;
        block.Next = head;
        if (head is not null) head.Previous = block;
        head = block;
        occupied[bin / 64] |= 1UL << (bin % 64);
    }

    void Remove(PoolBlock block)
    {
        block.Free = false;
        if (block.Next is { } next) next.Previous = block.Previous;
        if (block.Previous is { } previous)
        {
            previous.Next = block.Next;
        }
        else
        {
            var bin = Bin(block.Bytes);
            bins[bin] = block.Next;
            if (block.Next is null) occupied[bin / 64] &= ~(1UL << (bin % 64));
        }
        block.Previous = block.Next = null;
    }

    void Split(PoolBlock block, long bytes)
    {
        var rest = NewBlock(block.Memory, block.Offset + bytes, block.Bytes - bytes);
        rest.Before = block;
        rest.After = block.After;
        if (rest.After is { } after) after.Before = rest;
        block.After = rest;
        block.Bytes = bytes;
        Insert(rest);
    }

    PoolBlock Merge(PoolBlock block, PoolBlock after)
    {
        block.Bytes += after.Bytes;
        block.After = after.After;
        if (block.After is { } next) next.Before = block;
        Discard(after);
        return block;
    }

    PoolBlock NewBlock(MemoryBlock memory, long offset, long bytes)
    {
        var block = spare ?? new PoolBlock(pool);
        spare = block.Next;
        block.Next = null;
        (block.Heap, block.Memory, block.Offset, block.Bytes) = (this, memory, offset, bytes);
        return block;
    }

    void Discard(PoolBlock block)
    {
        block.Memory = null!;
        block.Before = block.After = null;
        block.Next = spare;
        spare = block;
    }
}
