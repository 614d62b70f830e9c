namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = (x − mean)/√(var + ε)·w + b for each channel (Ioffe and Szegedy 2015, arXiv:1502.03167); x is [N, C, …].</summary>
    /// <remarks>
    /// In training, mean and (biased) variance are the batch's, and the running ones move by <paramref name="momentum"/> towards them (the variance unbiased);
    /// else the running ones are used. Gradient in training, with x̂ = (x − mean)·r and r = 1/√(var + ε): dx = w·r·(dy − mean(dy) − x̂·mean(dy·x̂));
    /// otherwise dx = dy·w·r. dw = Σ dy·x̂, db = Σ dy.
    /// </remarks>
    /// <param name="runningMean">[C]; changed in place in training. May be null in training.</param>
    /// <param name="runningVar">[C]; changed in place in training. May be null in training.</param>
    /// <param name="w">Scale [C]; 1 when left out.</param>
    /// <param name="b">Shift [C]; 0 when left out.</param>
    /// <param name="training">Use and record the batch's statistics.</param>
    /// <param name="momentum">How far the running statistics move.</param>
    /// <param name="eps">ε.</param>
    /// <exception cref="ShapeException">A shape does not fit, or in training a channel has a single value.</exception>
    public Tensor BatchNorm(Tensor? runningMean, Tensor? runningVar, Tensor? w = null, Tensor? b = null, bool training = false, double momentum = 0.1, double eps = 1e-5)
    {
        if (Rank == 1 && Length == 0) return Unsqueeze(0).BatchNorm(runningMean, runningVar, w, b, training, momentum, eps).Squeeze(0); // no channels
        var x = Types.AsFloat(this, nameof(BatchNorm));
        var shape = BatchNormShape.From(x, runningMean, runningVar, w, b, training, eps);
        if (x.Length == 0) return x.Clone();
        if (Fusion.Find<IBatchNormKernels>(x, nameof(BatchNorm), out var kernels))
            return BatchNormNode.Run(kernels, shape, x, w, b, runningMean, runningVar, momentum);
        if (!training) return BatchNormNode.Affine(shape, x, runningMean!.Detach(), runningVar!.Detach(), w, b);
        var (mean, variance) = BatchNormNode.Statistics(shape, x);
        shape.Record(mean.Detach(), variance.Detach(), runningMean, runningVar, momentum);
        return BatchNormNode.Affine(shape, x, mean, variance, w, b);
    }
}

/// <summary>Images × channels × positions, each channel normalized.</summary>
/// <param name="N">Images.</param>
/// <param name="C">Channels.</param>
/// <param name="Spatial">Positions in an image.</param>
/// <param name="Training">Statistics of the batch, not the running ones.</param>
/// <param name="Eps">ε.</param>
public readonly record struct BatchNormShape(int N, int C, long Spatial, bool Training, double Eps)
{
    const string Op = "BatchNorm";

    /// <summary>Values in a channel.</summary>
    public long Count => N * Spatial;

    internal static BatchNormShape From(Tensor x, Tensor? runningMean, Tensor? runningVar, Tensor? w, Tensor? b, bool training, double eps)
    {
        if (x.Rank < 2) throw new ShapeException(Op, $"x has shape {x.Shape}; it must be [N, C, …]", "x", null, 2, x.Rank);
        if (!training && (runningMean is null || runningVar is null))
            throw new ArgumentException($"{Gate.Describe(Op)}: outside training it needs runningMean and runningVar");
        long spatial = 1;
        for (var i = 2; i < x.Rank; i++) spatial *= x.Size(i);
        var shape = new BatchNormShape(x.Size(0), x.Size(1), spatial, training, eps);
        shape.Check(x, runningMean, nameof(runningMean));
        shape.Check(x, runningVar, nameof(runningVar));
        shape.Check(x, w, nameof(w));
        shape.Check(x, b, nameof(b));
        if (training && shape.Count == 1 && shape.C > 0)
            throw new ShapeException(Op, $"x {x.Shape} has one value a channel; in training their variance needs at least two", "x", null, 2, 1);
        return shape;
    }

    void Check(Tensor x, Tensor? p, string name)
    {
        if (p is null) return;
        if (p.Rank != 1 || p.Size(0) != C)
            throw new ShapeException(Op, $"x {x.Shape} has {C} channels, {name} has shape {p.Shape}", name, 0, C, p.Rank == 1 ? p.Size(0) : null);
        Types.Expect(p, p.dtype == x.dtype, Op, name, $"x is {x.dtype}");
        Types.SameDevice(x, p, Op);
    }

    /// <summary>Moves the running statistics towards the batch's.</summary>
    internal void Record(Tensor mean, Tensor variance, Tensor? runningMean, Tensor? runningVar, double momentum)
    {
        using var off = Autograd.NoGrad();
        runningMean?.MulInPlace(1 - momentum).AddInPlace(mean * momentum);
        runningVar?.MulInPlace(1 - momentum).AddInPlace(variance * (momentum * Count / (Count - 1)));
    }
}

