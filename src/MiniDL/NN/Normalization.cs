namespace MiniDL.NN;

/// <summary>Normalizes the elements of the last axes: y = (x − mean)/√(var + ε)·w + b (Ba et al. 2016, arXiv:1607.06450).</summary>
public sealed class LayerNorm : BuiltInLayer
{
    readonly int[] normalizedShape;
    readonly double eps;

    /// <summary>Over the last axis.</summary>
    /// <param name="width">Its size.</param>
    /// <param name="eps">ε.</param>
    /// <param name="affine">Whether there are w and b.</param>
    public LayerNorm(int width, double eps = 1e-5, bool affine = true) : this([width], eps, affine) { }

    /// <summary>Over several last axes.</summary>
    /// <param name="normalizedShape">Their sizes.</param>
    /// <param name="eps">ε.</param>
    /// <param name="affine">Whether there are w and b.</param>
    public LayerNorm(int[] normalizedShape, double eps = 1e-5, bool affine = true)
    {
        ArgumentNullException.ThrowIfNull(normalizedShape);
        foreach (var size in normalizedShape) Check.Positive(nameof(LayerNorm), size, nameof(normalizedShape));
        (this.normalizedShape, this.eps) = ([.. normalizedShape], eps);
        if (!affine) return;
        Weight = new(Tensor.Ones(this.normalizedShape));
        Bias = new(Tensor.Zeros(this.normalizedShape));
    }

    /// <summary>w, of the normalized shape; ones at first.</summary>
    public Parameter? Weight { get; }

    /// <summary>b, of the normalized shape; zeros at first.</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    protected override string Arguments
        => $"{(normalizedShape is [var width] ? width : Layout.Text(normalizedShape))}{ModuleText.Argument("eps", eps, 1e-5)}{ModuleText.Argument("affine", Weight is not null, true)}";

    private protected override Tensor Compute(Tensor x) => x.LayerNorm(normalizedShape, Weight, Bias, eps);
}

/// <summary>Normalizes groups of channels of each image [N, C, …] (Wu and He 2018, arXiv:1803.08494).</summary>
public sealed class GroupNorm : BuiltInLayer
{
    readonly int groups, channels;
    readonly double eps;

    /// <summary>Channels in groups.</summary>
    /// <param name="groups">How many; they divide the channels.</param>
    /// <param name="channels">C.</param>
    /// <param name="eps">ε.</param>
    /// <param name="affine">Whether there are w and b.</param>
    public GroupNorm(int groups, int channels, double eps = 1e-5, bool affine = true)
    {
        Check.Positive(nameof(GroupNorm), groups);
        Check.Positive(nameof(GroupNorm), channels);
        if (channels % groups != 0) throw new ArgumentException($"GroupNorm: {groups} groups do not divide {channels} channels", nameof(groups));
        (this.groups, this.channels, this.eps) = (groups, channels, eps);
        if (!affine) return;
        Weight = new(Tensor.Ones(channels));
        Bias = new(Tensor.Zeros(channels));
    }

    /// <summary>w, [C]; ones at first.</summary>
    public Parameter? Weight { get; }

    /// <summary>b, [C]; zeros at first.</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    protected override string Arguments => $"{groups}, {channels}{ModuleText.Argument("eps", eps, 1e-5)}{ModuleText.Argument("affine", Weight is not null, true)}";

    private protected override Tensor Compute(Tensor x) => x.GroupNorm(groups, Weight, Bias, eps);
}

/// <summary>Normalizes each channel over the batch in training, by running statistics in evaluation (Ioffe and Szegedy 2015, arXiv:1502.03167).</summary>
public abstract class BatchNorm : BuiltInLayer
{
    readonly int channels;
    readonly double? momentum;
    readonly double eps;

    private protected BatchNorm(int channels, double eps, double? momentum, bool affine, bool trackRunningStats)
    {
        Check.Positive(GetType().Name, channels);
        (this.channels, this.momentum, this.eps) = (channels, momentum, eps);
        if (affine)
        {
            Weight = new(Tensor.Ones(channels));
            Bias = new(Tensor.Zeros(channels));
        }
        if (!trackRunningStats) return;
        RunningMean = Tensor.Zeros(channels);
        RunningVar = Tensor.Ones(channels);
        NumBatchesTracked = Tensor.Zeros([], DType.Int64);
    }

    /// <summary>w, [C]; ones at first.</summary>
    public Parameter? Weight { get; }

    /// <summary>b, [C]; zeros at first.</summary>
    public Parameter? Bias { get; }

    /// <summary>The mean that evaluation uses, [C].</summary>
    [field: Buffer]
    public Tensor? RunningMean { get; }

    /// <summary>The variance that evaluation uses, [C].</summary>
    [field: Buffer]
    public Tensor? RunningVar { get; }

    /// <summary>How many batches the running statistics have seen.</summary>
    [field: Buffer]
    public Tensor? NumBatchesTracked { get; }

    /// <inheritdoc/>
    protected override string Arguments
        => $"{channels}{ModuleText.Argument("eps", eps, 1e-5)}{(momentum is { } m ? ModuleText.Argument("momentum", m, 0.1) : ", momentum: null")}"
         + $"{ModuleText.Argument("affine", Weight is not null, true)}{ModuleText.Argument("trackRunningStats", RunningMean is not null, true)}";

    private protected override Tensor Compute(Tensor x)
    {
        Expect(x);
        var step = momentum ?? 0;
        if (IsTraining && NumBatchesTracked is not null)
        {
            NumBatchesTracked.AddInPlace(1);
            step = momentum ?? 1 / NumBatchesTracked.Item();
        }
        return x.BatchNorm(RunningMean, RunningVar, Weight, Bias, IsTraining || RunningMean is null, step, eps);
    }

    private protected abstract void Expect(Tensor x);
}

/// <summary>Batch normalization of [N, C] or [N, C, L].</summary>
/// <inheritdoc/>
/// <param name="channels">C.</param>
/// <param name="eps">ε.</param>
/// <param name="momentum">How far the running statistics move towards a batch's; null: they are the plain average of all batches.</param>
/// <param name="affine">Whether there are w and b.</param>
/// <param name="trackRunningStats">False: evaluation uses the batch's statistics too.</param>
public sealed class BatchNorm1d(int channels, double eps = 1e-5, double? momentum = 0.1, bool affine = true, bool trackRunningStats = true)
    : BatchNorm(channels, eps, momentum, affine, trackRunningStats)
{
    private protected override void Expect(Tensor x)
    {
        if (x.Rank is not (2 or 3)) throw new ShapeException(nameof(BatchNorm1d), $"x has shape {x.Shape}; it must be [N, C] or [N, C, L]", "x");
    }
}

/// <summary>Batch normalization of images [N, C, H, W].</summary>
/// <inheritdoc cref="BatchNorm1d"/>
public sealed class BatchNorm2d(int channels, double eps = 1e-5, double? momentum = 0.1, bool affine = true, bool trackRunningStats = true)
    : BatchNorm(channels, eps, momentum, affine, trackRunningStats)
{
    private protected override void Expect(Tensor x)
    {
        if (x.Rank != 4) throw new ShapeException(nameof(BatchNorm2d), $"x has shape {x.Shape}; it must be [N, C, H, W]", "x", null, 4, x.Rank);
    }
}
