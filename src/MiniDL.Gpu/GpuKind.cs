namespace MiniDL.Gpu;

/// <summary>By which interface a <see cref="GpuDevice"/> is reached.</summary>
public enum GpuKind
{
    /// <summary>NVIDIA's.</summary>
    Cuda,

    /// <summary>The open standard: GPUs of most makers, and processors.</summary>
    OpenCL,

    /// <summary>Kernels run as C# on the processor, a thread for each of theirs: slow, for debugging them.</summary>
    Simulator,
}
