using ILGPU;

namespace MiniDL.Gpu;

// With several positions an image, a channel's values are runs: their sums come first, and then the sums over images. With one, a channel is a column.
internal sealed partial class GpuRealBackend<T> : IBatchNormKernels
{
    /// <inheritdoc/>
    public void BatchNormStatistics(in BatchNormShape shape, in TensorView x, in TensorView mean, in TensorView variance)
    {
        var channel = new BatchNormChannel<T> { Mean = Dense<T>(mean), Variance = Dense<T>(variance), N = T.Of(shape.N), Spatial = T.Of(shape.Spatial) };
        var channels = RowGrid.Columns(shape.N, shape.C);
        if (shape.Spatial == 1)
        {
            channel.Means = Dense<T>(x);
            OverRows(channel, channels);
            return;
        }
        var (means, squares) = (Scratch((long)shape.N * shape.C), Scratch((long)shape.N * shape.C));
        (channel.Means, channel.Squares) = (Dense<T>(means), Dense<T>(squares));
        OverRows(new BatchNormRun<T> { X = Dense<T>(x), Mean = channel.Means, Squares = channel.Squares, Spatial = channel.Spatial }, RunsOf(shape), x);
        OverRows(channel, channels);
        Gpu.Pool.Return(means.Buffer);
        Gpu.Pool.Return(squares.Buffer);
    }

    /// <inheritdoc/>
    public void BatchNormForward(in BatchNormShape shape, in TensorView x, in TensorView mean, in TensorView variance, in TensorView w, in TensorView b, in TensorView y)
    {
        var run = new BatchNormRunForward<T> { X = Dense<T>(x), Y = Dense<T>(y), Statistics = new(shape, mean, variance), Weight = DenseOrNone<T>(w), B = DenseOrNone<T>(b) };
        OverRows(run, RunsOf(shape), x, y);
    }

    /// <inheritdoc/>
    public void BatchNormBackward(in BatchNormShape shape, in TensorView x, in TensorView mean, in TensorView variance, in TensorView w, in TensorView dy, in TensorView dx, in TensorView dw, in TensorView db)
    {
        // In training dx wants both sums, also when nobody else does.
        var needed = shape.Training && !dx.IsNone;
        var (products, sums) = (needed && dw.IsNone ? Scratch(shape.C) : dw, needed && db.IsNone ? Scratch(shape.C) : db);
        var statistics = new ChannelStatistics<T>(shape, mean, variance);
        var sum = new BatchNormSums<T> { X = Dense<T>(x), Dy = Dense<T>(dy), Statistics = statistics };
        if (shape.Spatial == 1) SumColumns(sum, RowGrid.ColumnParts(shape.N, shape.C), products, sums);
        else SumColumns(sum, RunsOf(shape), products, sums, x, dy);
        if (!dx.IsNone)
        {
            var run = new BatchNormRunBackward<T>
            {
                X = Dense<T>(x), Dy = Dense<T>(dy), Dx = Dense<T>(dx), Statistics = statistics, Weight = DenseOrNone<T>(w), Products = DenseOrNone<T>(products), Sums = DenseOrNone<T>(sums),
                Count = T.Of(shape.Count), Training = shape.Training ? 1 : 0,
            };
            OverRows(run, RunsOf(shape), x, dy, dx);
        }
        if (needed && dw.IsNone) Gpu.Pool.Return(products.Buffer);
        if (needed && db.IsNone) Gpu.Pool.Return(sums.Buffer);
    }

    /// <summary>A channel's values in an image, for all images and channels.</summary>
    static RowGrid RunsOf(in BatchNormShape shape) => new(shape.N, shape.C, checked((int)shape.Spatial), shape.C * shape.Spatial, shape.Spatial, 1);
}

/// <summary>Mean and 1/√(var + ε) of each channel.</summary>
internal readonly struct ChannelStatistics<T>(in BatchNormShape shape, in TensorView mean, in TensorView variance) where T : unmanaged, IReal<T>
{
    readonly ArrayView<T> mean = GpuMemory.Of<T>(mean), variance = GpuMemory.Of<T>(variance);
    readonly T eps = T.Of(shape.Eps);

    public T MeanOf(long c) => mean[c];

    public T InverseDeviationOf(long c) => T.Of(1) / T.Sqrt(variance[c] + eps);
}

/// <summary>A formula of x, dy and w, with w = 1.</summary>
internal readonly struct Unweighed<TOp, T>(TOp op) : IElementOp<T>
    where TOp : struct, IElementOp<T>
    where T : unmanaged, IReal<T>
{
    readonly TOp op = op;

    public static int Arity => 2;

    public T Invoke(T x, T dy, T c) => op.Invoke(x, dy, T.Of(1));
}

