using System.Runtime.CompilerServices;

namespace MiniDL;

internal sealed unsafe partial class CpuBackend<E> : IAttentionKernels
{
    /// <inheritdoc/>
    public void AttentionForward(in AttentionShape shape, in TensorView q, in TensorView k, in TensorView v, in TensorView mask, in TensorView y, in TensorView logSumExp)
    {
        if (!Element.IsReal<E>()) throw NoKernel(nameof(AttentionForward));
        fixed (byte* pq = q, pk = k, pv = v, pm = &Start(!mask.IsNone, mask), py = y, pl = logSumExp)
        {
            var tiles = new AttentionTiles(shape, pq, pk, pv, mask, pm);
            if (Widths.Bits == 512) AttentionForward<V512<E>, V512<E>>(tiles, (E*)py, (E*)pl);
            else if (Widths.Bits == 256) AttentionForward<V256<E>, Twice<V256<E>, E>>(tiles, (E*)py, (E*)pl);
            else AttentionForward<V128<E>, Twice<Twice<V128<E>, E>, E>>(tiles, (E*)py, (E*)pl);
        }
    }

    // T is a register, W holds 64 bytes at any width.
    internal static void AttentionForward<T, W>(in AttentionTiles tiles, E* y, E* logSumExp)
        where T : struct, IVectorLanes<T, E>
        where W : struct, IVectorLanes<W, E>
    {
        var shape = tiles.Shape;
        var units = (long)shape.Batch * tiles.QueryTiles;
        var work = Gemm.Work(Math.Min(shape.Tq, AttentionTiles.Queries), shape.Tk, shape.D + shape.Dv);
        var perChunk = (long)Math.Clamp(Gemm.LeastChunk / work, 1, units);
        var body = new AttentionForwardChunks<T, W> { Tiles = tiles, Y = y, LogSumExp = logSumExp, Units = units, PerChunk = perChunk };
        WorkerPool.For(Chunks(units, perChunk), ref body);
    }

    /// <summary>A tile of queries over all the tiles of keys, with the largest score so far and the sum of exponentials below it (Milakov and Gimelshein 2018, arXiv:1805.02867).</summary>
    struct AttentionForwardChunks<T, W> : IChunks
        where T : struct, IVectorLanes<T, E>
        where W : struct, IVectorLanes<W, E>
    {
        public AttentionTiles Tiles;
        public E* Y;
        public E* LogSumExp;
        public long Units, PerChunk;

        public readonly void Run(long index)
        {
            using var scratch = new AttentionScratch(AttentionTiles.Queries * ((long)Tiles.Shape.D + AttentionTiles.Keys));
            var end = Math.Min(Units, (index + 1) * PerChunk);
            for (var unit = index * PerChunk; unit < end; unit++)
            {
                var (batch, tile) = Math.DivRem(unit, Tiles.QueryTiles);
                RunTile(batch, (int)tile * AttentionTiles.Queries, scratch.Data);
            }
        }

        [SkipLocalsInit]
        readonly void RunTile(long batch, int q, E* scratch)
        {
            var running = stackalloc Running[AttentionTiles.Queries];
            new Span<Running>(running, AttentionTiles.Queries).Fill(Running.None);
            int rows = Tiles.RowsAt(q), dv = Tiles.Shape.Dv, end = Tiles.KeyEnd(q);
            E* x = scratch, p = x + AttentionTiles.Queries * (nint)Tiles.Shape.D;
            var first = (nint)(batch * Tiles.Shape.Tq + q);
            var y = new GemmMatrix<E>(Y + first * dv, dv);

            Tiles.ScaleQueries<T>(batch, q, x);
            for (var key = 0; key < end; key += AttentionTiles.Keys)
            {
                var columns = Math.Min(AttentionTiles.Keys, end - key);
                Tiles.Scores<T>(batch, q, key, columns, x, p);
                for (var i = 0; i < rows; i++)
                {
                    var shrink = Exponentials(p + (nint)i * AttentionTiles.Keys, AttentionTiles.Padded(columns), ref running[i]);
                    if (shrink != 1 && key > 0) Multiply<T>(y.At(i, 0), y.At(i, 0), dv, Element.Of<E>(shrink));
                }
                Gemm.Run(rows, dv, columns, new(p, AttentionTiles.Keys), Tiles.ValuesAt(batch, key), y, accumulate: key > 0);
            }
            for (var i = 0; i < rows; i++)
            {
                Multiply<T>(y.At(i, 0), y.At(i, 0), dv, Element.Of<E>(1 / running[i].Sum));
                LogSumExp[first + i] = Element.Of<E>(running[i].LogSumExp);
            }
        }

        /// <summary>s becomes e^(s − max) with the maximum that counts s in; returns what earlier sums of such exponentials are to be multiplied by.</summary>
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static double Exponentials(E* s, int count, ref Running running)
        {
            var lanes = stackalloc E[W.Count];
            // A NaN is passed over here: its exponential brings it into the sum.
            var largest = W.Load(s);
            for (var j = W.Count; j < count; j += W.Count)
            {
                var x = W.Load(s + j);
                largest = W.IfGreater(x, largest, x, largest);
            }
            W.Store(largest, lanes);
            var max = Math.Max(running.Max, AsDouble(Fold<Tensor.LargestOp, T>(lanes, W.Count, W.Count)));

            // Nothing seen yet leaves 0 for e^(−∞ − 0).
            var shift = double.IsNegativeInfinity(max) ? 0 : max;
            var below = W.Of(shift);
            var sum = W.Of(0);
            for (var j = 0; j < count; j += W.Count)
            {
                var e = W.Exp(W.Load(s + j) - below);
                W.Store(e, s + j);
                sum += e;
            }
            W.Store(sum, lanes);
            var shrink = max > running.Max ? Running.Exp(running.Max - shift) : 1;
            running.Sum = running.Sum * shrink + AsDouble(Fold<SumOp, T>(lanes, W.Count, W.Count));
            running.Max = max;
            return shrink;
        }
    }

    /// <summary>What a query has met so far: the largest score m, and Σ e^(score − m).</summary>
    struct Running
    {
        public double Max, Sum;

        public static Running None => new() { Max = double.NegativeInfinity };

        public readonly double LogSumExp
        {
            get
            {
                double log;
                Lane<double>.Store(Lane<double>.Log(Lane<double>.Broadcast(Sum)), &log);
                return Max + log;
            }
        }

        // The library's own, for its bits.
        public static double Exp(double x)
        {
            Lane<double>.Store(Lane<double>.Exp(Lane<double>.Broadcast(x)), &x);
            return x;
        }
    }
}
