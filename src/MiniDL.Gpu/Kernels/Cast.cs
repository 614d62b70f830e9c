using ILGPU;

namespace MiniDL.Gpu;

internal partial class GpuBackend<T>
{
    /// <inheritdoc/>
    public void Cast(in TensorView x, in TensorView y)
    {
        switch (y.DType)
        {
            case DType.Float32: CastTo<F32>(x, y); break;
            case DType.Float64: CastTo<F64>(x, y); break;
            case DType.Int32: CastTo<I32>(x, y); break;
            case DType.Int64: CastTo<I64>(x, y); break;
            case DType.Bool: CastTo<U8>(x, y); break;
            case DType.BFloat16: CastTo<B16>(x, y); break;
            case DType.Float16: CastTo<H16>(x, y); break;
        }
    }

    void CastTo<U>(in TensorView x, in TensorView y) where U : unmanaged, IElement<U>
        => Nest.ForEach(new LoopNest(anyOrder: true, y.Layout, x.Layout), new Steps { Y = y.Offset, A = x.Offset }, new CastLaunch<U>(Gpu, Whole<T>(x), Whole<U>(y)));

    readonly struct CastLaunch<U>(GpuDevice device, ArrayView<T> x, ArrayView<U> y) : ILaunch where U : unmanaged, IElement<U>
    {
        public void Run(in Nest nest, in Steps start, int count)
            => device.LaunchThreads(new CastStrided<T, U> { Nest = nest, Start = start, X = x, Y = y, Count = count }, count);
    }
}

/// <summary>y = x, converted.</summary>
internal struct CastStrided<T, U> : IKernel
    where T : unmanaged, IElement<T>
    where U : unmanaged, IElement<U>
{
    public Nest Nest;
    public Steps Start;
    public ArrayView<T> X;
    public ArrayView<U> Y;
    public int Count;

    public readonly void Run()
    {
        var i = Threads.Index;
        if (i >= Count) return;
        var at = Nest.At(i);
        Y[Start.Y + at.Y] = T.To<U>(X[Start.A + at.A]);
    }
}