/// <summary>(x − m)·r·w + b, w and b constants.</summary>
internal readonly struct ChannelAffine<T>(T m, T r, T w, T b) : IElementOp<T> where T : unmanaged, IReal<T>
{
    readonly T m = m, r = r, w = w, b = b;

    public static int Arity => 1;

    public T Invoke(T x, T u, T v) => T.Fma((x - m) * r, w, b);
}

/// <summary>The mean of a run, and the sum of squares about it.</summary>
internal struct BatchNormRun<T> : IRow<T> where T : unmanaged, IReal<T>
{
    public ArrayView<T> X, Mean, Squares;
    public T Spatial;

    public readonly void Run(RowTeam<T> team)
    {
        var (x, none) = (team.Row(X), RowTeam<T>.None);
        var mean = team.Sum(default(Itself<T>), x, none, none) / Spatial;
        var squares = team.Sum(new SquareAbout<T>(mean), x, none, none);
        team.Write(Mean, mean);
        team.Write(Squares, squares);
    }
}

/// <summary>Mean and variance of a channel from those of its runs: the squares about its mean are those about the runs' means, and those of the runs' means about it.</summary>
internal struct BatchNormChannel<T> : IRow<T> where T : unmanaged, IReal<T>
{
    public ArrayView<T> Means, Squares, Mean, Variance;
    public T N, Spatial;

    public readonly void Run(RowTeam<T> team)
    {
        var (means, none) = (team.Row(Means), RowTeam<T>.None);
        var mean = team.Sum(default(Itself<T>), means, none, none) / N;
        var squares = Spatial * team.Sum(new SquareAbout<T>(mean), means, none, none);
        if (Squares.Length != 0) squares += team.Sum(default(Itself<T>), team.Row(Squares), none, none);
        team.Write(Mean, mean);
        team.Write(Variance, squares / (N * Spatial));
    }
}

/// <summary>y = (x − mean)·r·w + b.</summary>
internal struct BatchNormRunForward<T> : IRow<T> where T : unmanaged, IReal<T>
{
    public ArrayView<T> X, Y, Weight, B;
    public ChannelStatistics<T> Statistics;

    public readonly void Run(RowTeam<T> team)
    {
        var (c, none) = (team.Inner, RowTeam<T>.None);
        var (w, b) = (Weight.Length != 0 ? Weight[c] : T.Of(1), B.Length != 0 ? B[c] : T.Of(0));
        team.Map(new ChannelAffine<T>(Statistics.MeanOf(c), Statistics.InverseDeviationOf(c), w, b), team.Row(Y), team.Row(X), none, none);
    }
}

/// <summary>Over a run, or a part of a column: Σ dy·x̂ and Σ dy.</summary>
internal struct BatchNormSums<T> : ITwoSums<T> where T : unmanaged, IReal<T>
{
    public ArrayView<T> X, Dy;
    public ChannelStatistics<T> Statistics;

    public ArrayView<T> A { get; set; }

    public ArrayView<T> B { get; set; }

    public readonly void Run(RowTeam<T> team)
    {
        var (x, dy, none) = (team.Row(X), team.Row(Dy), RowTeam<T>.None);
        var (m, r) = (Statistics.MeanOf(team.Inner), Statistics.InverseDeviationOf(team.Inner));
        team.Write(A, team.Sum(new Unweighed<TimesNormalized<T>, T>(new(m, r)), x, dy, none));
        team.Write(B, team.Sum(default(Itself<T>), dy, none, none));
    }
}

/// <summary>In training dx = w·r·(dy − mean(dy) − x̂·mean(dy·x̂)), else dx = w·r·dy.</summary>
internal struct BatchNormRunBackward<T> : IRow<T> where T : unmanaged, IReal<T>
{
    public ArrayView<T> X, Dy, Dx, Weight, Products, Sums;
    public ChannelStatistics<T> Statistics;
    public T Count;
    public int Training;

    public readonly void Run(RowTeam<T> team)
    {
        var (c, x, dy, dx, none) = (team.Inner, team.Row(X), team.Row(Dy), team.Row(Dx), RowTeam<T>.None);
        var r = Statistics.InverseDeviationOf(c);
        var a = Weight.Length != 0 ? r * Weight[c] : r;
        if (Training != 0) team.Map(new Unweighed<NormGradient<T>, T>(new(Statistics.MeanOf(c), r, a, Sums[c] / Count, Products[c] / Count)), dx, x, dy, none);
        else team.Map(new Scaled<T>(a), dx, dy, none, none);
    }
}
