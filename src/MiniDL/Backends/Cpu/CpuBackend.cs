using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace MiniDL;

/// <summary>The CPU backend for elements of type <typeparamref name="E"/>; its kernels stand in <c>Kernels/</c>, a file an op.</summary>
/// <remarks>Bool tensors hold a byte, 0 or 1, an element. Bfloat16 and half tensors are stored, copied and converted, no more.</remarks>
internal sealed unsafe partial class CpuBackend<E>(Device device, DType dtype) : IBackend where E : unmanaged
{
    /// <summary>Elements of a cheap elementwise kernel that are worth a thread's while.</summary>
    const int Grain = 16 * 1024;

    /// <summary>Bytes of one thread's share of a copy.</summary>
    const long CopyGrain = 256 * 1024;

    /// <inheritdoc/>
    public Device Device { get; } = device;

    /// <inheritdoc/>
    public DType DType { get; } = dtype;

    /// <inheritdoc/>
    public DeviceBuffer Allocate(long bytes) => BufferPool.Cpu.Rent(bytes);

    /// <inheritdoc/>
    public void Synchronize()
    {
        // Every kernel is done when its call returns.
    }

    /// <inheritdoc/>
    public void Upload(ReadOnlySpan<byte> x, in TensorView y)
    {
        fixed (byte* from = x, to = y) Buffer.MemoryCopy(from, to, y.Count * sizeof(E), x.Length);
    }

    /// <inheritdoc/>
    public void Download(in TensorView x, Span<byte> y)
    {
        fixed (byte* from = x, to = y) Buffer.MemoryCopy(from, to, y.Length, x.Count * sizeof(E));
    }

    /// <summary>True when <typeparamref name="E"/> can be computed with, not only stored.</summary>
    static bool IsNumber
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Element.IsReal<E>() || typeof(E) == typeof(int) || typeof(E) == typeof(long) || typeof(E) == typeof(byte);
    }

    /// <summary>An op's entry has let through a dtype that the kernel does not exist for.</summary>
    static UnreachableException NoKernel(string kernel) => new($"{kernel} has no kernel for {typeof(E).Name}: the op's entry must refuse the dtype");

    /// <summary>A kernel on one run of the inner loop.</summary>
    interface IRow
    {
        /// <summary>Does <paramref name="count"/> elements from <paramref name="at"/>.</summary>
        void Run(in LoopNest nest, in LoopNest.Walk at, long count);
    }

    /// <summary>The walk over all elements in runs of the inner loop, cut in chunks of equal length.</summary>
    struct Rows<TRow> : IChunks where TRow : struct, IRow
    {
        public LoopNest Nest;
        public TRow Row;
        public long Chunk;

        public void Run(long index)
        {
            var begin = index * Chunk;
            fixed (LoopNest* nest = &Nest) Walk(nest, ref Row, begin, Math.Min(begin + Chunk, Nest.Count));
        }

        [SkipLocalsInit]
        public static void Walk(LoopNest* nest, ref TRow row, long begin, long end)
        {
            var walk = new LoopNest.Walk(nest, begin);
            while (begin < end)
            {
                var count = Math.Min(walk.Run, end - begin);
                row.Run(*nest, walk, count);
                walk.Advance(count);
                begin += count;
            }
        }
    }

    [SkipLocalsInit]
    static void ForRows<TRow>(in LoopNest nest, TRow row, long grain) where TRow : struct, IRow
    {
        if (nest.Count <= grain)
        {
            fixed (LoopNest* loops = &nest) Rows<TRow>.Walk(loops, ref row, 0, nest.Count);
            return;
        }
        var rows = new Rows<TRow> { Nest = nest, Row = row, Chunk = grain };
        WorkerPool.For(Chunks(nest.Count, grain), ref rows);
    }

    static long Chunks(long count, long size) => (count + size - 1) / size;
}
