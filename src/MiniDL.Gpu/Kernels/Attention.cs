using ILGPU;

namespace MiniDL.Gpu;

internal sealed partial class GpuRealBackend<T> : IAttentionKernels
{
    /// <inheritdoc/>
    public void AttentionForward(in AttentionShape shape, in TensorView q, in TensorView k, in TensorView v, in TensorView mask, in TensorView y, in TensorView logSumExp)
    {
        // The tile follows from the type alone, so that a problem has the same bits in any batch; a double's is half as wide, within the 32 KB of shared memory that OpenCL promises.
        if (Gpu.Kind == GpuKind.Simulator) AttentionForward<Block4<T, Side4>>(shape, q, k, v, mask, y, logSumExp);
        else if (T.DType == DType.Float64) AttentionForward<Block4<T, Side8>>(shape, q, k, v, mask, y, logSumExp);
        else AttentionForward<Block8<T, Side8>>(shape, q, k, v, mask, y, logSumExp);
    }

    void AttentionForward<TBlock>(in AttentionShape shape, in TensorView q, in TensorView k, in TensorView v, in TensorView mask, in TensorView y, in TensorView logSumExp)
        where TBlock : unmanaged, IBlock<T>
    {
        var kernel = new AttentionForward<T, TBlock>
        {
            Q = Vectors(q, shape.Tq, shape.D),
            K = Vectors(k, shape.Tk, shape.D),
            V = Across(v, shape.Tk, shape.Dv),
            Y = Result(y, shape.Tq, shape.Dv),
            LogSumExp = Dense<T>(logSumExp),
            D = shape.D,
            Dv = shape.Dv,
        };
        LaunchTiles<TBlock, AttentionForward<T, TBlock>>(kernel, shape, mask, shape.Tq, shape.Dv);
    }

    // T vectors of so many elements: an operand whose steps of k are the elements …
    static StridedOperand<T> Vectors(in TensorView x, int count, int width) => new(Whole<T>(x), x.Offset, count, width, width, 1, (long)count * width % 4 == 0);

    // … or the vectors.
    static StridedOperand<T> Across(in TensorView x, int count, int width) => new(Whole<T>(x), x.Offset, width, count, 1, width, (long)count * width % 4 == 0);

    static ProductEnd<T> Result(in TensorView x, int count, int width) => new(Whole<T>(x), x.Offset, count, width);

    /// <summary>Starts a kernel with a group for each problem, tile of rows and strip of columns.</summary>
    void LaunchTiles<TBlock, TKernel>(TKernel kernel, in AttentionShape shape, in TensorView mask, int rows, int columns)
        where TBlock : unmanaged, IBlock<T>
        where TKernel : struct, IAttentionKernel<T>
    {
        var (tiles, strips) = ((int)Pieces(rows, TBlock.Edge), (int)Pieces(columns, TBlock.Edge));
        var pairs = new AttentionPairs<T> { Tq = shape.Tq, Tk = shape.Tk, Causal = shape.Causal ? 1 : 0, Scale = T.Of(shape.Scale), Tiles = new(tiles), Strips = new(strips) };
        var problems = Layout.Of([shape.Batch], [0]);
        if (!mask.IsNone)
        {
            if (mask.DType == DType.Bool) pairs.Allowed = Whole<byte>(mask);
            else pairs.Added = Whole<T>(mask);
            (pairs.MaskQuery, pairs.MaskKey) = (mask.Stride(-2), mask.Stride(-1));
            Span<long> strides = stackalloc long[mask.Rank - 2];
            for (var i = 0; i < strides.Length; i++) strides[i] = mask.Stride(i);
            problems = Layout.Of(mask.Sizes[..^2], strides);
        }
        kernel.Pairs = pairs;
        Nest.ForEach(new LoopNest(anyOrder: false, problems), new Steps { Y = mask.Offset }, new AttentionLaunch<TKernel>(Gpu, kernel, tiles * strips, TBlock.Side * TBlock.Side));
    }

