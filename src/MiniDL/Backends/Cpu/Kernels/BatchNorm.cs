using System.Runtime.CompilerServices;

namespace MiniDL;

// A channel is a unit: its values, image after image, are one row in the order of IReduceOp. With one position an image, a strip of channels is.
internal sealed unsafe partial class CpuBackend<E> : IBatchNormKernels
{
    /// <inheritdoc/>
    public void BatchNormStatistics(in BatchNormShape shape, in TensorView x, in TensorView mean, in TensorView variance)
    {
        fixed (byte* px = x, pm = mean, pv = variance)
        {
            var at = new Channels(shape, (E*)pm, (E*)pv);
            if (shape.Spatial == 1) ForUnits(new BatchNormColumns { X = (E*)px, At = at }, at.Strips, at.StripWork);
            else ForUnits(new BatchNormChannels { X = (E*)px, At = at }, at.C, at.Count);
        }
    }

    /// <inheritdoc/>
    public void BatchNormForward(in BatchNormShape shape, in TensorView x, in TensorView mean, in TensorView variance, in TensorView w, in TensorView b, in TensorView y)
    {
        fixed (byte* px = x, pm = mean, pv = variance, pw = &Start(!w.IsNone, w), pb = &Start(!b.IsNone, b), py = y)
        {
            var at = new Channels(shape, (E*)pm, (E*)pv);
            if (shape.Spatial == 1)
                ForUnits(new BatchNormColumnsForward { X = (E*)px, Weight = (E*)pw, B = (E*)pb, Y = (E*)py, At = at }, at.Strips, at.StripWork);
            else
                ForUnits(new BatchNormRuns { X = (E*)px, Weight = (E*)pw, B = (E*)pb, Y = (E*)py, At = at }, at.N * at.C, at.Spatial);
        }
    }

    /// <inheritdoc/>
    public void BatchNormBackward(in BatchNormShape shape, in TensorView x, in TensorView mean, in TensorView variance, in TensorView w, in TensorView dy, in TensorView dx, in TensorView dw, in TensorView db)
    {
        fixed (byte* px = x, pm = mean, pv = variance, pw = &Start(!w.IsNone, w), pdy = dy)
        fixed (byte* pdx = &Start(!dx.IsNone, dx), pdw = &Start(!dw.IsNone, dw), pdb = &Start(!db.IsNone, db))
        {
            var at = new Channels(shape, (E*)pm, (E*)pv);
            var gradients = new NormOperands { X = (E*)px, Weight = (E*)pw, Dy = (E*)pdy, Dx = (E*)pdx, Dw = (E*)pdw, Db = (E*)pdb };
            if (shape.Spatial == 1) ForUnits(new BatchNormColumnsBackward { To = gradients, At = at, Training = shape.Training }, at.Strips, at.StripWork);
            else ForUnits(new BatchNormChannelsBackward { To = gradients, At = at, Training = shape.Training }, at.C, at.Count);
        }
    }

    /// <summary>x as images × channels × positions, with the statistics of each channel.</summary>
    readonly struct Channels(in BatchNormShape shape, E* mean, E* variance)
    {
        public readonly long N = shape.N, C = shape.C, Spatial = shape.Spatial, Count = shape.Count;
        public readonly double Eps = shape.Eps;
        public readonly E* Mean = mean, Variance = variance;

        public long Strips => Chunks(C, Strip);

        public long StripWork => N * Math.Min(C, Strip);

        /// <summary>The step from an image to the next.</summary>
        public long Image => C * Spatial;

        public E InverseDeviationOf(long c) => InverseDeviation(Real(Variance[c]), Eps);

        public int Width(long first) => (int)Math.Min(Strip, C - first);
    }

    struct NormOperands
    {
        public E* X;
        public E* Weight;
        public E* Dy;
        public E* Dx;
        public E* Dw;
        public E* Db;
    }

