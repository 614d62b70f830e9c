using System.Runtime.CompilerServices;

namespace MiniDL;

// What the kernels over rows and channels share: the cut into units, and sums of formulas in the order of IReduceOp, by the core of Reduce.
internal sealed unsafe partial class CpuBackend<E>
{
    /// <summary>A kernel that is cut in units, such as rows, each of which owns what it writes. T is a register, W holds 64 bytes at any width.</summary>
    interface IUnits
    {
        /// <summary>Does one unit.</summary>
        void Run<T, W>(long unit)
            where T : struct, IVectorLanes<T, E>
            where W : struct, IVectorLanes<W, E>;
    }

    struct UnitChunks<TBody, T, W>(TBody body, long units, long perChunk) : IChunks
        where TBody : struct, IUnits
        where T : struct, IVectorLanes<T, E>
        where W : struct, IVectorLanes<W, E>
    {
        TBody body = body;

        public void Run(long index)
        {
            var end = Math.Min((index + 1) * perChunk, units);
            for (var unit = index * perChunk; unit < end; unit++) body.Run<T, W>(unit);
        }
    }

    /// <summary>Runs all units, on all threads when there are enough of <paramref name="work"/> elements each.</summary>
    static void ForUnits<TBody>(TBody body, long units, long work) where TBody : struct, IUnits
    {
        if (!Element.IsReal<E>()) throw NoKernel(typeof(TBody).Name);
        if (Widths.Bits == 512) ForUnits<TBody, V512<E>, V512<E>>(body, units, work);
        else if (Widths.Bits == 256) ForUnits<TBody, V256<E>, Twice<V256<E>, E>>(body, units, work);
        else ForUnits<TBody, V128<E>, Twice<Twice<V128<E>, E>, E>>(body, units, work);
    }

    static void ForUnits<TBody, T, W>(TBody body, long units, long work)
        where TBody : struct, IUnits
        where T : struct, IVectorLanes<T, E>
        where W : struct, IVectorLanes<W, E>
    {
        var perChunk = Math.Max(Grain / Math.Max(work, 1), 1);
        var chunks = new UnitChunks<TBody, T, W>(body, units, perChunk);
        WorkerPool.For(Chunks(units, perChunk), ref chunks);
    }

    /// <summary>An element as a double: single numbers beside the loops are computed in double and rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static double Real(E x) => sizeof(E) == 4 ? Unsafe.BitCast<E, float>(x) : Unsafe.BitCast<E, double>(x);

    /// <summary>A double as an element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static E Rounded(double x) => sizeof(E) == 4 ? Unsafe.BitCast<float, E>((float)x) : Unsafe.BitCast<double, E>(x);

    /// <summary>An element as a constant of a formula.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Number Constant(E x) => Real(x);

    /// <summary>The reduction of contiguous elements, block by block.</summary>
    static E ReduceRow<TOp, T, W>(E* x, long count)
        where TOp : struct, IReduceOp
        where T : struct, IVectorLanes<T, E>
        where W : struct, IVectorLanes<W, E>
    {
        var y = ReduceDense<TOp, T, W>(x, Math.Min(count, ReduceBlock));
        for (var begin = ReduceBlock; begin < count; begin += ReduceBlock)
            y = Join<TOp>(y, ReduceDense<TOp, T, W>(x + begin, Math.Min(ReduceBlock, count - begin)));
        return y;
    }

    static E Join<TOp>(E a, E b) where TOp : struct, IReduceOp
    {
        Lane<E>.Store(TOp.Combine(Lane<E>.Load(&a), Lane<E>.Load(&b)), &a);
        return a;
    }

    /// <summary>Σ f(a, b, c) over elements that come run by run: mapped into a piece that stays in L1, and added from there.</summary>
    /// <param name="scratch"><see cref="ScratchSize"/> elements.</param>
    struct MappedSum<T, W>(E* scratch)
        where T : struct, IVectorLanes<T, E>
        where W : struct, IVectorLanes<W, E>
    {
        const int Piece = 1024; // divides a block, and is a multiple of the lanes

        public const int ScratchSize = Piece + 64;

        readonly E* lanes = scratch + Piece;
        int filled;
        long inBlock;
        bool joins;
        E total;

        public void Add<TOp>(TOp op, E* a, E* b, E* c, long count) where TOp : struct, IMapOp
        {
            for (long i = 0; i < count;)
            {
                var run = Math.Min(count - i, Piece - filled);
                MapDense<TOp, T>(op, scratch + filled, TOp.Arity > 0 ? a + i : null, TOp.Arity > 1 ? b + i : null, TOp.Arity > 2 ? c + i : null, run);
                i += run;
                filled += (int)run;
                if (filled == Piece) Flush();
            }
        }

        void Flush()
        {
            if (inBlock == 0) ClearLanes<SumOp, W>(lanes);
            AddDense<SumOp, T, W>(lanes, scratch, filled);
            inBlock += filled;
            filled = 0;
            if (inBlock == ReduceBlock) EndBlock();
        }

        void EndBlock()
        {
            var sum = Fold<SumOp, T>(lanes, Lanes, inBlock);
            total = joins ? Join<SumOp>(total, sum) : sum;
            joins = true;
            inBlock = 0;
        }

        public E Finish()
        {
            if (filled > 0) Flush();
            if (inBlock > 0) EndBlock();
            return total;
        }
    }

