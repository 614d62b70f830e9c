using System.Runtime.CompilerServices;

namespace MiniDL;

internal sealed unsafe partial class CpuBackend<E>
{
    /// <inheritdoc/>
    public void AttentionBackward(
        in AttentionShape shape, in TensorView q, in TensorView k, in TensorView v, in TensorView mask, in TensorView y, in TensorView logSumExp, in TensorView dy,
        in TensorView dq, in TensorView dk, in TensorView dv)
    {
        if (!Element.IsReal<E>()) throw NoKernel(nameof(AttentionBackward));
        fixed (byte* pq = q, pk = k, pv = v, pm = &Start(!mask.IsNone, mask), py = y, pl = logSumExp, pdy = dy,
            pdq = &Start(!dq.IsNone, dq), pdk = &Start(!dk.IsNone, dk), pdv = &Start(!dv.IsNone, dv))
        {
            var operands = new AttentionGradients { Y = (E*)py, LogSumExp = (E*)pl, Dy = (E*)pdy, Dq = (E*)pdq, Dk = (E*)pdk, Dv = (E*)pdv };
            var tiles = new AttentionTiles(shape, pq, pk, pv, mask, pm);
            if (Widths.Bits == 512) AttentionBackward<V512<E>, V512<E>>(tiles, operands);
            else if (Widths.Bits == 256) AttentionBackward<V256<E>, Twice<V256<E>, E>>(tiles, operands);
            else AttentionBackward<V128<E>, Twice<Twice<V128<E>, E>, E>>(tiles, operands);
        }
    }

    internal static void AttentionBackward<T, W>(in AttentionTiles tiles, in AttentionGradients operands)
        where T : struct, IVectorLanes<T, E>
        where W : struct, IVectorLanes<W, E>
    {
        var shape = tiles.Shape;
        var work = Gemm.Work(shape.Tq, shape.Tk, 3 * shape.D + 2 * shape.Dv);
        var body = new AttentionBackwardChunks<T, W> { Tiles = tiles, Operands = operands };
        body.Whole = WorkerPool.Threads == 1 || shape.Batch >= 4 * WorkerPool.Threads || work * shape.Batch < 2 * Gemm.LeastChunk;
        body.PerChunk = body.Whole ? (long)Math.Clamp(Gemm.LeastChunk / work, 1, shape.Batch) : 1;
        body.ForQueries = body.Whole || operands.Dq == null ? 0 : (long)shape.Batch * tiles.QueryTiles;
        var forKeys = operands.Dk == null && operands.Dv == null ? 0 : (long)shape.Batch * tiles.KeyTiles;
        WorkerPool.For(body.Whole ? Chunks(shape.Batch, body.PerChunk) : body.ForQueries + forKeys, ref body);
    }

    /// <summary>What the backward has beside q, k and v; gradients that nobody wants are null.</summary>
    internal struct AttentionGradients
    {
        public E* Y;
        public E* LogSumExp;
        public E* Dy;
        public E* Dq;
        public E* Dk;
        public E* Dv;
    }