/// <summary>The kernels that batch norm wants. All views are contiguous; w, b and unwanted gradients may be <c>IsNone</c>.</summary>
internal interface IBatchNormKernels
{
    /// <summary>Mean and biased variance of each channel.</summary>
    void BatchNormStatistics(in BatchNormShape shape, in TensorView x, in TensorView mean, in TensorView variance);

    /// <summary>y from given statistics.</summary>
    void BatchNormForward(in BatchNormShape shape, in TensorView x, in TensorView mean, in TensorView variance, in TensorView w, in TensorView b, in TensorView y);

    /// <summary>The three gradients.</summary>
    void BatchNormBackward(in BatchNormShape shape, in TensorView x, in TensorView mean, in TensorView variance, in TensorView w, in TensorView dy, in TensorView dx, in TensorView dw, in TensorView db);
}

/// <summary>Saves x, w and the statistics that were used.</summary>
internal sealed class BatchNormNode : FusedNode
{
    readonly BatchNormShape shape;
    Saved mean, variance;

    BatchNormNode(BatchNormShape shape, Tensor x, Tensor? w, Tensor? b, Tensor y, Tensor mean, Tensor variance) : base([x, w, b], y)
    {
        this.shape = shape;
        (this.mean, this.variance) = (Saved.Input(mean), Saved.Input(variance));
    }

    public override string Name => "BatchNorm";

    public static Tensor Run(IBatchNormKernels kernels, BatchNormShape shape, Tensor x, Tensor? w, Tensor? b, Tensor? runningMean, Tensor? runningVar, double momentum)
    {
        Gate.Enter("BatchNorm");
        using var scope = TempScope.Open();
        var (xc, wc, bc) = (x.ContiguousData(), w?.ContiguousData(), b?.ContiguousData());
        Tensor mean, variance;
        if (shape.Training)
        {
            var channels = Layout.Of([shape.C]);
            (mean, variance) = (Tensor.New(channels, x.dtype, x.Device), Tensor.New(channels, x.dtype, x.Device));
            kernels.BatchNormStatistics(shape, xc.View, mean.View, variance.View);
            shape.Record(mean, variance, runningMean, runningVar, momentum);
        }
        else
        {
            (mean, variance) = (runningMean!.Detach().Clone(), runningVar!.Detach().Clone());
        }
        var y = Tensor.New(xc.layout, x.dtype, x.Device);
        kernels.BatchNormForward(shape, xc.View, mean.View, variance.View, wc.ViewOrNone(), bc.ViewOrNone(), y.View);
        if (GradMode.Enabled && (x.node ?? w?.node ?? b?.node) is not null) y.node = new BatchNormNode(shape, x, w, b, y, mean, variance);
        GC.KeepAlive(wc);
        GC.KeepAlive(bc);
        scope.Close(y);
        return Gate.Leave("BatchNorm", y, x, w, b);
    }

    /// <summary>Mean and biased variance of each channel, differentiable.</summary>
    public static (Tensor Mean, Tensor Variance) Statistics(BatchNormShape shape, Tensor x)
    {
        var flat = x.Reshape(shape.N, shape.C, -1);
        var mean = flat.Sum([0, 2]) / shape.Count;
        var centered = flat - mean.Reshape(shape.C, 1);
        return (mean, centered.Square().Sum([0, 2]) / shape.Count);
    }

    /// <summary>(x − mean)/√(variance + ε)·w + b by small ops.</summary>
    public static Tensor Affine(BatchNormShape shape, Tensor x, Tensor mean, Tensor variance, Tensor? w, Tensor? b)
    {
        Span<int> channel = stackalloc int[x.Rank - 1];
        channel.Fill(1);
        channel[0] = shape.C;
        var y = (x - mean.Reshape(channel)) * (variance + shape.Eps).Rsqrt().Reshape(channel);
        if (w is not null) y *= w.Reshape(channel);
        return b is null ? y : y + b.Reshape(channel);
    }

    protected override Tensor Composite(ReadOnlySpan<Tensor?> x)
    {
        if (!shape.Training) return Affine(shape, x[0]!, mean.Read(this), variance.Read(this), x[1], x[2]);
        var (m, v) = Statistics(shape, x[0]!);
        return Affine(shape, x[0]!, m, v, x[1], x[2]);
    }

    protected override void Kernel(Tensor dy, Span<Tensor?> dx)
    {
        var (x, w) = (Operand(0).ContiguousData(), OperandOrNull(1)?.ContiguousData());
        var (m, v) = (mean.Read(this), variance.Read(this));
        var dyc = dy.ContiguousData();
        for (var i = 0; i < 3; i++)
            if (Wants(i)) dx[i] = Tensor.New(i == 0 ? Shape.Contiguous() : Layout.Of([shape.C]), dy.dtype, dy.Device);
        ((IBatchNormKernels)dy.Backend).BatchNormBackward(shape, x.View, m.View, v.View, w.ViewOrNone(), dyc.View, dx[0].ViewOrNone(), dx[1].ViewOrNone(), dx[2].ViewOrNone());
        GC.KeepAlive(x);
        GC.KeepAlive(w);
        GC.KeepAlive(m);
        GC.KeepAlive(v);
        GC.KeepAlive(dyc);
    }

    public override void Release()
    {
        base.Release();
        mean.Release();
        variance.Release();
    }
}
