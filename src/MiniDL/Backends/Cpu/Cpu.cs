namespace MiniDL;

/// <summary>The processor's settings and figures.</summary>
public static class Cpu
{
    /// <summary>Threads that kernels use, the caller's own included. Results do not depend on it.</summary>
    /// <remarks>The environment variable MINIDL_THREADS sets it at the start; else it is the number of processors.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public static int Threads
    {
        get => WorkerPool.Threads;
        set
        {
            if (value < 1) throw new ArgumentOutOfRangeException(nameof(value), $"Cpu.Threads: {value} threads; at least 1 is needed");
            WorkerPool.Threads = value;
        }
    }

    /// <summary>Bits of the SIMD registers that kernels use: 128, 256 or 512.</summary>
    public static int VectorBits => Widths.Bits;

    /// <summary>Bytes of tensors in use (those of at most 1 KB, which are plain arrays, aside).</summary>
    public static long LiveBytes => BufferPool.Cpu.LiveBytes;

    /// <summary>Bytes that are kept for coming tensors.</summary>
    public static long PooledBytes => BufferPool.Cpu.PooledBytes;

    /// <summary>The most bytes that tensors have had at a time, garbage that was not yet found included.</summary>
    public static long PeakBytes => BufferPool.Cpu.PeakBytes;

    /// <summary>Begins <see cref="PeakBytes"/> anew.</summary>
    public static void ResetPeak() => BufferPool.Cpu.ResetPeak();

    /// <summary>Gives the memory that is kept for coming tensors back to the system.</summary>
    public static void Trim() => BufferPool.Cpu.Trim();
}
