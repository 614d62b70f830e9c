using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniDL;

// The order of IReduceOp. A block of rows fills the lanes, then they meet: over contiguous elements in registers, over contiguous outputs in strips of
// columns. What lies otherwise is gathered piece by piece. The results' bits are the same.
internal sealed unsafe partial class CpuBackend<E>
{
    /// <summary>Elements that share a set of lanes.</summary>
    const long ReduceBlock = 16384;

    /// <summary>Columns that are reduced side by side: 256 bytes.</summary>
    static int Strip => 256 / sizeof(E);

    /// <summary>Sums that run side by side: 64 of floats, 32 of doubles. (Integers have no order that one could see.)</summary>
    static int Lanes => Math.Min(256 / sizeof(E), 64);

    /// <inheritdoc/>
    public void Reduce<TOp>(TOp op, in TensorView x, in TensorView y) where TOp : struct, IReduceOp
    {
        if (!IsNumber) throw NoKernel($"Reduce<{typeof(TOp).Name}>");
        if (Widths.Bits == 512) ReduceLanes<TOp, V512<E>, V512<E>>(x, y);
        else if (Widths.Bits == 256) ReduceLanes<TOp, V256<E>, Twice<V256<E>, E>>(x, y);
        else ReduceLanes<TOp, V128<E>, Twice<Twice<V128<E>, E>, E>>(x, y);
    }

    // T is a register, W holds 64 bytes at any width.
    static void ReduceLanes<TOp, T, W>(in TensorView x, in TensorView y)
        where TOp : struct, IReduceOp
        where T : struct, IVectorLanes<T, E>
        where W : struct, IVectorLanes<W, E>
    {
        if (y.Count == 0) return;
        fixed (byte* px = x, py = y)
        {
            var count = x.Count / y.Count;
            if (x.Layout.IsContiguous && y.Layout.IsContiguous && x.Count <= ReduceBlock && ReducesLastAxes(x.Layout, y.Layout))
                for (long i = 0; i < y.Count; i++) ((E*)py)[i] = ReduceDense<TOp, T, W>((E*)px + i * count, count);
            else
                ReduceAny<TOp, T, W>(x.Layout, (E*)px, y.Layout, (E*)py);
        }
    }