    /// <summary>x.</summary>
    readonly struct Same : IMapOp
    {
        public static int Arity => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T x, T b, T c) where T : struct, ILanes<T> => x;
    }

    /// <summary>(x − m)², m an operand.</summary>
    readonly struct SquareAboutOperand : IMapOp
    {
        public static int Arity => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T x, T m, T c) where T : struct, ILanes<T> => (x - m) * (x - m);
    }

    /// <summary>(x − m)·r, all operands.</summary>
    readonly struct NormalizedByOperands : IMapOp
    {
        public static int Arity => 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T x, T m, T r) where T : struct, ILanes<T> => (x - m) * r;
    }

    /// <summary>x·a + b, all operands.</summary>
    readonly struct Affine : IMapOp
    {
        public static int Arity => 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T x, T a, T b) where T : struct, ILanes<T> => T.Fma(x, a, b);
    }

    /// <summary>(x − m)·r·a + b.</summary>
    readonly struct ChannelAffine(Number m, Number r, Number a, Number b) : IMapOp
    {
        public static int Arity => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T x, T u, T v) where T : struct, ILanes<T> => T.Fma((x - T.Of(m)) * T.Of(r), T.Of(a), T.Of(b));
    }

    /// <summary>g − x̂·p, all operands.</summary>
    readonly struct LessProduct : IMapOp
    {
        public static int Arity => 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T g, T x, T p) where T : struct, ILanes<T> => g - x * p;
    }

    struct BatchNormChannels : IUnits
    {
        public E* X;
        public Channels At;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<T, W>(long c)
            where T : struct, IVectorLanes<T, E>
            where W : struct, IVectorLanes<W, E>
        {
            var scratch = stackalloc E[MappedSum<T, W>.ScratchSize];
            var x = X + c * At.Spatial;
            var sum = new MappedSum<T, W>(scratch);
            for (long n = 0; n < At.N; n++) sum.Add<Same>(default, x + n * At.Image, null, null, At.Spatial);
            var mean = At.Mean[c] = Rounded(Real(sum.Finish()) / At.Count);
            var squares = new MappedSum<T, W>(scratch);
            for (long n = 0; n < At.N; n++) squares.Add<SquareAbout>(new(Constant(mean)), x + n * At.Image, null, null, At.Spatial);
            At.Variance[c] = Rounded(Real(squares.Finish()) / At.Count);
        }
    }

    struct BatchNormRuns : IUnits
    {
        public E* X;
        public E* Weight;
        public E* B;
        public E* Y;
        public Channels At;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<T, W>(long unit)
            where T : struct, IVectorLanes<T, E>
            where W : struct, IVectorLanes<W, E>
        {
            var c = unit % At.C;
            Number w = Weight == null ? 1 : Constant(Weight[c]), b = B == null ? 0 : Constant(B[c]);
            MapDense<ChannelAffine, T>(
                new(Constant(At.Mean[c]), Constant(At.InverseDeviationOf(c)), w, b), Y + unit * At.Spatial, X + unit * At.Spatial, null, null, At.Spatial);
        }
    }

    struct BatchNormChannelsBackward : IUnits
    {
        public NormOperands To;
        public Channels At;
        public bool Training;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<T, W>(long c)
            where T : struct, IVectorLanes<T, E>
            where W : struct, IVectorLanes<W, E>
        {
            var scratch = stackalloc E[MappedSum<T, W>.ScratchSize];
            E* x = To.X + c * At.Spatial, dy = To.Dy + c * At.Spatial;
            E mean = At.Mean[c], r = At.InverseDeviationOf(c);
            E sum = default, product = default;
            if (Training || To.Db != null)
            {
                var sums = new MappedSum<T, W>(scratch);
                for (long n = 0; n < At.N; n++) sums.Add<Same>(default, dy + n * At.Image, null, null, At.Spatial);
                sum = sums.Finish();
                if (To.Db != null) To.Db[c] = sum;
            }
            if (Training || To.Dw != null)
            {
                var products = new MappedSum<T, W>(scratch);
                for (long n = 0; n < At.N; n++)
                    products.Add<TimesNormalized>(new(Constant(mean), Constant(r)), x + n * At.Image, dy + n * At.Image, null, At.Spatial);
                product = products.Finish();
                if (To.Dw != null) To.Dw[c] = product;
            }
            if (To.Dx == null) return;
            var scale = Real(r) * (To.Weight == null ? 1 : Real(To.Weight[c]));
            var (s, p) = Training ? (Real(sum) / At.Count, Real(product) / At.Count) : default;
            for (long n = 0; n < At.N; n++)
            {
                var dx = To.Dx + c * At.Spatial + n * At.Image;
                if (Training) MapDense<NormGradient, T>(new(Constant(mean), Constant(r), scale, s, p), dx, x + n * At.Image, dy + n * At.Image, null, At.Spatial);
                else MapDense<Scaled, T>(new(scale), dx, dy + n * At.Image, null, null, At.Spatial);
            }
        }
    }

    struct BatchNormColumns : IUnits
    {
        public E* X;
        public Channels At;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<T, W>(long strip)
            where T : struct, IVectorLanes<T, E>
            where W : struct, IVectorLanes<W, E>
        {
            var first = strip * Strip;
            var width = At.Width(first);
            E* x = X + first, mean = At.Mean + first, variance = At.Variance + first;
            E* scratch = stackalloc E[ColumnReduction<SumOp, T>.ScratchSize], row = stackalloc E[Strip];
            var sums = new ColumnReduction<SumOp, T>(scratch, width);
            sums.Add(x, At.C, At.N);
            DivideBy(At.N, sums.Finish(), mean, width);
            var squares = new ColumnReduction<SumOp, T>(scratch, width);
            for (long n = 0; n < At.N; n++)
            {
                MapDense<SquareAboutOperand, T>(default, row, x + n * At.C, mean, null, width);
                squares.Add(row, 0, 1);
            }
            DivideBy(At.N, squares.Finish(), variance, width);
        }
    }

    static void DivideBy(long count, E* sums, E* means, int width)
    {
        for (var j = 0; j < width; j++) means[j] = Rounded(Real(sums[j]) / count);
    }

    struct BatchNormColumnsForward : IUnits
    {
        public E* X;
        public E* Weight;
        public E* B;
        public E* Y;
        public Channels At;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<T, W>(long strip)
            where T : struct, IVectorLanes<T, E>
            where W : struct, IVectorLanes<W, E>
        {
            var first = strip * Strip;
            var width = At.Width(first);
            E* r = stackalloc E[Strip], w = stackalloc E[Strip], b = stackalloc E[Strip];
            for (var j = 0; j < width; j++)
            {
                r[j] = At.InverseDeviationOf(first + j);
                w[j] = Weight == null ? Rounded(1) : Weight[first + j];
                b[j] = B == null ? default : B[first + j];
            }
            for (long n = 0; n < At.N; n++)
            {
                var y = Y + n * At.C + first;
                MapDense<NormalizedByOperands, T>(default, y, X + n * At.C + first, At.Mean + first, r, width);
                MapDense<Affine, T>(default, y, y, w, b, width);
            }
        }
    }

    struct BatchNormColumnsBackward : IUnits
    {
        public NormOperands To;
        public Channels At;
        public bool Training;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<T, W>(long strip)
            where T : struct, IVectorLanes<T, E>
            where W : struct, IVectorLanes<W, E>
        {
            var first = strip * Strip;
            var width = At.Width(first);
            E* x = To.X + first, dy = To.Dy + first, mean = At.Mean + first;
            E* scratch = stackalloc E[ColumnReduction<SumOp, T>.ScratchSize], row = stackalloc E[Strip];
            E* r = stackalloc E[Strip], scale = stackalloc E[Strip], s = stackalloc E[Strip], p = stackalloc E[Strip];
            for (var j = 0; j < width; j++)
            {
                r[j] = At.InverseDeviationOf(first + j);
                scale[j] = Rounded(Real(r[j]) * (To.Weight == null ? 1 : Real(To.Weight[first + j])));
            }
            if (Training || To.Db != null)
            {
                var sums = new ColumnReduction<SumOp, T>(scratch, width);
                sums.Add(dy, At.C, At.N);
                var sum = sums.Finish();
                if (To.Db != null) Strided(To.Db + first, 1, sum, 1, width);
                DivideBy(At.N, sum, s, width);
            }
            if (Training || To.Dw != null)
            {
                var products = new ColumnReduction<SumOp, T>(scratch, width);
                for (long n = 0; n < At.N; n++)
                {
                    MapDense<NormalizedByOperands, T>(default, row, x + n * At.C, mean, r, width);
                    MapDense<Times, T>(default, row, row, dy + n * At.C, null, width);
                    products.Add(row, 0, 1);
                }
                var product = products.Finish();
                if (To.Dw != null) Strided(To.Dw + first, 1, product, 1, width);
                DivideBy(At.N, product, p, width);
            }
            if (To.Dx == null) return;
            for (long n = 0; n < At.N; n++)
            {
                var dx = To.Dx + n * At.C + first;
                if (Training)
                {
                    MapDense<NormalizedByOperands, T>(default, row, x + n * At.C, mean, r, width);
                    MapDense<LessProduct, T>(default, row, dy + n * At.C, row, p, width);
                    MapDense<NormalizedByOperands, T>(default, dx, row, s, scale, width);
                }
                else MapDense<Times, T>(default, dx, dy + n * At.C, scale, null, width);
            }
        }
    }
}
