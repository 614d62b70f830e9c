using ILGPU;
using ILGPU.Runtime;

namespace MiniDL.Gpu;

/// <summary>A slab of a GPU's memory. It has no address on every kind of device: buffers in it are found by their offset.</summary>
internal sealed class GpuMemory : MemoryBlock
{
    readonly GpuDevice device;

    GpuMemory(GpuDevice device, MemoryBuffer1D<byte, Stride1D.Dense> bytes) : base(0, bytes.Length) => (this.device, Bytes1D) = (device, bytes);

    /// <summary>The slab as ILGPU has it.</summary>
    public MemoryBuffer1D<byte, Stride1D.Dense> Bytes1D { get; }

    /// <summary>Takes memory from the device; <see cref="InsufficientMemoryException"/> when it has none.</summary>
    public static GpuMemory Allocate(GpuDevice device, long bytes)
    {
        try
        {
            lock (device.Gate) return new(device, device.Accelerator.Allocate1D<byte>(bytes));
        }
        catch (AcceleratorException e)
        {
            throw new InsufficientMemoryException($"{device}: the driver gave no {bytes:N0} bytes: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public override void Fill(long offset, long bytes, byte value)
    {
        lock (device.Gate) Bytes1D.View.SubView(offset, bytes).MemSet(device.Stream, value);
    }

    /// <inheritdoc/>
    public override void Free()
    {
        lock (device.Gate) Bytes1D.Dispose();
    }

    /// <summary>The memory of a contiguous tensor, from its first element on.</summary>
    public static ArrayView<T> Of<T>(in TensorView x) where T : unmanaged
        => x.Count == 0 ? ArrayView<T>.Empty : Whole<T>(x).SubView(x.Offset); // what has no elements may begin anywhere

    /// <summary>The memory that a tensor of any strides lies in; its first element is at its offset.</summary>
    public static ArrayView<T> Whole<T>(in TensorView x) where T : unmanaged
    {
        var block = x.Buffer.Block ?? throw new InvalidOperationException($"{x.Buffer.Device}: a kernel was given a buffer of {x.Buffer.Bytes} bytes that has gone back to the pool");
        return ((GpuMemory)block.Memory).Bytes1D.AsRawArrayView(block.Offset, block.Bytes).Cast<T>();
    }
}