    /// <summary>
    /// With enough problems a chunk is one of them whole. Else a chunk is a tile of queries for dq, or a tile of keys for dk and dv, and each computes the weights it
    /// needs. Either way dq is summed in the order of keys, dk and dv in the order of queries: the bits are the same.
    /// </summary>
    struct AttentionBackwardChunks<T, W> : IChunks
        where T : struct, IVectorLanes<T, E>
        where W : struct, IVectorLanes<W, E>
    {
        public AttentionTiles Tiles;
        public AttentionGradients Operands;
        public bool Whole;
        public long PerChunk, ForQueries;

        public readonly void Run(long index)
        {
            var shape = Tiles.Shape;
            using var scratch = new AttentionScratch(AttentionTiles.Queries * ((long)shape.D + 2 * AttentionTiles.Keys));
            if (Whole)
            {
                var end = Math.Min(shape.Batch, (index + 1) * PerChunk);
                for (var i = index * PerChunk; i < end; i++) RunTiles(i, 0, shape.Tq, 0, shape.Tk, Operands, scratch.Data);
                return;
            }
            var part = Operands;
            if (index < ForQueries)
            {
                part.Dk = part.Dv = null;
                var (batch, tile) = Math.DivRem(index, Tiles.QueryTiles);
                var q = (int)tile * AttentionTiles.Queries;
                RunTiles(batch, q, q + Tiles.RowsAt(q), 0, shape.Tk, part, scratch.Data);
            }
            else
            {
                part.Dq = null;
                var (batch, tile) = Math.DivRem(index - ForQueries, Tiles.KeyTiles);
                var key = (int)tile * AttentionTiles.Keys;
                RunTiles(batch, 0, shape.Tq, key, (int)Math.Min(shape.Tk, (long)key + AttentionTiles.Keys), part, scratch.Data);
            }
        }

        /// <summary>The part of the gradients that comes from queries q0 … q1−1 looking at keys k0 … k1−1; dq wants all keys, dk and dv all queries.</summary>
        [SkipLocalsInit]
        readonly void RunTiles(long batch, int q0, int q1, int k0, int k1, AttentionGradients o, E* scratch)
        {
            int d = Tiles.Shape.D, dv = Tiles.Shape.Dv;
            var keys = (nint)(batch * Tiles.Shape.Tk);
            GemmMatrix<E> dk = new(o.Dk + keys * d, d), dValues = new(o.Dv + keys * dv, dv);
            if (o.Dk != null) new Span<E>(dk.At(k0, 0), (k1 - k0) * d).Clear();
            if (o.Dv != null) new Span<E>(dValues.At(k0, 0), (k1 - k0) * dv).Clear();

            E* x = scratch, p = x + AttentionTiles.Queries * (nint)d, ds = p + AttentionTiles.Queries * AttentionTiles.Keys;
            GemmMatrix<E> queries = new(x, d), weights = new(p, AttentionTiles.Keys), dScores = new(ds, AttentionTiles.Keys);
            var dots = stackalloc E[AttentionTiles.Queries];
            for (var q = q0; q < q1; q += AttentionTiles.Queries)
            {
                var end = Math.Min(k1, Tiles.KeyEnd(q));
                if (end <= k0) continue;
                var rows = Tiles.RowsAt(q);
                var first = (nint)(batch * Tiles.Shape.Tq + q);
                GemmMatrix<E> dy = new(o.Dy + first * dv, dv), dq = new(o.Dq + first * d, d);
                Tiles.ScaleQueries<T>(batch, q, x);
                for (var i = 0; i < rows; i++) dots[i] = Dot(dy.At(i, 0), o.Y + (first + i) * dv, dv);

                for (var key = k0; key < end; key += AttentionTiles.Keys)
                {
                    var columns = Math.Min(AttentionTiles.Keys, end - key);
                    Tiles.Scores<T>(batch, q, key, columns, x, p);
                    Gemm.Run(rows, columns, dv, dy, Tiles.ValuesAt(batch, key).Transposed, dScores);
                    for (var i = 0; i < rows; i++) Backward(weights.At(i, 0), dScores.At(i, 0), AttentionTiles.Padded(columns), o.LogSumExp[first + i], dots[i]);
                    Tiles.Hide(batch, q, key, columns, ds, default);
                    if (o.Dq != null) Gemm.Run(rows, d, columns, dScores, Tiles.KeysAt(batch, key), dq, accumulate: key > 0);
                    if (o.Dk != null) Gemm.Run(columns, d, rows, dScores.Transposed, queries, dk.From(key, 0), accumulate: true);
                    if (o.Dv != null) Gemm.Run(columns, dv, rows, weights.Transposed, dy, dValues.From(key, 0), accumulate: true);
                }
                if (o.Dq != null) Multiply<T>(dq.Data, dq.Data, (nint)rows * d, Element.Of<E>(Tiles.Shape.Scale));
            }
        }

        /// <summary>s becomes p = e^(s − log Σ exp), and dp becomes ds = p·(dp − Σ dp·p), where Σ dp·p = Σ dy·y.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Backward(E* s, E* dp, int count, E logSumExp, E dot)
        {
            W below = W.Broadcast(logSumExp), mean = W.Broadcast(dot);
            for (var j = 0; j < count; j += W.Count)
            {
                var p = W.Exp(W.Load(s + j) - below);
                W.Store(p, s + j);
                W.Store(p * (W.Load(dp + j) - mean), dp + j);
            }
        }

        /// <summary>Σ a·b: element i goes to lane i mod W.Count, lanes meet in a tree.</summary>
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static E Dot(E* a, E* b, int count)
        {
            var lanes = stackalloc E[W.Count];
            var sum = W.Of(0);
            var i = 0;
            for (; i <= count - W.Count; i += W.Count) sum = W.Fma(W.Load(a + i), W.Load(b + i), sum);
            W.Store(sum, lanes);
            for (var lane = lanes; i < count; i++, lane++) Lane<E>.Store(Lane<E>.Fma(Lane<E>.Load(a + i), Lane<E>.Load(b + i), Lane<E>.Load(lane)), lane);
            return Fold<SumOp, T>(lanes, W.Count, W.Count);
        }
    }
}
