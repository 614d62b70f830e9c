namespace MiniDL;

/// <summary>Where a tensor's elements lie and its kernels run. An open key: a backend package derives from it.</summary>
public abstract class Device
{
    /// <summary>The processor; MiniDL's own SIMD kernels.</summary>
    public static Device Cpu { get; } = new CpuDevice();

    /// <summary>The name in messages: <c>cpu</c>, <c>cuda:0</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The backend for tensors of <paramref name="dtype"/> on this device.</summary>
    public abstract IBackend Backend(DType dtype);

    /// <summary>The autograd engine calls this when a backward pass has released its graph: the time to look for memory that nobody uses.</summary>
    internal virtual void EndOfBackward()
    {
        // Memory that is not a pool of ours is its backend's affair.
    }

    /// <summary>The name.</summary>
    public sealed override string ToString() => Name;
}
