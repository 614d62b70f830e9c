using System.Runtime.CompilerServices;

namespace MiniDL;

// loss = −(1 − s)·w_t·(x_t − l) − s/C·Σ w_c·(x_c − l) with l = log Σ exp x, in one visit of a row; targets that do not count cost 0.
internal sealed unsafe partial class CpuBackend<E> : ICrossEntropyKernels
{
    /// <inheritdoc/>
    public void CrossEntropyForward(in ClassShape shape, double smoothing, long ignoreIndex, in TensorView x, in TensorView target, in TensorView weight, in TensorView loss, in TensorView logSumExp)
    {
        fixed (byte* px = x, pt = target, pw = &Start(!weight.IsNone, weight), pl = loss, pm = logSumExp)
        {
            var rows = new RowShape(shape.N, shape.C, shape.Spatial);
            var terms = new ClassTerms { Classes = shape.C, Smoothing = smoothing, Ignored = ignoreIndex, Target = (long*)pt, Weight = (E*)pw };
            if (Columns.AreRows(rows))
                ForUnits(new CrossEntropyRows { X = (E*)px, Loss = (E*)pl, LogSumExp = (E*)pm, Terms = terms }, shape.N, shape.C);
            else
            {
                var columns = new Columns(rows);
                ForUnits(new CrossEntropyColumns { X = (E*)px, Loss = (E*)pl, LogSumExp = (E*)pm, Terms = terms, At = columns }, columns.Units, columns.Work);
            }
        }
    }

    /// <inheritdoc/>
    public void CrossEntropyBackward(in ClassShape shape, double smoothing, long ignoreIndex, in TensorView x, in TensorView target, in TensorView weight, in TensorView logSumExp, in TensorView dy, in TensorView dx)
    {
        fixed (byte* px = x, pt = target, pw = &Start(!weight.IsNone, weight), pm = logSumExp, pdy = dy, pdx = dx)
        {
            var rows = new RowShape(shape.N, shape.C, shape.Spatial);
            var terms = new ClassTerms { Classes = shape.C, Smoothing = smoothing, Ignored = ignoreIndex, Target = (long*)pt, Weight = (E*)pw };
            if (smoothing != 0) terms.SumWeights();
            if (Columns.AreRows(rows))
                ForUnits(new CrossEntropyRowsBackward { X = (E*)px, LogSumExp = (E*)pm, Dy = (E*)pdy, Dx = (E*)pdx, Terms = terms }, shape.N, shape.C);
            else
            {
                var columns = new Columns(rows);
                ForUnits(new CrossEntropyColumnsBackward { X = (E*)px, LogSumExp = (E*)pm, Dy = (E*)pdy, Dx = (E*)pdx, Terms = terms, At = columns }, columns.Units, columns.Work);
            }
        }
    }

    /// <summary>What a target and its class contribute, in double.</summary>
    struct ClassTerms
    {
        public int Classes;
        public double Smoothing, AllWeights;
        public long Ignored;
        public long* Target;
        public E* Weight;

        public readonly bool Counts(long place) => Target[place] != Ignored;

        public readonly double WeightOf(long c) => Weight == null ? 1 : Real(Weight[c]);

        public void SumWeights()
        {
            AllWeights = 0;
            for (var c = 0; c < Classes; c++) AllWeights += WeightOf(c);
        }

        /// <summary>The loss of a target from x_t − l and the sum over classes of w_c·(x_c − l).</summary>
        public readonly E Loss(long place, double logP, double spread)
        {
            var loss = (1 - Smoothing) * WeightOf(Target[place]) * logP;
            return Rounded(-(Smoothing == 0 ? loss : loss + Smoothing / Classes * spread));
        }

        /// <summary>dx_c = p_c·<paramref name="p"/> − w_c·<paramref name="each"/>, and at the target −<paramref name="own"/> more.</summary>
        public readonly void Gradient(long place, E dy, out E p, out E each, out E own)
        {
            p = each = own = default;
            if (!Counts(place)) return;
            var (d, target) = (Real(dy), (1 - Smoothing) * WeightOf(Target[place]));
            own = Rounded(d * target);
            each = Rounded(d * Smoothing / Classes);
            p = Rounded(d * (Smoothing == 0 ? target : target + Smoothing / Classes * AllWeights));
        }
    }

