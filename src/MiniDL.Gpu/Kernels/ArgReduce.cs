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
        var empty = new Candidate<T> { Value = T.Of(worst), Index = int.MaxValue };
        var reduction = new Placing<TComparison, T> { X = Whole<T>(x), Y = Whole<long>(y), Empty = empty };
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
        Reduce<Placing<TComparison, T>, Candidate<T>>(reduction with { Parts = parts }, x.Layout, x.Offset, y.Layout.Contiguous(), 0, block);
        Reduce<PlacingParts<TComparison, T>, Candidate<T>>(new() { X = parts, Y = Whole<long>(y), Empty = empty }, layout, 0, y.Layout, y.Offset, blocks);
        Gpu.Pool.Return(memory);
    }
}

/// <summary>An element and where it stands.</summary>
internal struct Candidate<T> where T : unmanaged, INumber<T>
{
    public T Value;
    public int Index;

    /// <summary>The one to which the other compares; NaN is beyond all, the first of equals wins.</summary>
    public static Candidate<T> Best<TComparison>(Candidate<T> a, Candidate<T> b) where TComparison : struct, IComparison
    {
        if (TComparison.Holds(a.Value, b.Value)) return b;
        if (TComparison.Holds(b.Value, a.Value)) return a;
        var (aNaN, bNaN) = (!T.Same(a.Value, a.Value), !T.Same(b.Value, b.Value));
        return (aNaN == bNaN ? b.Index < a.Index : bNaN) ? b : a;
    }
}

/// <summary>The place of the best element, or of the best of a block together with the element.</summary>
internal struct Placing<TComparison, T> : IReduction<Candidate<T>>
    where TComparison : struct, IComparison
    where T : unmanaged, INumber<T>
{
    public ArrayView<T> X;
    public ArrayView<Candidate<T>> Parts;
    public ArrayView<long> Y;

    public Candidate<T> Empty { get; set; }

    public readonly Candidate<T> Load(long offset, int k) => new() { Value = X[offset], Index = k };

    public readonly Candidate<T> Join(Candidate<T> a, Candidate<T> b) => Candidate<T>.Best<TComparison>(a, b);

    public readonly void Store(Candidate<T> part, long offset)
    {
        if (Parts.Length > 0) Parts[offset] = part;
        else Y[offset] = part.Index;
    }
}

/// <summary>The place of the best of all blocks.</summary>
internal struct PlacingParts<TComparison, T> : IReduction<Candidate<T>>
    where TComparison : struct, IComparison
    where T : unmanaged, INumber<T>
{
    public ArrayView<Candidate<T>> X;
    public ArrayView<long> Y;

    public Candidate<T> Empty { get; set; }

    public readonly Candidate<T> Load(long offset, int k) => X[offset];

    public readonly Candidate<T> Join(Candidate<T> a, Candidate<T> b) => Candidate<T>.Best<TComparison>(a, b);

    public readonly void Store(Candidate<T> part, long offset) => Y[offset] = part.Index;
}