    static bool ReducesLastAxes(Layout x, Layout y)
    {
        var axis = 0;
        while (axis < x.Rank && x.Size(axis) == y.Size(axis)) axis++;
        for (; axis < x.Rank; axis++)
            if (y.Size(axis) != 1) return false;
        return true;
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void ReduceAny<TOp, T, W>(Layout x, E* px, Layout y, E* py)
        where TOp : struct, IReduceOp
        where T : struct, IVectorLanes<T, E>
        where W : struct, IVectorLanes<W, E>
    {
        var body = new ReduceChunks<TOp, T, W>
        {
            Kept = new LoopNest(anyOrder: true, mask: y, kept: true, x, y),
            Reduced = new LoopNest(anyOrder: false, mask: y, kept: false, x),
            X = px,
            Y = py,
        };
        var inner = body.Kept.Inner;
        body.Vertical = body.Reduced.InnerStride(0) != 1 && body.Kept.InnerStride(0) == 1 && inner > 1;
        body.Units = body.Vertical ? body.Kept.Count / inner * Chunks(inner, Strip) : body.Kept.Count;
        body.Blocks = Math.Max(Chunks(body.Reduced.Count, ReduceBlock), 1);
        var work = Math.Min(body.Reduced.Count, ReduceBlock) * (body.Vertical ? Math.Min(inner, Strip) : 1);
        body.UnitsPerChunk = Math.Max(2 * Grain / Math.Max(work, 1), 1);
        if (body.Blocks > 1) body.Partial = (E*)NativeMemory.Alloc((nuint)(body.Blocks * body.Kept.Count), (nuint)sizeof(E));
        WorkerPool.For(Chunks(body.Units * body.Blocks, body.UnitsPerChunk), ref body);
        if (body.Blocks == 1) return;
        body.JoinBlocks();
        NativeMemory.Free(body.Partial);
    }

    struct ReduceChunks<TOp, T, W> : IChunks
        where TOp : struct, IReduceOp
        where T : struct, IVectorLanes<T, E>
        where W : struct, IVectorLanes<W, E>
    {
        public LoopNest Kept;      // of x and y
        public LoopNest Reduced;   // of x
        public E* X;
        public E* Y;
        public E* Partial;         // [block, output], when there are several blocks
        public long Units;         // outputs, or strips of them
        public long Blocks;
        public long UnitsPerChunk;
        public bool Vertical;

        public void Run(long index)
        {
            var end = Math.Min((index + 1) * UnitsPerChunk, Units * Blocks);
            for (var unit = index * UnitsPerChunk; unit < end; unit++)
            {
                var (block, place) = Math.DivRem(unit, Units);
                var begin = block * ReduceBlock;
                var count = Math.Min(ReduceBlock, Reduced.Count - begin);
                if (Vertical) RunStrip(place, block, begin, count);
                else RunOutput(place, block, begin, count);
            }
        }

        void RunOutput(long output, long block, long begin, long count)
        {
            fixed (LoopNest* kept = &Kept, reduced = &Reduced)
            {
                var at = new LoopNest.Walk(kept, output);
                var x = X + at[0];
                var value = Reduced.Rank == 1 && Reduced.InnerStride(0) == 1
                    ? ReduceDense<TOp, T, W>(x + begin, count)
                    : ReducePieces<TOp, T, W>(x, reduced, begin, count);
                if (Blocks == 1) Y[at[1]] = value;
                else Partial[block * Kept.Count + output] = value;
            }
        }

        [SkipLocalsInit]
        void RunStrip(long strip, long block, long begin, long count)
        {
            var lanes = stackalloc E[Lanes * Strip];
            var (outer, column) = Math.DivRem(strip, Chunks(Kept.Inner, Strip));
            column *= Strip;
            var width = (int)Math.Min(Strip, Kept.Inner - column);
            var output = outer * Kept.Inner + column;
            fixed (LoopNest* kept = &Kept, reduced = &Reduced)
            {
                var at = new LoopNest.Walk(kept, output);
                var walk = new LoopNest.Walk(reduced, begin);
                for (long done = 0; done < count;)
                {
                    var rows = Math.Min(walk.Run, count - done);
                    AddRows<TOp, T>(lanes, done, X + at[0] + walk[0], Reduced.InnerStride(0), rows, width);
                    walk.Advance(rows);
                    done += rows;
                }
                FoldRows<TOp, T>(lanes, (int)Math.Min(count, Lanes), width);
                if (Blocks == 1) Strided(Y + at[1], Kept.InnerStride(1), lanes, 1, width);
                else Strided(Partial + block * Kept.Count + output, 1, lanes, 1, width);
            }
        }

        public void JoinBlocks()
        {
            fixed (LoopNest* kept = &Kept)
            {
                var at = new LoopNest.Walk(kept, 0);
                for (long i = 0; i < Kept.Count; i++, at.Advance(1))
                {
                    var y = Lane<E>.Load(Partial + i);
                    for (long block = 1; block < Blocks; block++) y = TOp.Combine(y, Lane<E>.Load(Partial + block * Kept.Count + i));
                    Lane<E>.Store(y, Y + at[1]);
                }
            }
        }
    }

    [SkipLocalsInit]
    static E ReducePieces<TOp, T, W>(E* x, LoopNest* reduced, long begin, long count)
        where TOp : struct, IReduceOp
        where T : struct, IVectorLanes<T, E>
        where W : struct, IVectorLanes<W, E>
    {
        const int Piece = 2048; // a multiple of the lanes
        var piece = stackalloc E[Piece];
        var lanes = stackalloc E[4 * W.Count];
        ClearLanes<TOp, W>(lanes);
        var walk = new LoopNest.Walk(reduced, begin);
        var stride = reduced->InnerStride(0);
        // Rows of whole sets of lanes are read where they lie.
        var inPlace = stride == 1 && reduced->Inner % (4 * W.Count) == 0;
        for (long done = 0; done < count;)
        {
            var run = Math.Min(walk.Run, count - done);
            if (inPlace)
            {
                AddDense<TOp, T, W>(lanes, x + walk[0], run);
                walk.Advance(run);
                done += run;
                continue;
            }
            var filled = 0;
            while (filled < Piece && done < count)
            {
                run = Math.Min(Math.Min(walk.Run, count - done), Piece - filled);
                Strided(piece + filled, 1, x + walk[0], stride, run);
                walk.Advance(run);
                filled += (int)run;
                done += run;
            }
            AddDense<TOp, T, W>(lanes, piece, filled);
        }
        return Fold<TOp, T>(lanes, 4 * W.Count, count);
    }

    /// <summary>One block of contiguous elements, or several in order.</summary>
    [SkipLocalsInit]
    static E ReduceDense<TOp, T, W>(E* x, long count)
        where TOp : struct, IReduceOp
        where T : struct, IVectorLanes<T, E>
        where W : struct, IVectorLanes<W, E>
    {
        var lanes = stackalloc E[4 * W.Count];
        ClearLanes<TOp, W>(lanes);
        AddDense<TOp, T, W>(lanes, x, count);
        return Fold<TOp, T>(lanes, 4 * W.Count, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void ClearLanes<TOp, W>(E* lanes)
        where TOp : struct, IReduceOp
        where W : struct, IVectorLanes<W, E>
    {
        for (var i = 0; i < 4; i++) W.Store(W.Of(TOp.Identity), lanes + i * W.Count);
    }

    // Goes on with the lanes. All pieces but the last fill them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void AddDense<TOp, T, W>(E* lanes, E* x, long count)
        where TOp : struct, IReduceOp
        where T : struct, IVectorLanes<T, E>
        where W : struct, IVectorLanes<W, E>
    {
        long i = 0;
        if (count >= 4 * W.Count)
        {
            var (a0, a1, a2, a3) = (W.Load(lanes), W.Load(lanes + W.Count), W.Load(lanes + 2 * W.Count), W.Load(lanes + 3 * W.Count));
            for (; i <= count - 4 * W.Count; i += 4 * W.Count)
            {
                a0 = TOp.Combine(a0, TOp.Transform(W.Load(x + i)));
                a1 = TOp.Combine(a1, TOp.Transform(W.Load(x + i + W.Count)));
                a2 = TOp.Combine(a2, TOp.Transform(W.Load(x + i + 2 * W.Count)));
                a3 = TOp.Combine(a3, TOp.Transform(W.Load(x + i + 3 * W.Count)));
            }
            W.Store(a0, lanes);
            W.Store(a1, lanes + W.Count);
            W.Store(a2, lanes + 2 * W.Count);
            W.Store(a3, lanes + 3 * W.Count);
        }
        AddRow<TOp, T>(lanes, x + i, count - i);
    }

    /// <summary>lanes[j] = op(lanes[j], x[j]).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void AddRow<TOp, T>(E* lanes, E* x, long count)
        where TOp : struct, IReduceOp
        where T : struct, IVectorLanes<T, E>
    {
        long j = 0;
        for (; j <= count - T.Count; j += T.Count)
            T.Store(TOp.Combine(T.Load(lanes + j), TOp.Transform(T.Load(x + j))), lanes + j);
        for (; j < count; j++)
            Lane<E>.Store(TOp.Combine(Lane<E>.Load(lanes + j), TOp.Transform(Lane<E>.Load(x + j))), lanes + j);
    }

    /// <summary>The tree of halves; lanes that got no element hold the identity and are passed over.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static E Fold<TOp, T>(E* lanes, int size, long count)
        where TOp : struct, IReduceOp
        where T : struct, IVectorLanes<T, E>
    {
        var half = size / 2;
        while (half >= count && half > 0) half /= 2;
        for (; half >= T.Count; half /= 2)
            for (var i = 0; i < half; i += T.Count)
                T.Store(TOp.Combine(T.Load(lanes + i), T.Load(lanes + i + half)), lanes + i);
        for (; half >= V128<E>.Count; half /= 2)
            for (var i = 0; i < half; i += V128<E>.Count)
                V128<E>.Store(TOp.Combine(V128<E>.Load(lanes + i), V128<E>.Load(lanes + i + half)), lanes + i);
        for (; half > 0; half /= 2)
            for (var i = 0; i < half; i++)
                Lane<E>.Store(TOp.Combine(Lane<E>.Load(lanes + i), Lane<E>.Load(lanes + i + half)), lanes + i);
        return lanes[0];
    }

    /// <summary>Rows of a strip, each into the lane of its place; lane k is a row of the strip's width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void AddRows<TOp, T>(E* lanes, long first, E* x, long dx, long rows, int width)
        where TOp : struct, IReduceOp
        where T : struct, IVectorLanes<T, E>
    {
        for (long k = first; k < first + rows; k++, x += dx)
        {
            var lane = lanes + (k & (Lanes - 1)) * Strip;
            if (k < Lanes) ClearRow<TOp, T>(lane);
            AddRow<TOp, T>(lane, x, width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void ClearRow<TOp, T>(E* lane)
        where TOp : struct, IReduceOp
        where T : struct, IVectorLanes<T, E>
    {
        for (var j = 0; j < Strip; j += T.Count) T.Store(T.Of(TOp.Identity), lane + j);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void FoldRows<TOp, T>(E* lanes, int filled, int width)
        where TOp : struct, IReduceOp
        where T : struct, IVectorLanes<T, E>
    {
        if (filled == 0) ClearRow<TOp, T>(lanes);
        for (var half = Lanes / 2; half > 0; half /= 2)
        {
            for (var i = 0; i < filled - half; i++)
                JoinRow<TOp, T>(lanes + i * Strip, lanes + (i + half) * Strip, width);
            filled = Math.Min(filled, half);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void JoinRow<TOp, T>(E* a, E* b, int width)
        where TOp : struct, IReduceOp
        where T : struct, IVectorLanes<T, E>
    {
        var j = 0;
        for (; j <= width - T.Count; j += T.Count) T.Store(TOp.Combine(T.Load(a + j), T.Load(b + j)), a + j);
        for (; j < width; j++) Lane<E>.Store(TOp.Combine(Lane<E>.Load(a + j), Lane<E>.Load(b + j)), a + j);
    }
}