    /// <summary>w·(x − l).</summary>
    readonly struct WeighedLogP(Number l) : IMapOp
    {
        public static int Arity => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T x, T w, T c) where T : struct, ILanes<T> => w * (x - T.Of(l));
    }

    /// <summary>w·(x − l), w a constant.</summary>
    readonly struct LogPTimes(Number w) : IMapOp
    {
        public static int Arity => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T x, T l, T c) where T : struct, ILanes<T> => T.Of(w) * (x - l);
    }

    /// <summary>e^(x − l)·a − s.</summary>
    readonly struct ClassGradient(Number l, Number a, Number s) : IMapOp
    {
        public static int Arity => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T x, T b, T c) where T : struct, ILanes<T> => T.Exp(x - T.Of(l)) * T.Of(a) - T.Of(s);
    }

    /// <summary>e^(x − l)·a − s·w.</summary>
    readonly struct WeighedClassGradient(Number l, Number a, Number s) : IMapOp
    {
        public static int Arity => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T x, T w, T c) where T : struct, ILanes<T> => T.Exp(x - T.Of(l)) * T.Of(a) - T.Of(s) * w;
    }

    /// <summary>e^(x − l)·a, all operands.</summary>
    readonly struct ScaledExp : IMapOp
    {
        public static int Arity => 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T x, T l, T a) where T : struct, ILanes<T> => T.Exp(x - l) * a;
    }

    /// <summary>x − s·w, w a constant.</summary>
    readonly struct LessScaled(Number w) : IMapOp
    {
        public static int Arity => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T x, T s, T c) where T : struct, ILanes<T> => x - s * T.Of(w);
    }

    struct CrossEntropyRows : IUnits
    {
        public E* X;
        public E* Loss;
        public E* LogSumExp;
        public ClassTerms Terms;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<T, W>(long unit)
            where T : struct, IVectorLanes<T, E>
            where W : struct, IVectorLanes<W, E>
        {
            var size = Terms.Classes;
            var scratch = stackalloc E[MappedSum<T, W>.ScratchSize];
            var x = X + unit * size;
            if (!Terms.Counts(unit))
            {
                Loss[unit] = LogSumExp[unit] = default;
                return;
            }
            var max = ReduceRow<Tensor.LargestOp, T, W>(x, size);
            var exps = new MappedSum<T, W>(scratch);
            exps.Add<ExpFrom>(new(Constant(max)), x, null, null, size);
            var l = Join<SumOp>(max, LogOf(exps.Finish()));
            E spread = default;
            if (Terms.Smoothing != 0)
            {
                var sum = new MappedSum<T, W>(scratch);
                if (Terms.Weight == null) sum.Add<Lowered>(new(Constant(l), 0), x, null, null, size);
                else sum.Add<WeighedLogP>(new(Constant(l)), x, Terms.Weight, null, size);
                spread = sum.Finish();
            }
            LogSumExp[unit] = l;
            Loss[unit] = Terms.Loss(unit, Real(x[Terms.Target[unit]]) - Real(l), Real(spread));
        }
    }

    struct CrossEntropyColumns : IUnits
    {
        public E* X;
        public E* Loss;
        public E* LogSumExp;
        public ClassTerms Terms;
        public Columns At;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<T, W>(long unit)
            where T : struct, IVectorLanes<T, E>
            where W : struct, IVectorLanes<W, E>
        {
            At.Locate(unit, out var offset, out var width, out var place);
            var block = stackalloc E[At.BlockSize];
            var x = At.Gather(X + offset, block, width);
            var step = At.BlockStep;

            E* row = stackalloc E[Strip], spread = stackalloc E[Strip];
            var scratch = stackalloc E[ColumnReduction<SumOp, T>.ScratchSize];
            var l = LogSumExp + place;
            LogSumExpColumns<T>(x, step, At.Size, row, scratch, l, width);
            if (Terms.Smoothing != 0)
            {
                var sums = new ColumnReduction<SumOp, T>(scratch, width);
                for (var c = 0; c < At.Size; c++)
                {
                    MapDense<LogPTimes, T>(new(Terms.WeightOf(c)), row, x + c * step, l, null, width);
                    sums.Add(row, 0, 1);
                }
                Strided(spread, 1, sums.Finish(), 1, width);
            }
            else new Span<E>(spread, width).Clear();
            for (var j = 0; j < width; j++)
                Loss[place + j] = Terms.Counts(place + j)
                    ? Terms.Loss(place + j, Real(x[Terms.Target[place + j] * step + j]) - Real(l[j]), Real(spread[j]))
                    : default;
        }
    }

    /// <summary>l = log Σ exp x of each column.</summary>
    static void LogSumExpColumns<T>(E* x, long step, long size, E* row, E* scratch, E* l, int width) where T : struct, IVectorLanes<T, E>
    {
        var largest = new ColumnReduction<Tensor.LargestOp, T>(scratch, width);
        largest.Add(x, step, size);
        Strided(l, 1, largest.Finish(), 1, width);
        var sums = new ColumnReduction<SumOp, T>(scratch, width);
        for (long c = 0; c < size; c++)
        {
            MapDense<ExpBelow, T>(default, row, x + c * step, l, null, width);
            sums.Add(row, 0, 1);
        }
        MapDense<UnaryMap<LogOp>, T>(default, row, sums.Finish(), null, null, width);
        JoinRow<SumOp, T>(l, row, width);
    }

    struct CrossEntropyRowsBackward : IUnits
    {
        public E* X;
        public E* LogSumExp;
        public E* Dy;
        public E* Dx;
        public ClassTerms Terms;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<T, W>(long unit)
            where T : struct, IVectorLanes<T, E>
            where W : struct, IVectorLanes<W, E>
        {
            var size = Terms.Classes;
            E* x = X + unit * size, dx = Dx + unit * size;
            if (!Terms.Counts(unit))
            {
                new Span<E>(dx, size).Clear();
                return;
            }
            Terms.Gradient(unit, Dy[unit], out var p, out var each, out var own);
            var l = Constant(LogSumExp[unit]);
            if (Terms.Weight == null || Terms.Smoothing == 0) MapDense<ClassGradient, T>(new(l, Constant(p), Constant(each)), dx, x, null, null, size);
            else MapDense<WeighedClassGradient, T>(new(l, Constant(p), Constant(each)), dx, x, Terms.Weight, null, size);
            var at = dx + Terms.Target[unit];
            *at = Rounded(Real(*at) - Real(own));
        }
    }

    struct CrossEntropyColumnsBackward : IUnits
    {
        public E* X;
        public E* LogSumExp;
        public E* Dy;
        public E* Dx;
        public ClassTerms Terms;
        public Columns At;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<T, W>(long unit)
            where T : struct, IVectorLanes<T, E>
            where W : struct, IVectorLanes<W, E>
        {
            At.Locate(unit, out var offset, out var width, out var place);
            var block = stackalloc E[At.BlockSize];
            var x = At.Gather(X + offset, block, width);
            var dx = At.Column == 1 ? Dx + offset : block;
            var step = At.BlockStep;

            E* p = stackalloc E[Strip], each = stackalloc E[Strip], own = stackalloc E[Strip];
            for (var j = 0; j < width; j++) Terms.Gradient(place + j, Dy[place + j], out p[j], out each[j], out own[j]);
            for (var c = 0; c < At.Size; c++)
            {
                MapDense<ScaledExp, T>(default, dx + c * step, x + c * step, LogSumExp + place, p, width);
                if (Terms.Smoothing != 0) MapDense<LessScaled, T>(new(Terms.WeightOf(c)), dx + c * step, dx + c * step, each, null, width);
            }
            for (var j = 0; j < width; j++)
                if (Terms.Counts(place + j))
                {
                    var at = dx + Terms.Target[place + j] * step + j;
                    *at = Rounded(Real(*at) - Real(own[j]));
                }
                else
                    for (long c = 0; c < At.Size; c++) dx[c * step + j] = default; // whatever its logits are, even NaN
            At.Scatter(Dx + offset, block, width);
        }
    }
}
