using ILGPU;

namespace MiniDL.Gpu;

internal sealed partial class GpuRealBackend<T> : IAttentionKernels
{
    /// <inheritdoc/>
    public void AttentionForward(in AttentionShape shape, in TensorView q, in TensorView k, in TensorView v, in TensorView mask, in TensorView y, in TensorView logSumExp)
    {
        var kernel = new AttentionForward<T> { Q = Dense<T>(q), K = Dense<T>(k), V = Dense<T>(v), Y = Dense<T>(y), LogSumExp = Dense<T>(logSumExp), D = shape.D, Dv = shape.Dv };
        LaunchTiles(kernel, shape, mask, shape.Tq, shape.Dv);
    }

    /// <summary>Starts a kernel with a group for each problem, tile of rows and strip of columns.</summary>
    void LaunchTiles<TKernel>(TKernel kernel, in AttentionShape shape, in TensorView mask, int rows, int columns) where TKernel : struct, IAttentionKernel<T>
    {
        // A tile is a square of threads that have four by four elements each.
        var sideLog = TileGroup<T>.SideLogOf(Gpu.GroupSize);
        var (tiles, strips) = ((int)Pieces(rows, 4 << sideLog), (int)Pieces(columns, 4 << sideLog));
        var pairs = new AttentionPairs<T> { Tq = shape.Tq, Tk = shape.Tk, Causal = shape.Causal ? 1 : 0, SideLog = sideLog, Scale = T.Of(shape.Scale), Tiles = new(tiles), Strips = new(strips) };
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
        Nest.ForEach(new LoopNest(anyOrder: false, problems), new Steps { Y = mask.Offset }, new AttentionLaunch<TKernel>(Gpu, kernel, tiles * strips, 1 << 2 * sideLog));
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

/// <summary>A tile of queries over all the tiles of keys, with the largest score so far and the sum of exponentials below it (Milakov and Gimelshein 2018, arXiv:1805.02867).</summary>
internal struct AttentionForward<T> : IAttentionKernel<T> where T : unmanaged, IReal<T>
{
    public ArrayView<T> Q, K, V, Y, LogSumExp;
    public int D, Dv;

    public AttentionPairs<T> Pairs { get; set; }

    public readonly void Run()
    {
        var pairs = Pairs;
        var (problem, tile, strip, mask) = pairs.Locate();
        var group = new TileGroup<T>(pairs.SideLog);
        var q = tile * group.Tile;
        var column = strip * group.Tile;
        var queries = problem * pairs.Tq + q;
        var x = new MatrixRows<T>(Q, queries, pairs.Tq - q, D);

        var (none, zero) = (T.Of(double.NegativeInfinity), T.Of(0));
        Four<T> max = new() { X = none, Y = none, Z = none, W = none }, sum = new() { X = zero, Y = zero, Z = zero, W = zero };
        var y = default(Block<T>);
        var end = pairs.Causal != 0 ? Math.Min(pairs.Tk, q + group.Tile) : pairs.Tk;
        for (var key = 0; key < end; key += group.Tile)
        {
            var (keys, left) = (problem * pairs.Tk + key, pairs.Tk - key);
            var s = group.Product(x, new(K, keys, left, D)).Map(new ScorePair<T>(pairs, mask, q + group.Row, key + group.Column, true));
            var larger = group.ReduceRows<Tensor.LargestOp>(s.ReduceRows<Tensor.LargestOp>());
            larger = new() { X = T.Max(max.X, larger.X), Y = T.Max(max.Y, larger.Y), Z = T.Max(max.Z, larger.Z), W = T.Max(max.W, larger.W) };
            // Nothing seen yet leaves 0 for e^(−∞ − 0).
            Four<T> shift = new() { X = T.IfGreater(larger.X, none, larger.X, zero), Y = T.IfGreater(larger.Y, none, larger.Y, zero), Z = T.IfGreater(larger.Z, none, larger.Z, zero), W = T.IfGreater(larger.W, none, larger.W, zero) };
            Four<T> shrink = new() { X = T.Exp(max.X - shift.X), Y = T.Exp(max.Y - shift.Y), Z = T.Exp(max.Z - shift.Z), W = T.Exp(max.W - shift.W) };
            max = larger;

            var p = s.ExpBelow(shift, new() { X = zero, Y = zero, Z = zero, W = zero });
            var more = p.ReduceRows<SumOp>();
            sum = new() { X = sum.X * shrink.X + more.X, Y = sum.Y * shrink.Y + more.Y, Z = sum.Z * shrink.Z + more.Z, W = sum.W * shrink.W + more.W };
            group.Keep(p);
            y = group.AddKept(y.ScaleRows(shrink), new(V, keys, left, Dv), column);
        }
        sum = group.ReduceRows<SumOp>(sum);
        var one = T.Of(1);
        group.Store(new(Y, queries, pairs.Tq - q, Dv), column, y.ScaleRows(new() { X = one / sum.X, Y = one / sum.Y, Z = one / sum.Z, W = one / sum.W }));
        if (strip != 0 || group.Column != 0) return;
        var l = new MatrixRows<T>(LogSumExp, queries, pairs.Tq - q, 1);
        l.Store(group.Row, 0, max.X + T.Log(sum.X));
        l.Store(group.Row + 1, 0, max.Y + T.Log(sum.Y));
        l.Store(group.Row + 2, 0, max.Z + T.Log(sum.Z));
        l.Store(group.Row + 3, 0, max.W + T.Log(sum.W));
    }
}
