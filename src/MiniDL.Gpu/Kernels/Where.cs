using ILGPU;

namespace MiniDL.Gpu;

internal partial class GpuBackend<T>
{
    /// <inheritdoc/>
    public void Where(in TensorView condition, in TensorView a, in TensorView b, in TensorView y)
        => Nest.ForEach(new LoopNest(anyOrder: true, y.Layout, condition.Layout, a.Layout, b.Layout),
            new Steps { Y = y.Offset, A = condition.Offset, B = a.Offset, C = b.Offset }, new WhereLaunch(Gpu, Whole<byte>(condition), Whole<T>(a), Whole<T>(b), Whole<T>(y)));

    readonly struct WhereLaunch(GpuDevice device, ArrayView<byte> condition, ArrayView<T> a, ArrayView<T> b, ArrayView<T> y) : ILaunch
    {
        public void Run(in Nest nest, in Steps start, int count)
            => device.LaunchThreads(new WhereStrided<T> { Nest = nest, Start = start, Condition = condition, A = a, B = b, Y = y, Count = count }, count);
    }
}

/// <summary>y = condition ? a : b.</summary>
internal struct WhereStrided<T> : IKernel where T : unmanaged
{
    public Nest Nest;
    public Steps Start;
    public ArrayView<byte> Condition;
    public ArrayView<T> A, B, Y;
    public int Count;

    public readonly void Run()
    {
        var i = Threads.Index;
        if (i >= Count) return;
        var at = Nest.At(i);
        Y[Start.Y + at.Y] = Condition[Start.A + at.A] != 0 ? A[Start.B + at.B] : B[Start.C + at.C];
    }
}
