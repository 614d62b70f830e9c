using System.Runtime.CompilerServices;

namespace MiniDL;

// A row is read three times, in L1: its mean, the squares about it, the result.
internal sealed unsafe partial class CpuBackend<E> : ILayerNormKernels
{
    /// <inheritdoc/>
    public void LayerNormForward(in LayerNormShape shape, in TensorView x, in TensorView w, in TensorView b, in TensorView y, in TensorView mean, in TensorView r)
    {
        if (shape.Rows == 0) return;
        fixed (byte* px = x, pw = &Start(!w.IsNone, w), pb = &Start(!b.IsNone, b), py = y, pm = mean, pr = r)
            ForUnits(new LayerNormRows { X = (E*)px, Weight = (E*)pw, B = (E*)pb, Y = (E*)py, Mean = (E*)pm, R = (E*)pr, D = shape.D, Eps = shape.Eps }, shape.Rows, shape.D);
    }

    /// <inheritdoc/>
    public void LayerNormBackward(in LayerNormShape shape, in TensorView x, in TensorView w, in TensorView mean, in TensorView r, in TensorView dy, in TensorView dx, in TensorView dw, in TensorView db)
    {
        fixed (byte* px = x, pw = &Start(!w.IsNone, w), pm = mean, pr = r, pdy = dy)
        fixed (byte* pdx = &Start(!dx.IsNone, dx), pdw = &Start(!dw.IsNone, dw), pdb = &Start(!db.IsNone, db))
        {
            if (!dx.IsNone)
                ForUnits(new LayerNormRowsBackward { X = (E*)px, Weight = (E*)pw, Mean = (E*)pm, R = (E*)pr, Dy = (E*)pdy, Dx = (E*)pdx, D = shape.D }, shape.Rows, shape.D);
            if (!dw.IsNone || !db.IsNone)
                ForUnits(
                    new LayerNormColumnsBackward { X = (E*)px, Mean = (E*)pm, R = (E*)pr, Dy = (E*)pdy, Dw = (E*)pdw, Db = (E*)pdb, D = shape.D, Rows = shape.Rows },
                    Chunks(shape.D, Strip), shape.Rows * Strip);
        }
    }

