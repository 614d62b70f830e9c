namespace MiniDL;

/// <summary>A piece of a device's memory as the system gave it, from which a <see cref="BufferPool"/> cuts its buffers.</summary>
internal abstract class MemoryBlock(nint pointer, long bytes)
{
    /// <summary>The address (or handle) of the first byte.</summary>
    public nint Pointer { get; } = pointer;

    /// <summary>Its size.</summary>
    public long Bytes { get; } = bytes;

    /// <summary>What <see cref="DeviceBuffer.Pointer"/> says of a buffer that begins at <paramref name="offset"/>.</summary>
    public virtual nint Slice(long offset) => Pointer + (nint)offset;

    /// <summary>Sets bytes to a value.</summary>
    public abstract void Fill(long offset, long bytes, byte value);

    /// <summary>Gives the memory back to the system.</summary>
    public abstract void Free();
}
