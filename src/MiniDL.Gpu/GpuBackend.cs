using System.Diagnostics;
using ILGPU;

namespace MiniDL.Gpu;

/// <summary>What a GPU does with elements of any dtype: store, copy, convert. <see cref="GpuNumberBackend{T}"/> and <see cref="GpuRealBackend{T}"/> compute.</summary>
/// <remarks>The kernels stand in <c>Kernels/</c>, in files of the same names as the CPU's.</remarks>
internal partial class GpuBackend<T>(GpuDevice device) : IBackend where T : unmanaged, IElement<T>
{
    /// <inheritdoc/>
    public Device Device => Gpu;

    /// <summary>The device.</summary>
    protected GpuDevice Gpu { get; } = device;

    /// <inheritdoc/>
    public DType DType => T.DType;

    /// <inheritdoc/>
    public DeviceBuffer Allocate(long bytes) => Gpu.Pool.Rent(bytes);

    /// <inheritdoc/>
    public void Synchronize() => Gpu.Synchronize();

    /// <inheritdoc/>
    public void Upload(ReadOnlySpan<byte> x, in TensorView y) => Gpu.Upload(x, GpuMemory.Of<T>(y).Cast<byte>());

    /// <inheritdoc/>
    public void Download(in TensorView x, Span<byte> y) => Gpu.Download(GpuMemory.Of<T>(x).Cast<byte>(), y);

    /// <inheritdoc/>
    public virtual void Map<TOp>(TOp op, in TensorView y, in TensorView a, in TensorView b, in TensorView c) where TOp : struct, IMapOp => throw NoKernel();

    /// <inheritdoc/>
    public virtual void MapNumber<TOp>(TOp op, in TensorView y, in TensorView a, in TensorView b, in TensorView c) where TOp : struct, INumberMapOp => throw NoKernel();

    /// <inheritdoc/>
    public virtual void Reduce<TOp>(TOp op, in TensorView x, in TensorView y) where TOp : struct, IReduceOp => throw NoKernel();

    /// <inheritdoc/>
    public virtual void ArgReduce(bool largest, in TensorView x, in TensorView y, int axis) => throw NoKernel();

    /// <inheritdoc/>
    public virtual void CumSum(in TensorView x, in TensorView y, int axis) => throw NoKernel();

    /// <inheritdoc/>
    public virtual void Compare(Comparison comparison, in TensorView a, in TensorView b, in TensorView y) => throw NoKernel();

    /// <inheritdoc/>
    /// <inheritdoc/>
    public virtual void Scatter(in TensorView x, in TensorView index, in TensorView y, int axis, bool add) => throw NoKernel();

    /// <inheritdoc/>
    public virtual void MatMul(in TensorView a, in TensorView b, in TensorView y) => throw NoKernel();

    /// <inheritdoc/>
    public virtual void Im2Col(in WindowShape shape, in TensorView x, in TensorView y) => throw NoKernel();

    /// <inheritdoc/>
    public virtual void Col2Im(in WindowShape shape, in TensorView y, in TensorView x) => throw NoKernel();

    /// <inheritdoc/>
    public virtual void Random(Distribution distribution, ulong seed, ulong offset, in TensorView y) => throw NoKernel();

    /// <summary>An op's entry has let through a dtype that the kernel does not exist for.</summary>
    protected static UnreachableException NoKernel([System.Runtime.CompilerServices.CallerMemberName] string kernel = "")
        => new($"{kernel} has no kernel for {T.DType}: the op's entry must refuse the dtype");

    /// <summary>The memory of a contiguous tensor, from its first element on.</summary>
    protected static ArrayView<U> Dense<U>(in TensorView x) where U : unmanaged => GpuMemory.Of<U>(x);

    /// <summary>The memory of a contiguous tensor, or nothing for one that is not there.</summary>
    protected static ArrayView<U> DenseOrNone<U>(in TensorView x) where U : unmanaged => x.IsNone ? ArrayView<U>.Empty : GpuMemory.Of<U>(x);

    /// <summary>The memory that a tensor of any strides lies in; a kernel begins at its offset.</summary>
    protected static ArrayView<U> Whole<U>(in TensorView x) where U : unmanaged => GpuMemory.Whole<U>(x);

    /// <summary>⌈count / size⌉.</summary>
    protected static long Pieces(long count, long size) => (count + size - 1) / size;
}

/// <summary>What a GPU computes with numbers.</summary>
internal partial class GpuNumberBackend<T>(GpuDevice device) : GpuBackend<T>(device) where T : unmanaged, INumber<T>;

/// <summary>What a GPU computes with real numbers: Float32 and Float64.</summary>
internal sealed partial class GpuRealBackend<T>(GpuDevice device) : GpuNumberBackend<T>(device) where T : unmanaged, IReal<T>;