    struct AttentionLaunch<TKernel>(GpuDevice device, TKernel kernel, int groups, int groupSize) : ILaunch where TKernel : struct, IAttentionKernel<T>
    {
        long done;

        public void Run(in Nest nest, in Steps start, int count)
        {
            var part = kernel;
            part.Pairs = part.Pairs with { Problems = nest, MaskStart = start.Y, FirstProblem = done };
            device.Launch(part, (long)count * groups, groupSize);
            done += count;
        }
    }
}

/// <summary>A kernel over pairs of queries and keys.</summary>
internal interface IAttentionKernel<T> : IKernel where T : unmanaged, IReal<T>
{
    AttentionPairs<T> Pairs { get; set; }
}

/// <summary>A product becomes a score.</summary>
internal readonly struct ScoreOp<T>(PairPlace<T> place) : IPairOp<T> where T : unmanaged, IReal<T>
{
    readonly PairPlace<T> place = place;

    public T Invoke(T product, int row, int column) => place.Score(product, row, column);
}

/// <summary>A tile of queries over all the tiles of keys, with the largest score so far and the sum of exponentials below it (Milakov and Gimelshein 2018, arXiv:1805.02867).</summary>
internal struct AttentionForward<T, TBlock> : IAttentionKernel<T>
    where T : unmanaged, IReal<T>
    where TBlock : unmanaged, IBlock<T>
{
    public StridedOperand<T> Q, K, V;
    public ProductEnd<T> Y;
    public ArrayView<T> LogSumExp;
    public int D, Dv;

    public AttentionPairs<T> Pairs { get; set; }

    public readonly void Run()
    {
        var pairs = Pairs;
        var (problem, tile, strip, mask) = pairs.Locate();
        var (first, column) = (tile * TBlock.Edge, strip * TBlock.Edge);
        var (q, k, v, end) = (Q, K, V, Y);
        q.Move(problem * pairs.Tq * D);
        k.Move(problem * pairs.Tk * D);
        v.Move(problem * pairs.Tk * Dv);
        end.Move(problem * pairs.Tq * Dv, 0);

        var group = new PairGroup<T, TBlock>(Group.IdxX);
        var rows = new RunningRows<T, TBlock>(group.Scratch, group.Pairs);
        TBlock y = default;
        var last = pairs.Causal != 0 ? Math.Min(pairs.Tk, first + TBlock.Edge) : pairs.Tk;
        for (var key = 0; key < last; key += TBlock.Edge)
        {
            group.Keep(q, first, k, key, D, default(KeepProduct<T>));
            group.Pairs.Map(new ScoreOp<T>(new(pairs, mask, problem, first, key, queriesAreRows: 1)));
            rows.Add();
            group.Scale(ref y, group.Scratch, RunningRows<T, TBlock>.Factors);
            group.AddKept(ref y, v, column, key, pairs.Tk);
        }
        rows.End(strip == 0, LogSumExp, problem * pairs.Tq, first, pairs.Tq);
        group.Scale(ref y, group.Scratch, RunningRows<T, TBlock>.Factors);
        group.Store(y, end, first, column);
    }
}

