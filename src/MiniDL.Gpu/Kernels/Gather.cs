using ILGPU;

namespace MiniDL.Gpu;

internal partial class GpuBackend<T>
{
    /// <inheritdoc/>
    public void Gather(in TensorView x, in TensorView index, in TensorView y, int axis)
        => Nest.ForEach(
            new LoopNest(anyOrder: true, y.Layout, index.Layout, WithoutAxis(x, y, axis)),
            new Steps { Y = y.Offset, A = index.Offset, B = x.Offset },
            new GatherLaunch(Gpu, Whole<T>(x), Whole<long>(index), Whole<T>(y), x.Stride(axis)));

    /// <summary>x as the other axes walk it, in the shape of y: it stands still along the axis that the index leads.</summary>
    static Layout WithoutAxis(in TensorView x, in TensorView y, int axis)
    {
        Span<long> strides = stackalloc long[x.Rank];
        for (var i = 0; i < x.Rank; i++) strides[i] = i == axis ? 0 : x.Stride(i);
        return Layout.Of(y.Sizes, strides);
    }

    readonly struct GatherLaunch(GpuDevice device, ArrayView<T> x, ArrayView<long> index, ArrayView<T> y, long stride) : ILaunch
    {
        public void Run(in Nest nest, in Steps start, int count)
            => device.LaunchThreads(new GatherStrided<T> { Nest = nest, Start = start, X = x, Index = index, Y = y, Stride = stride, Count = count }, count);
    }
}

/// <summary>y[…,i,…] = x[…,index[…,i,…],…].</summary>
internal struct GatherStrided<T> : IKernel where T : unmanaged
{
    public Nest Nest;               // of y, index, x
    public Steps Start;
    public ArrayView<T> X, Y;
    public ArrayView<long> Index;
    public long Stride;
    public int Count;

    public readonly void Run()
    {
        var i = Threads.Index;
        if (i >= Count) return;
        var at = Nest.At(i);
        Y[Start.Y + at.Y] = X[Start.B + at.B + Index[Start.A + at.A] * Stride];
    }
}
