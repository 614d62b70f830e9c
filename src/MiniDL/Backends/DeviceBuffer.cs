namespace MiniDL;

/// <summary>A block of device memory that tensors and their views share; when the last is gone, its pool takes the memory back.</summary>
/// <remarks>Nothing disposes it: the pool watches it by a weak handle (docs/decisions/0003-memory.md). CPU tensors of up to 1 KB have a plain array instead.</remarks>
public sealed class DeviceBuffer
{
    /// <summary>The device it lies on.</summary>
    public Device Device { get; }

    /// <summary>The address (or the backend's own handle) of the first byte.</summary>
    public nint Pointer { get; }

    /// <summary>The bytes that were asked for.</summary>
    public long Bytes { get; }

    /// <summary>Counts the writes in place, so that a saved operand that was changed since is noticed.</summary>
    public int Version;

    internal int Holders;        // saved operands and gradients in flight that keep it
    internal bool Owned;         // only holders know it: the last one to let go returns it to the pool
    internal bool Escaped;       // user code may hold a tensor over it: it goes by the weak handle alone
    internal DeviceBuffer? NextBorn; // the list of the TempScope it was born in
    internal object? PoolEntry;  // the pool's own record

    /// <summary>A buffer over memory of <paramref name="device"/>.</summary>
    public DeviceBuffer(Device device, nint pointer, long bytes) => (Device, Pointer, Bytes) = (device, pointer, bytes);
}
