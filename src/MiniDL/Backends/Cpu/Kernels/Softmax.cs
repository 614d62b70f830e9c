using System.Runtime.CompilerServices;

namespace MiniDL;

// A row is read three times, in L1: its maximum, its exponentials and their sum, the scaling.
internal sealed unsafe partial class CpuBackend<E> : ISoftmaxKernels
{
    /// <inheritdoc/>
    public void SoftmaxForward(in RowShape shape, bool log, in TensorView x, in TensorView y)
    {
        if (y.Count == 0) return;
        fixed (byte* px = x, py = y)
        {
            if (Columns.AreRows(shape))
                ForUnits(new SoftmaxRows { X = (E*)px, Y = (E*)py, Size = shape.Size, Log = log }, shape.Outer, shape.Size);
            else
            {
                var columns = new Columns(shape);
                ForUnits(new SoftmaxColumns { X = (E*)px, Y = (E*)py, At = columns, Log = log }, columns.Units, columns.Work);
            }
        }
    }

    /// <inheritdoc/>
    public void SoftmaxBackward(in RowShape shape, bool log, in TensorView y, in TensorView dy, in TensorView dx)
    {
        if (y.Count == 0) return;
        fixed (byte* py = y, pdy = dy, pdx = dx)
        {
            if (Columns.AreRows(shape))
                ForUnits(new SoftmaxRowsBackward { Y = (E*)py, Dy = (E*)pdy, Dx = (E*)pdx, Size = shape.Size, Log = log }, shape.Outer, shape.Size);
            else
            {
                var columns = new Columns(shape);
                ForUnits(new SoftmaxColumnsBackward { Y = (E*)py, Dy = (E*)pdy, Dx = (E*)pdx, At = columns, Log = log }, columns.Units, columns.Work);
            }
        }
    }

