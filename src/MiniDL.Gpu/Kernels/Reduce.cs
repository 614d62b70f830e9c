using ILGPU;

namespace MiniDL.Gpu;

internal partial class GpuNumberBackend<T>
{
    /// <inheritdoc/>
    public sealed override void Reduce<TOp>(TOp op, in TensorView x, in TensorView y)
    {
        if (y.Count == 0) return;
        var count = x.Count / y.Count;
        if (count > 0 && !CanWalk(x, y, count))
        {
            var copy = Gpu.Pool.Rent(x.Count * T.DType.Size());
            var ordered = new TensorView(ReducedLast(x.Layout, y.Layout), copy, 0, T.DType);
            Copy(x, ordered);
            Reduce(op, ordered, y);
            Gpu.Pool.Return(copy);
            return;
        }
        var reduction = new Folding<TOp, T> { X = Whole<T>(x), Y = Whole<T>(y), Empty = T.Of(TOp.Identity) };
        var block = BlockOf(count);
        if (count <= block)
        {
            Reduce<Folding<TOp, T>, T>(reduction, x.Layout, x.Offset, y.Layout, y.Offset, block);
            return;
        }
        var blocks = Pieces(count, block);
        var memory = Gpu.Pool.Rent(blocks * y.Count * T.DType.Size());
        var parts = new TensorView(Parts(x.Layout, y.Layout, blocks), memory, 0, T.DType);
        Reduce<Folding<TOp, T>, T>(reduction with { Y = Whole<T>(parts) }, x.Layout, x.Offset, y.Layout.Contiguous(), 0, block);
        Reduce(default(Joined<TOp>), parts, y);
        Gpu.Pool.Return(memory);
    }

    /// <summary>Whether a kernel can number the elements of the reduced axes and walk them.</summary>
    static bool CanWalk(in TensorView x, in TensorView y, long count)
    {
        var reduced = new LoopNest(anyOrder: false, mask: y.Layout, kept: false, x.Layout);
        return reduced.Rank == 1 || (reduced.Rank <= Nest.MaxRank && count <= Nest.MaxCount);
    }

    /// <summary>A dense layout of x in which the reduced axes are the inner ones.</summary>
    static Layout ReducedLast(Layout x, Layout y)
    {
        Span<long> strides = stackalloc long[x.Rank];
        long stride = 1;
        for (var pass = 0; pass < 2; pass++)
            for (var axis = x.Rank - 1; axis >= 0; axis--)
            {
                if ((y.Size(axis) == 1) != (pass == 0)) continue;
                strides[axis] = stride;
                stride *= x.Size(axis);
            }
        return Layout.Of(x.Sizes, strides);
    }
}

/// <summary>A reduction of elements.</summary>
internal struct Folding<TOp, T> : IReduction<T>
    where TOp : struct, IReduceOp
    where T : unmanaged, INumber<T>
{
    public ArrayView<T> X, Y;
    public T Empty { get; set; }

    public readonly T Load(long offset, int k) => TOp.Transform(X[offset]);

    public readonly T Join(T a, T b) => TOp.Combine(a, b);

    public readonly void Store(T part, long offset) => Y[offset] = part;
}

/// <summary>The same reduction of what blocks have given.</summary>
internal readonly struct Joined<TOp> : IReduceOp where TOp : struct, IReduceOp
{
    public static Number Identity => TOp.Identity;

    public static T Transform<T>(T x) where T : struct, INumberLanes<T> => x;

    public static T Combine<T>(T a, T b) where T : struct, INumberLanes<T> => TOp.Combine(a, b);
}
