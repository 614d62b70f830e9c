using System.Runtime.CompilerServices;

namespace MiniDL;

internal sealed unsafe partial class CpuBackend<E>
{
    /// <inheritdoc/>
    public void Map<TOp>(TOp op, in TensorView y, in TensorView a, in TensorView b, in TensorView c) where TOp : struct, IMapOp
    {
        if (!Element.IsReal<E>()) throw NoKernel($"Map<{typeof(TOp).Name}>");
        MapAny(op, y, a, b, c);
    }

    /// <inheritdoc/>
    public void MapNumber<TOp>(TOp op, in TensorView y, in TensorView a, in TensorView b, in TensorView c) where TOp : struct, INumberMapOp
    {
        if (!IsNumber) throw NoKernel($"MapNumber<{typeof(TOp).Name}>");
        MapAny(new OnNumbers<TOp>(op), y, a, b, c);
    }

    /// <summary>A formula of numbers is one of real numbers that uses less.</summary>
    readonly struct OnNumbers<TOp>(TOp op) : IMapOp where TOp : struct, INumberMapOp
    {
        public static int Arity => TOp.Arity;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T a, T b, T c) where T : struct, ILanes<T> => op.Invoke(a, b, c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void MapAny<TOp>(TOp op, in TensorView y, in TensorView a, in TensorView b, in TensorView c) where TOp : struct, IMapOp
    {
        if (Widths.Bits == 512) MapLanes<TOp, V512<E>>(op, y, a, b, c);
        else if (Widths.Bits == 256) MapLanes<TOp, V256<E>>(op, y, a, b, c);
        else MapLanes<TOp, V128<E>>(op, y, a, b, c);
    }

    static void MapLanes<TOp, T>(TOp op, in TensorView y, in TensorView a, in TensorView b, in TensorView c)
        where TOp : struct, IMapOp
        where T : struct, IVectorLanes<T, E>
    {
        fixed (byte* py = y, pa = &Start(TOp.Arity > 0, a), pb = &Start(TOp.Arity > 1, b), pc = &Start(TOp.Arity > 2, c))
        {
            if (y.Layout.IsContiguous && y.Count <= Grain
                && (TOp.Arity < 1 || a.Layout.IsContiguous) && (TOp.Arity < 2 || b.Layout.IsContiguous) && (TOp.Arity < 3 || c.Layout.IsContiguous))
                MapDense<TOp, T>(op, (E*)py, (E*)pa, (E*)pb, (E*)pc, y.Count);
            else
                MapRows(
                    y.Layout, TOp.Arity > 0 ? a.Layout : y.Layout, TOp.Arity > 1 ? b.Layout : y.Layout, TOp.Arity > 2 ? c.Layout : y.Layout,
                    new MapRow<TOp, T> { Op = op, Y = (E*)py, A = (E*)pa, B = (E*)pb, C = (E*)pc });
        }
    }

    // What lies beyond the arity may be a view of nothing.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ref byte Start(bool used, in TensorView x) => ref used ? ref x.GetPinnableReference() : ref Unsafe.NullRef<byte>();

    // Apart, so that the small call above need not clear room for the loops.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void MapRows<TOp, T>(Layout y, Layout a, Layout b, Layout c, MapRow<TOp, T> row)
        where TOp : struct, IMapOp
        where T : struct, IVectorLanes<T, E>
    {
        if (y.IsContiguous && y.Count >= LeastStraightened)
            MapStraightened(y, a, b, c, row);
        else
            ForRows(new LoopNest(anyOrder: true, y, a, b, c), row, Grain);
    }

    /// <summary>Elements from which on a transposed operand is worth a copy.</summary>
    const int LeastStraightened = 4096;

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void MapStraightened<TOp, T>(Layout y, Layout a, Layout b, Layout c, MapRow<TOp, T> row)
        where TOp : struct, IMapOp
        where T : struct, IVectorLanes<T, E>
    {
        var straightA = Straightened(y, ref a, ref row.A);
        var straightB = Straightened(y, ref b, ref row.B);
        var straightC = Straightened(y, ref c, ref row.C);
        ForRows(new LoopNest(anyOrder: true, y, a, b, c), row, Grain);
        if (straightA is not null) BufferPool.Cpu.Return(straightA);
        if (straightB is not null) BufferPool.Cpu.Return(straightB);
        if (straightC is not null) BufferPool.Cpu.Return(straightC);
    }

    // A large operand that lies transposed is copied by squares first: a row of y would meet a line of memory for each element.
    static DeviceBuffer? Straightened(Layout y, ref Layout layout, ref E* x)
    {
        if (layout.IsContiguous) return null;
        var nest = new LoopNest(anyOrder: true, y, layout);
        if (!IsTransposed(nest, out _)) return null;
        var buffer = BufferPool.Cpu.Rent(y.Count * sizeof(E));
        TryTranspose(nest, x, (E*)buffer.Pointer);
        layout = y;
        x = (E*)buffer.Pointer;
        return buffer;
    }

    struct MapRow<TOp, T> : IRow
        where TOp : struct, IMapOp
        where T : struct, IVectorLanes<T, E>
    {
        public TOp Op;
        public E* Y;
        public E* A;
        public E* B;
        public E* C;

        public readonly void Run(in LoopNest nest, in LoopNest.Walk at, long count)
        {
            var (dy, da, db, dc) = (nest.InnerStride(0), nest.InnerStride(1), nest.InnerStride(2), nest.InnerStride(3));
            if (dy == 1 && (TOp.Arity < 1 || da == 1) && (TOp.Arity < 2 || db == 1) && (TOp.Arity < 3 || dc == 1))
                MapDense<TOp, T>(Op, Y + at[0], A + at[1], B + at[2], C + at[3], count);
            else
                MapStrided<TOp, T>(Op, Y + at[0], dy, A + at[1], da, B + at[2], db, C + at[3], dc, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void MapDense<TOp, T>(TOp op, E* y, E* a, E* b, E* c, long count)
        where TOp : struct, IMapOp
        where T : struct, IVectorLanes<T, E>
    {
        long i = 0;
        for (; i <= count - T.Count; i += T.Count)
            T.Store(op.Invoke(
                TOp.Arity > 0 ? T.Load(a + i) : default,
                TOp.Arity > 1 ? T.Load(b + i) : default,
                TOp.Arity > 2 ? T.Load(c + i) : default), y + i);
        var rest = (int)(count - i);
        if (rest > 0)
            Widths.StorePartial<T, E>(op.Invoke(
                TOp.Arity > 0 ? Widths.LoadPartial<T, E>(a + i, rest) : default,
                TOp.Arity > 1 ? Widths.LoadPartial<T, E>(b + i, rest) : default,
                TOp.Arity > 2 ? Widths.LoadPartial<T, E>(c + i, rest) : default), y + i, rest);
    }

    /// <summary>Elements of a strided operand that are made dense at once.</summary>
    const int Block = 256;

    // Strided operands are gathered into a block on the stack, a repeated one is a register full of it that is read again and again.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void MapStrided<TOp, T>(TOp op, E* y, long dy, E* a, long da, E* b, long db, E* c, long dc, long count)
        where TOp : struct, IMapOp
        where T : struct, IVectorLanes<T, E>
    {
        var scratch = stackalloc E[4 * Block];
        var gathers = dy != 1 || (TOp.Arity > 0 && da is not (0 or 1)) || (TOp.Arity > 1 && db is not (0 or 1)) || (TOp.Arity > 2 && dc is not (0 or 1));
        var step = gathers ? Block : count;
        for (long i = 0; i < count; i += step)
        {
            var n = Math.Min(step, count - i);
            MapSteps<TOp, T>(
                op,
                dy == 1 ? y + i : scratch,
                TOp.Arity > 0 ? Dense<T>(a + i * da, da, scratch + Block, n) : null, da == 0 ? 0 : T.Count,
                TOp.Arity > 1 ? Dense<T>(b + i * db, db, scratch + 2 * Block, n) : null, db == 0 ? 0 : T.Count,
                TOp.Arity > 2 ? Dense<T>(c + i * dc, dc, scratch + 3 * Block, n) : null, dc == 0 ? 0 : T.Count,
                n);
            if (dy != 1) Strided(y + i * dy, dy, scratch, 1, n);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static E* Dense<T>(E* x, long dx, E* block, long count) where T : struct, IVectorLanes<T, E>
    {
        if (dx == 1) return x;
        if (dx == 0) T.Store(T.Broadcast(*x), block);
        else Strided(block, 1, x, dx, count);
        return block;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void MapSteps<TOp, T>(TOp op, E* y, E* a, int da, E* b, int db, E* c, int dc, long count)
        where TOp : struct, IMapOp
        where T : struct, IVectorLanes<T, E>
    {
        long i = 0;
        for (; i <= count - T.Count; i += T.Count, a += da, b += db, c += dc)
            T.Store(op.Invoke(
                TOp.Arity > 0 ? T.Load(a) : default,
                TOp.Arity > 1 ? T.Load(b) : default,
                TOp.Arity > 2 ? T.Load(c) : default), y + i);
        var rest = (int)(count - i);
        if (rest > 0)
            Widths.StorePartial<T, E>(op.Invoke(
                TOp.Arity > 0 ? Widths.LoadPartial<T, E>(a, rest) : default,
                TOp.Arity > 1 ? Widths.LoadPartial<T, E>(b, rest) : default,
                TOp.Arity > 2 ? Widths.LoadPartial<T, E>(c, rest) : default), y + i, rest);
    }
}
