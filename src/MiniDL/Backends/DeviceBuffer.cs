using System.Runtime.CompilerServices;

namespace MiniDL;

/// <summary>A block of device memory that tensors and their views share; when the last is gone, its pool takes the memory back.</summary>
/// <remarks>Nothing disposes it: the pool watches it by a weak handle (docs/decisions/0003-memory.md). CPU tensors of up to 1 KB have a plain array instead.</remarks>
public sealed class DeviceBuffer
{
    /// <summary>The device it lies on.</summary>
    public Device Device { get; }

    /// <summary>The address (or the backend's own handle) of the first byte.</summary>
    public nint Pointer { get; private set; }

    /// <summary>The bytes that were asked for.</summary>
    public long Bytes { get; }

    /// <summary>Counts the writes in place, so that a saved operand that was changed since is noticed.</summary>
    public int Version;

    internal DeviceBuffer? NextBorn;    // the list of the TempScope it was born in
    internal PoolBlock? Block;          // the pool's record, until the memory is returned; null for memory that is not the pool's

    internal object? Owner;             // of memory that is not the pool's: what keeps it alive

    int holders;                        // saved operands and gradients in flight that keep it
    bool owned;                         // only holders know it: the last one to let go returns it to the pool
    bool escaped;                       // user code may hold a tensor over it: it goes by the weak handle alone

    /// <summary>A buffer over memory of <paramref name="device"/>, which the caller keeps alive.</summary>
    public DeviceBuffer(Device device, nint pointer, long bytes) => (Device, Pointer, Bytes) = (device, pointer, bytes);

    internal DeviceBuffer(Device device, PoolBlock block, long bytes) : this(device, block.Memory.Slice(block.Offset), bytes) => Block = block;

    /// <summary>A buffer over memory of the caller's, which <paramref name="owner"/> keeps in its place.</summary>
    internal unsafe DeviceBuffer(PinnedMemory owner, long bytes) : this(Device.Cpu, (nint)owner.Pointer, bytes) => Owner = owner;

    /// <summary>How many hold it.</summary>
    internal int Holders => Volatile.Read(ref holders);

    /// <summary>Whether the last holder returns it.</summary>
    internal bool IsOwned => Volatile.Read(ref owned);

    /// <summary>Whether code of the user's may know it.</summary>
    internal bool IsEscaped => Volatile.Read(ref escaped);

    /// <summary>Keeps the memory from being returned until <see cref="Release"/>.</summary>
    internal void Hold() => Interlocked.Increment(ref holders);

    /// <summary>Ends one <see cref="Hold"/>; the last one returns the memory when only holders knew it.</summary>
    internal void Release()
    {
        var left = Interlocked.Decrement(ref holders);
        if (left < 0) throw new InvalidOperationException($"a buffer of {Bytes} bytes was released more often than held");
        if (left == 0 && IsOwned && !IsEscaped) Block?.Pool.TakeBack(this);
    }

    /// <summary>Code of the user's may hold a tensor over it from here on: only the garbage collector knows when it is free.</summary>
    internal void Escape() => Volatile.Write(ref escaped, true);

    /// <summary>The last tensor that knew it is done: the memory is returned now, or by the last holder, or, when it escaped, by the garbage collector.</summary>
    internal void LetGo()
    {
        if (IsEscaped) return;
        Volatile.Write(ref owned, true);
        // Against a holder that lets go at the same time: each writes, then reads what the other wrote; TakeBack does it once.
        Interlocked.MemoryBarrier();
        if (Holders == 0) Block?.Pool.TakeBack(this);
    }

    /// <summary>The first byte in memory that lives as long as any reference into it: what a public span must stand on.</summary>
    /// <remarks>
    /// The first call moves the contents to a managed array. The block stays with this buffer, since another thread may be reading it.
    /// </remarks>
    internal unsafe ref byte Expose()
    {
        const int Alignment = 64;
        Escape();
        if (Owner is PinnedMemory pinned) return ref pinned.First;
        if (Block is null) return ref *(byte*)Pointer;
        lock (Block)
        {
            if (Owner is not ulong[] memory)
            {
                memory = GC.AllocateUninitializedArray<ulong>(checked((int)((Bytes + Alignment + 7) / 8)), pinned: true);
                var aligned = ((nint)Unsafe.AsPointer(ref memory[0]) + Alignment - 1) & -Alignment;
                Buffer.MemoryCopy((void*)Pointer, (void*)aligned, Bytes, Bytes);
                Pointer = aligned;
                Owner = memory;
            }
            ref var first = ref Unsafe.As<ulong, byte>(ref memory[0]);
            return ref Unsafe.Add(ref first, Pointer - (nint)Unsafe.AsPointer(ref first));
        }
    }
}