    /// <summary>Columns that are reduced side by side, at most a <see cref="Strip"/> of them.</summary>
    /// <param name="scratch"><see cref="ScratchSize"/> elements.</param>
    /// <param name="width">How many columns.</param>
    struct ColumnReduction<TOp, T>(E* scratch, int width)
        where TOp : struct, IReduceOp
        where T : struct, IVectorLanes<T, E>
    {
        public static int ScratchSize => (Lanes + 1) * Strip;

        readonly E* total = scratch + Lanes * Strip;
        long inBlock;
        bool joins;

        /// <summary>Goes on by rows that lie <paramref name="dx"/> apart.</summary>
        public void Add(E* x, long dx, long rows)
        {
            while (rows > 0)
            {
                var run = Math.Min(rows, ReduceBlock - inBlock);
                AddRows<TOp, T>(scratch, inBlock, x, dx, run, width);
                x += run * dx;
                rows -= run;
                inBlock += run;
                if (inBlock == ReduceBlock) EndBlock();
            }
        }

        void EndBlock()
        {
            FoldRows<TOp, T>(scratch, (int)Math.Min(inBlock, Lanes), width);
            if (joins) JoinRow<TOp, T>(total, scratch, width);
            else Strided(total, 1, scratch, 1, width);
            joins = true;
            inBlock = 0;
        }

        /// <summary>The results, a contiguous row.</summary>
        public E* Finish()
        {
            if (inBlock > 0 || !joins) EndBlock();
            return total;
        }
    }

    /// <summary>Rows along an axis as strips of columns side by side: element i of column j in plane p lies at p·Plane + i·Step + j·Column.</summary>
    readonly struct Columns
    {
        public readonly long Size, Inner, Plane, Step, Column, Strips, Units;

        /// <summary>Rows that lie between others, or short contiguous ones.</summary>
        public Columns(in RowShape shape)
        {
            Size = shape.Size;
            (Inner, Step, Column) = shape.Inner > 1 ? (shape.Inner, shape.Inner, 1) : (shape.Outer, 1, shape.Size);
            Plane = shape.Inner > 1 ? Size * Inner : 0;
            Strips = Chunks(Inner, Strip);
            Units = shape.Inner > 1 ? shape.Outer * Strips : Strips;
        }

        /// <summary>Whether rows are done one by one: contiguous ones that fill the lanes.</summary>
        public static bool AreRows(in RowShape shape) => shape.Inner == 1 && shape.Size > Lanes;

        /// <summary>Elements of a unit.</summary>
        public long Work => Size * Math.Min(Inner, Strip);

        /// <summary>Elements of a strip that is gathered; a strip whose columns lie side by side is worked on where it lies.</summary>
        public int BlockSize => Column == 1 ? 0 : (int)Size * Strip;

        /// <summary>The step from one row of the strip to the next, once it is gathered.</summary>
        public long BlockStep => Column == 1 ? Step : Strip;

        /// <summary>Where a strip starts, how many columns it has, and the place of its first column among all.</summary>
        public void Locate(long unit, out long offset, out int width, out long place)
        {
            var (plane, strip) = Math.DivRem(unit, Strips);
            var first = strip * Strip;
            width = (int)Math.Min(Strip, Inner - first);
            offset = plane * Plane + first * Column;
            place = plane * Inner + first;
        }

        /// <summary>The strip as rows of columns side by side: where it lies, or gathered in the block.</summary>
        public E* Gather(E* x, E* block, int width)
        {
            if (Column == 1) return x;
            for (long i = 0; i < Size; i++) Strided(block + i * Strip, 1, x + i * Step, Column, width);
            return block;
        }

        /// <summary>Writes a strip back that was worked on in the block.</summary>
        public void Scatter(E* y, E* block, int width)
        {
            if (Column == 1) return;
            for (long i = 0; i < Size; i++) Strided(y + i * Step, Column, block + i * Strip, 1, width);
        }
    }
}
