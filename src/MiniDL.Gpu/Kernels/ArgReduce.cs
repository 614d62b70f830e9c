using ILGPU;

namespace MiniDL.Gpu;

internal partial class GpuNumberBackend<T>
{
    /// <inheritdoc/>
    public sealed override void ArgReduce(bool largest, in TensorView x, in TensorView y, int axis)
    {
        if (largest) ArgReduce<Less>(double.NegativeInfinity, x, y);
        else ArgReduce<Greater>(double.PositiveInfinity, x, y);
    }

    void ArgReduce<TComparison>(Number worst, in TensorView x, in TensorView y) where TComparison : struct, IComparison
    {
        if (y.Count == 0) return;
        var reduction = new Placing<TComparison, T> { X = Whole<T>(x), Y = Whole<long>(y), Worst = T.Of(worst) };
        var count = x.Count / y.Count;
        var block = BlockOf(count);
        if (count <= block)
        {
            Reduce<Placing<TComparison, T>, Candidate<T>>(reduction, x.Layout, x.Offset, y.Layout, y.Offset, block);
            return;
        }
        var blocks = Pieces(count, block);
        var memory = Gpu.Pool.Rent(blocks * y.Count * Interop.SizeOf<Candidate<T>>());
        var layout = Parts(x.Layout, y.Layout, blocks);
        var parts = GpuMemory.Of<Candidate<T>>(new TensorView(layout, memory, 0, T.DType));
        Reduce<Placing<TComparison, T>, Candidate<T>>(reduction with { PartsOut = parts }, x.Layout, x.Offset, y.Layout.Contiguous(), 0, block);
        Reduce<Placing<TComparison, T>, Candidate<T>>(reduction with { PartsIn = parts }, layout, 0, y.Layout, y.Offset, blocks);
        Gpu.Pool.Return(memory);
    }
}

/// <summary>An element and where it stands.</summary>
internal struct Candidate<T> where T : unmanaged
{
    public T Value;
    public int Index;
}

/// <summary>The place of the element to which all others compare; NaN is beyond all, the first of equals wins.</summary>
internal struct Placing<TComparison, T> : IReduction<Candidate<T>>
    where TComparison : struct, IComparison
    where T : unmanaged, INumber<T>
{
    public ArrayView<T> X;
    public ArrayView<Candidate<T>> PartsIn, PartsOut;
    public ArrayView<long> Y;
    public T Worst;

    public readonly Candidate<T> Empty => new() { Value = Worst, Index = int.MaxValue };

    public readonly Candidate<T> Load(long offset, int k) => PartsIn.Length > 0 ? PartsIn[offset] : new() { Value = X[offset], Index = k };

    public readonly Candidate<T> Join(Candidate<T> a, Candidate<T> b)
    {
        var (aNaN, bNaN) = (!T.Same(a.Value, a.Value), !T.Same(b.Value, b.Value));
        if (aNaN != bNaN) return bNaN ? b : a;
        if (TComparison.Holds(a.Value, b.Value)) return b;
        if (TComparison.Holds(b.Value, a.Value)) return a;
        return b.Index < a.Index ? b : a;
    }

    public readonly void Store(Candidate<T> part, long offset)
    {
        if (PartsOut.Length > 0) PartsOut[offset] = part;
        else Y[offset] = part.Index;
    }
}
