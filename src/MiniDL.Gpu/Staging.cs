using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace MiniDL.Gpu;

/// <summary>Host memory between the program's and the device's, so that an upload returns before the copy is made; page-locked on CUDA, where else such a copy waits.</summary>
/// <remarks>It is filled from one end to the other; when full, the device must have caught up before it is filled anew.</remarks>
internal sealed class Staging(GpuDevice device)
{
    const int Size = 32 << 20;

    byte[]? ring;
    int used;

    /// <summary>Copies host bytes to the device, in order with its kernels. The device's gate is held.</summary>
    public void Upload(ReadOnlySpan<byte> x, ArrayView<byte> y)
    {
        ring ??= Allocate();
        for (var done = 0; done < x.Length;)
        {
            if (used == Size)
            {
                device.Wait();
                used = 0;
            }
            var count = Math.Min(x.Length - done, Size - used);
            var part = ring.AsSpan(used, count);
            x.Slice(done, count).CopyTo(part);
            y.SubView(done, count).CopyFromCPUUnsafeAsync(device.Stream, ref MemoryMarshal.GetReference(part), count);
            (done, used) = (done + count, used + count);
        }
    }

    byte[] Allocate()
    {
        var memory = GC.AllocateUninitializedArray<byte>(Size, pinned: true);
        // The lock lives as long as the device, and that as long as the process.
        if (device.Accelerator is CudaAccelerator) device.Accelerator.CreatePageLockFromPinned(memory);
        return memory;
    }
}