    /// <summary>(x − m)².</summary>
    readonly struct SquareAbout(Number m) : IMapOp
    {
        public static int Arity => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T x, T b, T c) where T : struct, ILanes<T>
        {
            var centered = x - T.Of(m);
            return centered * centered;
        }
    }

    /// <summary>(x − m)·r.</summary>
    readonly struct Normalized(Number m, Number r) : IMapOp
    {
        public static int Arity => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T x, T b, T c) where T : struct, ILanes<T> => (x - T.Of(m)) * T.Of(r);
    }

    /// <summary>(x − m)·r·w.</summary>
    readonly struct NormalizedScaled(Number m, Number r) : IMapOp
    {
        public static int Arity => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T x, T w, T c) where T : struct, ILanes<T> => (x - T.Of(m)) * T.Of(r) * w;
    }

    /// <summary>(x − m)·r + b.</summary>
    readonly struct NormalizedShifted(Number m, Number r) : IMapOp
    {
        public static int Arity => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T x, T b, T c) where T : struct, ILanes<T> => (x - T.Of(m)) * T.Of(r) + b;
    }

    /// <summary>(x − m)·r·w + b.</summary>
    readonly struct NormalizedAffine(Number m, Number r) : IMapOp
    {
        public static int Arity => 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T x, T w, T b) where T : struct, ILanes<T> => T.Fma((x - T.Of(m)) * T.Of(r), w, b);
    }

    /// <summary>g·x̂ with x̂ = (x − m)·r.</summary>
    readonly struct TimesNormalized(Number m, Number r) : IMapOp
    {
        public static int Arity => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T x, T g, T c) where T : struct, ILanes<T> => g * ((x - T.Of(m)) * T.Of(r));
    }

    /// <summary>dy·w·x̂.</summary>
    readonly struct ScaledTimesNormalized(Number m, Number r) : IMapOp
    {
        public static int Arity => 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T x, T dy, T w) where T : struct, ILanes<T> => dy * w * ((x - T.Of(m)) * T.Of(r));
    }

    /// <summary>dx = a·(g − s − x̂·p): s and p are the means of g and of g·x̂.</summary>
    readonly struct NormGradient(Number m, Number r, Number a, Number s, Number p) : IMapOp
    {
        public static int Arity => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T x, T g, T c) where T : struct, ILanes<T>
            => T.Of(a) * (g - T.Of(s) - (x - T.Of(m)) * T.Of(r) * T.Of(p));
    }

    /// <summary>The same with g = dy·w.</summary>
    readonly struct ScaledNormGradient(Number m, Number r, Number s, Number p) : IMapOp
    {
        public static int Arity => 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T x, T dy, T w) where T : struct, ILanes<T> => new NormGradient(m, r, r, s, p).Invoke(x, dy * w, w);
    }

    struct LayerNormRows : IUnits
    {
        public E* X;
        public E* Weight;
        public E* B;
        public E* Y;
        public E* Mean;
        public E* R;
        public int D;
        public double Eps;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<T, W>(long unit)
            where T : struct, IVectorLanes<T, E>
            where W : struct, IVectorLanes<W, E>
        {
            E* x = X + unit * D, y = Y + unit * D, scratch = stackalloc E[MappedSum<T, W>.ScratchSize];
            var mean = Mean[unit] = Rounded(Real(ReduceRow<SumOp, T, W>(x, D)) / D);
            var squares = new MappedSum<T, W>(scratch);
            squares.Add<SquareAbout>(new(Constant(mean)), x, null, null, D);
            var r = R[unit] = InverseDeviation(Real(squares.Finish()) / D, Eps);
            Normalize<T>(y, x, Constant(mean), Constant(r), Weight, B, D);
        }
    }

    /// <summary>1/√(var + ε).</summary>
    static E InverseDeviation(double variance, double eps) => Rounded(1 / Math.Sqrt(variance + eps));

    /// <summary>y = (x − m)·r·w + b, w and b where they are there.</summary>
    static void Normalize<T>(E* y, E* x, Number m, Number r, E* w, E* b, long count) where T : struct, IVectorLanes<T, E>
    {
        if (w != null && b != null) MapDense<NormalizedAffine, T>(new(m, r), y, x, w, b, count);
        else if (w != null) MapDense<NormalizedScaled, T>(new(m, r), y, x, w, null, count);
        else if (b != null) MapDense<NormalizedShifted, T>(new(m, r), y, x, b, null, count);
        else MapDense<Normalized, T>(new(m, r), y, x, null, null, count);
    }

    struct LayerNormRowsBackward : IUnits
    {
        public E* X;
        public E* Weight;
        public E* Mean;
        public E* R;
        public E* Dy;
        public E* Dx;
        public int D;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<T, W>(long unit)
            where T : struct, IVectorLanes<T, E>
            where W : struct, IVectorLanes<W, E>
        {
            E* x = X + unit * D, dy = Dy + unit * D, dx = Dx + unit * D, scratch = stackalloc E[MappedSum<T, W>.ScratchSize];
            Number m = Constant(Mean[unit]), r = Constant(R[unit]);
            var sum = new MappedSum<T, W>(scratch);
            if (Weight != null) sum.Add<Times>(default, dy, Weight, null, D);
            var s = Real(Weight != null ? sum.Finish() : ReduceRow<SumOp, T, W>(dy, D)) / D;
            var products = new MappedSum<T, W>(scratch);
            if (Weight != null) products.Add<ScaledTimesNormalized>(new(m, r), x, dy, Weight, D);
            else products.Add<TimesNormalized>(new(m, r), x, dy, null, D);
            var p = Real(products.Finish()) / D;
            if (Weight != null) MapDense<ScaledNormGradient, T>(new(m, r, s, p), dx, x, dy, Weight, D);
            else MapDense<NormGradient, T>(new(m, r, r, s, p), dx, x, dy, null, D);
        }
    }

    struct LayerNormColumnsBackward : IUnits
    {
        public E* X;
        public E* Mean;
        public E* R;
        public E* Dy;
        public E* Dw;
        public E* Db;
        public int D;
        public long Rows;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<T, W>(long unit)
            where T : struct, IVectorLanes<T, E>
            where W : struct, IVectorLanes<W, E>
        {
            var first = unit * Strip;
            var width = (int)Math.Min(Strip, D - first);
            E* scratch = stackalloc E[ColumnReduction<SumOp, T>.ScratchSize], row = stackalloc E[Strip];
            if (Dw != null)
            {
                var sums = new ColumnReduction<SumOp, T>(scratch, width);
                for (long i = 0; i < Rows; i++)
                {
                    MapDense<TimesNormalized, T>(new(Constant(Mean[i]), Constant(R[i])), row, X + i * D + first, Dy + i * D + first, null, width);
                    sums.Add(row, 0, 1);
                }
                Strided(Dw + first, 1, sums.Finish(), 1, width);
            }
            if (Db != null)
            {
                var sums = new ColumnReduction<SumOp, T>(scratch, width);
                sums.Add(Dy + first, D, Rows);
                Strided(Db + first, 1, sums.Finish(), 1, width);
            }
        }
    }
}