    /// <summary>e^(x − m).</summary>
    readonly struct ExpFrom(Number m) : IMapOp
    {
        public static int Arity => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T x, T b, T c) where T : struct, ILanes<T> => T.Exp(x - T.Of(m));
    }

    /// <summary>e^(x − m), m an operand.</summary>
    readonly struct ExpBelow : IMapOp
    {
        public static int Arity => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T x, T m, T c) where T : struct, ILanes<T> => T.Exp(x - m);
    }

    /// <summary>a·b.</summary>
    readonly struct Times : IMapOp
    {
        public static int Arity => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T a, T b, T c) where T : struct, ILanes<T> => a * b;
    }

    /// <summary>x·a.</summary>
    readonly struct Scaled(Number a) : IMapOp
    {
        public static int Arity => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T x, T b, T c) where T : struct, ILanes<T> => x * T.Of(a);
    }

    /// <summary>(x − m) − s.</summary>
    readonly struct Lowered(Number m, Number s) : IMapOp
    {
        public static int Arity => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T x, T b, T c) where T : struct, ILanes<T> => x - T.Of(m) - T.Of(s);
    }

    /// <summary>(x − m) − s, all operands.</summary>
    readonly struct LoweredBelow : IMapOp
    {
        public static int Arity => 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T x, T m, T s) where T : struct, ILanes<T> => x - m - s;
    }

    /// <summary>dx = y·(dy − s), or for the logarithm dy − e^y·s.</summary>
    readonly struct SoftmaxGradient(bool log) : IMapOp
    {
        public static int Arity => 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T y, T dy, T s) where T : struct, ILanes<T> => log ? dy - T.Exp(y) * s : y * (dy - s);
    }

    /// <summary>The same with s a constant.</summary>
    readonly struct SoftmaxRowGradient(bool log, Number s) : IMapOp
    {
        public static int Arity => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T y, T dy, T c) where T : struct, ILanes<T> => new SoftmaxGradient(log).Invoke(y, dy, T.Of(s));
    }

    static E LogOf(E x)
    {
        Lane<E>.Store(Lane<E>.Log(Lane<E>.Load(&x)), &x);
        return x;
    }

    struct SoftmaxRows : IUnits
    {
        public E* X;
        public E* Y;
        public long Size;
        public bool Log;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<T, W>(long unit)
            where T : struct, IVectorLanes<T, E>
            where W : struct, IVectorLanes<W, E>
        {
            E* x = X + unit * Size, y = Y + unit * Size;
            var max = Constant(ReduceRow<Tensor.LargestOp, T, W>(x, Size));
            MapDense<ExpFrom, T>(new(max), y, x, null, null, Size);
            var sum = ReduceRow<SumOp, T, W>(y, Size);
            if (Log) MapDense<Lowered, T>(new(max, Constant(LogOf(sum))), y, x, null, null, Size);
            else MapDense<Scaled, T>(new(Constant(Rounded(1 / Real(sum)))), y, y, null, null, Size);
        }
    }

    struct SoftmaxColumns : IUnits
    {
        public E* X;
        public E* Y;
        public Columns At;
        public bool Log;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<T, W>(long unit)
            where T : struct, IVectorLanes<T, E>
            where W : struct, IVectorLanes<W, E>
        {
            At.Locate(unit, out var offset, out var width, out _);
            var block = stackalloc E[At.BlockSize];
            var x = At.Gather(X + offset, block, width);
            var y = At.Column == 1 ? Y + offset : block;
            var (size, step) = (At.Size, At.BlockStep);

            E* max = stackalloc E[Strip], row = stackalloc E[Strip];
            var scratch = stackalloc E[ColumnReduction<SumOp, T>.ScratchSize];
            var largest = new ColumnReduction<Tensor.LargestOp, T>(scratch, width);
            largest.Add(x, step, size);
            Strided(max, 1, largest.Finish(), 1, width);

            var sums = new ColumnReduction<SumOp, T>(scratch, width);
            for (long i = 0; i < size; i++)
            {
                var e = Log ? row : y + i * step;
                MapDense<ExpBelow, T>(default, e, x + i * step, max, null, width);
                sums.Add(e, 0, 1);
            }
            var sum = sums.Finish();
            if (Log)
            {
                MapDense<UnaryMap<LogOp>, T>(default, sum, sum, null, null, width);
                for (long i = 0; i < size; i++) MapDense<LoweredBelow, T>(default, y + i * step, x + i * step, max, sum, width);
            }
            else
            {
                MapDense<UnaryMap<ReciprocalOp>, T>(default, sum, sum, null, null, width);
                for (long i = 0; i < size; i++) MapDense<Times, T>(default, y + i * step, y + i * step, sum, null, width);
            }
            At.Scatter(Y + offset, block, width);
        }
    }

    struct SoftmaxRowsBackward : IUnits
    {
        public E* Y;
        public E* Dy;
        public E* Dx;
        public long Size;
        public bool Log;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<T, W>(long unit)
            where T : struct, IVectorLanes<T, E>
            where W : struct, IVectorLanes<W, E>
        {
            E* y = Y + unit * Size, dy = Dy + unit * Size;
            E sum;
            if (Log) sum = ReduceRow<SumOp, T, W>(dy, Size);
            else
            {
                var scratch = stackalloc E[MappedSum<T, W>.ScratchSize];
                var products = new MappedSum<T, W>(scratch);
                products.Add<Times>(default, y, dy, null, Size);
                sum = products.Finish();
            }
            MapDense<SoftmaxRowGradient, T>(new(Log, Constant(sum)), Dx + unit * Size, y, dy, null, Size);
        }
    }

    struct SoftmaxColumnsBackward : IUnits
    {
        public E* Y;
        public E* Dy;
        public E* Dx;
        public Columns At;
        public bool Log;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<T, W>(long unit)
            where T : struct, IVectorLanes<T, E>
            where W : struct, IVectorLanes<W, E>
        {
            At.Locate(unit, out var offset, out var width, out _);
            E* blockY = stackalloc E[At.BlockSize], block = stackalloc E[At.BlockSize];
            var y = At.Gather(Y + offset, blockY, width);
            var dy = At.Gather(Dy + offset, block, width);
            var dx = At.Column == 1 ? Dx + offset : block;
            var (size, step) = (At.Size, At.BlockStep);

            var row = stackalloc E[Strip];
            var scratch = stackalloc E[ColumnReduction<SumOp, T>.ScratchSize];
            var sums = new ColumnReduction<SumOp, T>(scratch, width);
            if (Log) sums.Add(dy, step, size);
            else
                for (long i = 0; i < size; i++)
                {
                    MapDense<Times, T>(default, row, y + i * step, dy + i * step, null, width);
                    sums.Add(row, 0, 1);
                }
            var sum = sums.Finish();
            for (long i = 0; i < size; i++) MapDense<SoftmaxGradient, T>(new(Log), dx + i * step, y + i * step, dy + i * step, sum, width);
            At.Scatter(Dx + offset, block, width);
        }
    }
}
