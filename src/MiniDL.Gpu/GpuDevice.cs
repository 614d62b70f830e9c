using ILGPU;
using ILGPU.Backends;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;

namespace MiniDL.Gpu;

/// <summary>A GPU, by CUDA or by OpenCL: tensors that lie on it are computed there.</summary>
/// <remarks>
/// Kernels are queued, in order, and run while the program goes on; the program waits where it reads a number (<c>Item</c>, <c>ToArray</c>, printing) and in <see cref="Synchronize"/>.
/// The first use of a kernel compiles it. Any number of threads may use a device; their kernels queue up one behind the other.
/// </remarks>
public sealed partial class GpuDevice : Device
{
    /// <summary>The most devices that a process can open.</summary>
    internal const int Most = 64;

    static int opened;

    readonly IBackend[] backends;
    readonly Staging staging;

    internal GpuDevice(GpuKind kind, int ordinal, Accelerator accelerator, string vendor)
    {
        Number = Interlocked.Increment(ref opened) - 1;
        if (Number >= Most) throw new InvalidOperationException($"GpuDevice: a process can open {Most} devices");
        (Kind, Ordinal, Accelerator, Vendor) = (kind, ordinal, accelerator, vendor);
        Name = kind switch { GpuKind.Cuda => $"cuda:{ordinal}", GpuKind.OpenCL => $"opencl:{ordinal}", _ => "simulator" };
        if (kind != GpuKind.Simulator) Glue.MendPasses(accelerator.GetBackend());
        Stream = accelerator.DefaultStream;
        Pool = new(this, bytes => GpuMemory.Allocate(this, bytes));
        staging = new(this);
        IndexErrors = new(this);
        backends =
        [
            new GpuRealBackend<F32>(this),
            new GpuRealBackend<F64>(this),
            new GpuNumberBackend<I32>(this),
            new GpuIndexBackend(this),
            new GpuNumberBackend<U8>(this),
            new GpuBackend<B16>(this),
            new GpuBackend<H16>(this),
        ];
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <summary>By which interface it is reached.</summary>
    public GpuKind Kind { get; }

    /// <summary>Its number among those of its kind.</summary>
    public int Ordinal { get; }

    /// <summary>What the driver calls it.</summary>
    public string ProductName => Accelerator.Name;

    /// <summary>Who made it, as the driver says.</summary>
    public string Vendor { get; }

    /// <summary>Bytes of memory that it has.</summary>
    public long MemoryBytes => Accelerator.MemorySize;

    /// <summary>Bytes of tensors in use.</summary>
    public long LiveBytes => Pool.LiveBytes;

    /// <summary>Bytes that are kept for coming tensors.</summary>
    public long PooledBytes => Pool.PooledBytes;

    /// <summary>The most bytes that tensors have had at a time, garbage that was not yet found included.</summary>
    public long PeakBytes => Pool.PeakBytes;

    /// <summary>Begins <see cref="PeakBytes"/> anew.</summary>
    public void ResetPeak() => Pool.ResetPeak();

    /// <summary>Gives the memory that is kept for coming tensors back to the driver.</summary>
    public void Trim() => Pool.Trim();

    /// <summary>Kernels that were started.</summary>
    public long Launches { get; private set; }

    /// <summary>Copies from the host to the device.</summary>
    public long Uploads { get; private set; }

    /// <summary>Copies from the device to the host.</summary>
    public long Downloads { get; private set; }

    /// <summary>How often the program waited for the device; every download does.</summary>
    public long Synchronizations { get; private set; }

    /// <summary>Waits until everything that was asked for is done.</summary>
    /// <exception cref="InvalidOperationException">The device was lost, or a kernel failed.</exception>
    public void Synchronize()
    {
        lock (Gate) Wait();
    }

    /// <inheritdoc/>
    public override IBackend Backend(DType dtype)
    {
        if (dtype == DType.Float64 && !HasFloat64)
            throw new NotSupportedException($"{Name}: {ProductName} has no 64-bit floats; use Float32, or the CPU");
        return backends[(int)dtype];
    }

    internal override void EndOfBackward() => Pool.EndOfBackward();

    /// <summary>Whether it computes with 64-bit floats.</summary>
    public bool HasFloat64 => Accelerator is not CLAccelerator { Capabilities: CLCapabilityContext { Float64: false } };

    internal int Number { get; }

    internal Accelerator Accelerator { get; }

    internal AcceleratorStream Stream { get; }

    internal BufferPool Pool { get; }

    /// <summary>What kernels note of wrong indices.</summary>
    internal IndexErrors IndexErrors { get; }

    /// <summary>Held around every call into ILGPU.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>A test's look at what the compiler made of a kernel.</summary>
    internal Action<string, CompiledKernel>? OnCompiled { get; set; }

    /// <summary>Runs a kernel in groups of threads.</summary>
    internal void Launch<TKernel>(in TKernel kernel, long groups, int groupSize = Threads.Group) where TKernel : struct, IKernel
    {
        if (groups == 0) return;
        if (groups > int.MaxValue) throw new NotSupportedException($"{Name}: a kernel of {groups:N0} groups of threads; {int.MaxValue:N0} is the most");
        lock (Gate)
        {
            Launches++;
            try
            {
                Launcher<TKernel>.Launch(this, kernel, (int)groups, groupSize);
            }
            catch (AcceleratorException e)
            {
                throw Failed(e);
            }
        }
    }

    /// <summary>Runs a kernel in at least so many threads.</summary>
    internal void LaunchThreads<TKernel>(in TKernel kernel, long threads) where TKernel : struct, IKernel
        => Launch(kernel, (threads + GroupSize - 1) / GroupSize, GroupSize);

    /// <summary>Threads of a group in kernels whose threads go their own ways.</summary>
    internal int GroupSize => Kind == GpuKind.Simulator ? 16 : Threads.Group;

    /// <summary>Copies host bytes to device memory, in order with the kernels.</summary>
    internal void Upload(ReadOnlySpan<byte> x, ArrayView<byte> y)
    {
        if (x.Length == 0) return;
        lock (Gate)
        {
            Uploads++;
            try
            {
                staging.Upload(x, y);
            }
            catch (AcceleratorException e)
            {
                throw Failed(e);
            }
        }
    }

    /// <summary>Waits for the kernels, copies device memory to host bytes and reports what kernels found wrong.</summary>
    internal void Download(ArrayView<byte> x, Span<byte> y)
    {
        lock (Gate)
        {
            Downloads++;
            Read(x, y);
            IndexErrors.Throw();
        }
    }

    /// <summary>Copies device memory to host bytes. The gate is held.</summary>
    internal unsafe void Read(ArrayView<byte> x, Span<byte> y)
    {
        // The collector must not move y until the copy, which is only queued here, has been made.
        fixed (byte* to = y)
        {
            try
            {
                if (y.Length > 0) x.SubView(0, y.Length).CopyToCPUUnsafeAsync(Stream, ref *to, y.Length);
            }
            catch (AcceleratorException e)
            {
                throw Failed(e);
            }
            Wait();
        }
    }

    /// <summary>Waits for the device. The gate is held.</summary>
    internal void Wait()
    {
        Synchronizations++;
        try
        {
            Stream.Synchronize();
        }
        catch (AcceleratorException e)
        {
            throw Failed(e);
        }
    }

    InvalidOperationException Failed(AcceleratorException e) => new(
        $"{Name}: {ProductName} reports: {e.Message} The device may be lost, and what lay on it with it: save from the CPU's copy, and start the program anew", e);
}