/// <summary>What the queries of a tile have met so far: the largest score m, and Σ e^(score − m). A thread sees to four queries and a part of each tile's keys.</summary>
internal struct RunningRows<T, TBlock>
    where T : unmanaged, IReal<T>
    where TBlock : unmanaged, IBlock<T>
{
    readonly ArrayView<Four<T>> scratch;
    readonly PairTile<T, TBlock> pairs;
    Four<T> max, sum;

    public RunningRows(ArrayView<Four<T>> scratch, PairTile<T, TBlock> pairs)
    {
        (this.scratch, this.pairs) = (scratch, pairs);
        max = Four<T>.Of(T.Of(double.NegativeInfinity));
        sum = Four<T>.Of(T.Of(0));
    }

    /// <summary>Where in the scratch memory the numbers are that y's rows are to be multiplied by.</summary>
    public static int Factors => TBlock.Side * TBlock.Side;

    /// <summary>A tile of scores becomes e^(score − m), with the maximum that counts them in, and the factors what earlier sums of such exponentials are to be multiplied by.</summary>
    public void Add()
    {
        var larger = pairs.Fours[pairs.At(0)];
        for (var i = 1; i < PairTile<T, TBlock>.Columns; i++) larger = Fours<T>.Combine<Tensor.LargestOp>(larger, pairs.Fours[pairs.At(i)]);
        larger = Fours<T>.Combine<Tensor.LargestOp>(max, Meet<Tensor.LargestOp>(larger));
        // Nothing seen yet leaves 0 for e^(−∞ − 0).
        var shift = Four<T>.Map(default(FiniteOr0<T>), larger, default, default);
        var shrink = Four<T>.Map(default(ExpBelow<T>), max, shift, default);
        max = larger;

        sum = Four<T>.Map(default(Times<T>), sum, shrink, default);
        for (var i = 0; i < PairTile<T, TBlock>.Columns; i++)
        {
            var e = Four<T>.Map(default(ExpBelow<T>), pairs.Fours[pairs.At(i)], shift, default);
            pairs.Fours[pairs.At(i)] = e;
            sum = Fours<T>.Combine<SumOp>(sum, e);
        }
        if (pairs.Part == 0) scratch[Factors + pairs.Row] = shrink;
        Group.Barrier();
    }

    /// <summary>The factors become 1/Σ; writes m + log Σ of each query, if asked to.</summary>
    public readonly void End(bool write, ArrayView<T> logSumExp, long start, int first, int count)
    {
        var total = Meet<SumOp>(sum);
        if (pairs.Part == 0)
        {
            scratch[Factors + pairs.Row] = Four<T>.Map(default(OneOver<T>), total, default, default);
            if (write)
            {
                var l = new ProductEnd<T>(logSumExp, start, 1, count);
                l.Write(0, first + 4 * pairs.Row, Four<T>.Map(default(PlusLog<T>), max, total, default));
            }
        }
        Group.Barrier();
    }

    // The reduction over the threads that share a row, for all of them.
    readonly Four<T> Meet<TReduce>(Four<T> x) where TReduce : struct, IReduceOp
    {
        scratch[pairs.Part * PairTile<T, TBlock>.Rows + pairs.Row] = x;
        Group.Barrier();
        x = scratch[pairs.Row];
        for (var i = 1; i < PairTile<T, TBlock>.Parts; i++) x = Fours<T>.Combine<TReduce>(x, scratch[i * PairTile<T, TBlock>.Rows + pairs.Row]);
        return x;
    }
}

/// <summary>x, or 0 for −∞.</summary>
internal readonly struct FiniteOr0<T> : IElementOp<T> where T : unmanaged, IReal<T>
{
    public static int Arity => 1;

    public T Invoke(T x, T b, T c) => T.IfGreater(x, T.Of(double.NegativeInfinity), x, T.Of(0));
}

/// <summary>e^(x − m).</summary>
internal readonly struct ExpBelow<T> : IElementOp<T> where T : unmanaged, IReal<T>
{
    public static int Arity => 2;

    public T Invoke(T x, T m, T c) => T.Exp(x - m);
}

/// <summary>1/x.</summary>
internal readonly struct OneOver<T> : IElementOp<T> where T : unmanaged, IReal<T>
{
    public static int Arity => 1;

    public T Invoke(T x, T b, T c) => T.Of(1) / x;
}

/// <summary>m + log x.</summary>
internal readonly struct PlusLog<T> : IElementOp<T> where T : unmanaged, IReal<T>
{
    public static int Arity => 2;

    public T Invoke(T m, T x, T c) => m + T.Log(x);
}
