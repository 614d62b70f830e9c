namespace MiniDL;

public static partial class Loss
{
    /// <summary>The label that does not count, as in PyTorch.</summary>
    public const long DefaultIgnoreIndex = -100;

    /// <summary>Cross-entropy of logits and classes: the mean of −log softmax(x)[target].</summary>
    /// <remarks>
    /// With class weights w and label smoothing s, a target t costs −(1 − s)·w_t·log pₜ − s/C·Σ_c w_c·log p_c; the mean divides by Σ w_t of the targets that count.
    /// Gradient (without weights and smoothing): dx = (softmax(x) − onehot(t))/n. A target of x's shape and a float dtype holds class probabilities q:
    /// it costs −Σ_c w_c·q_c·log p_c, averaged over the rows, and has a gradient of its own.
    /// </remarks>
    /// <param name="logits">x: [N, C], [N, C, …] or [C].</param>
    /// <param name="target">Classes [N], [N, …] or [] as integers, or class probabilities of x's shape.</param>
    /// <param name="weight">w: [C]; 1 when left out.</param>
    /// <param name="ignoreIndex">A target that does not count.</param>
    /// <param name="labelSmoothing">s, between 0 and 1.</param>
    /// <param name="reduction">Mean, sum or none.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is not a class.</exception>
    public static Tensor CrossEntropy(Tensor logits, Tensor target, Tensor? weight = null, long ignoreIndex = DefaultIgnoreIndex, double labelSmoothing = 0, LossReduction reduction = LossReduction.Mean)
    {
        const string Op = nameof(CrossEntropy);
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(target);
        if (labelSmoothing is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(labelSmoothing), FormattableString.Invariant($"{Gate.Describe(Op)}: labelSmoothing {labelSmoothing} is outside 0…1"));
        var x = Types.AsFloat(logits, Op);
        if (target.DType.IsFloat()) return Probabilities(x, target, weight, labelSmoothing, reduction);
        var shape = ClassShape.From(Op, x, ref target, weight, ignoreIndex);
        if (Fusion.Find<ICrossEntropyKernels>(x, Op, out var kernels) && x.Length > 0)
            return Weighed(CrossEntropyNode.Run(kernels, shape, x, target, weight, ignoreIndex, labelSmoothing), shape, target, weight, ignoreIndex, reduction);
        return Weighed(CrossEntropyNode.Composite(x, target, weight, ignoreIndex, labelSmoothing), shape, target, weight, ignoreIndex, reduction);
    }

    /// <summary>Negative log-likelihood: the weighed mean of −x[target], where x holds log-probabilities.</summary>
    /// <remarks>Gradient: dx = −w_t/Σw at the targets, 0 elsewhere.</remarks>
    /// <param name="logProbabilities">x: [N, C], [N, C, …] or [C].</param>
    /// <param name="target">Classes [N], [N, …] or [] as integers.</param>
    /// <param name="weight">w: [C]; 1 when left out.</param>
    /// <param name="ignoreIndex">A target that does not count.</param>
    /// <param name="reduction">Mean, sum or none.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is not a class.</exception>
    public static Tensor Nll(Tensor logProbabilities, Tensor target, Tensor? weight = null, long ignoreIndex = DefaultIgnoreIndex, LossReduction reduction = LossReduction.Mean)
    {
        ArgumentNullException.ThrowIfNull(logProbabilities);
        ArgumentNullException.ThrowIfNull(target);
        var x = Types.AsFloat(logProbabilities, nameof(Nll));
        var shape = ClassShape.From(nameof(Nll), x, ref target, weight, ignoreIndex);
        return Weighed(CrossEntropyNode.NegativeLog(x, target, weight, ignoreIndex), shape, target, weight, ignoreIndex, reduction);
    }

    static Tensor Probabilities(Tensor x, Tensor target, Tensor? weight, double labelSmoothing, LossReduction reduction)
    {
        const string Op = nameof(CrossEntropy);
        if (!x.layout.SameSizes(target.layout))
            throw new ShapeException(Op, $"the target is {target.DType}, so it holds class probabilities and needs the logits' shape {x.Shape}; it has {target.Shape} (classes are Int64)", "target");
        var axis = x.Rank == 1 ? 0 : 1;
        if (x.Rank == 0) throw new ShapeException(Op, "logits are a single number; they must be [N, C] or [C]", "logits");
        var classes = x.Size(axis);
        var q = labelSmoothing == 0 ? target : target * (1 - labelSmoothing) + labelSmoothing / classes;
        var terms = x.LogSoftmax(axis) * q;
        if (weight is not null) terms *= CrossEntropyNode.AlongClasses(weight, x, axis);
        var losses = -terms.Sum([axis]);
        return Reduce(losses, reduction);
    }

    /// <summary>The reduction of class losses: the mean is over the weights of the targets that count.</summary>
    static Tensor Weighed(Tensor losses, ClassShape shape, Tensor target, Tensor? weight, long ignoreIndex, LossReduction reduction)
    {
        if (reduction != LossReduction.Mean) return Reduce(losses, reduction);
        if (weight is null && shape.Counted is { } counted) return losses.Sum() / counted;
        using var scope = TempScope.Open();
        Tensor total;
        using (Autograd.NoGrad())
            total = CrossEntropyNode.TargetWeights(losses, target, weight, ignoreIndex).Sum();
        var y = losses.Sum() / total;
        scope.Close(y);
        return y;
    }
}

/// <summary>Rows of C logits: element (n, c, s) lies at (n·C + c)·Spatial + s.</summary>
/// <param name="N">Samples.</param>
/// <param name="C">Classes.</param>
/// <param name="Spatial">Positions in a sample.</param>
/// <param name="Counted">How many targets count, where the host has looked at them.</param>
public readonly record struct ClassShape(int N, int C, long Spatial, long? Counted)
{
    /// <summary>The sizes; the target is checked, and comes back as Int64.</summary>
    internal static ClassShape From(string op, Tensor x, ref Tensor target, Tensor? weight, long ignoreIndex)
    {
        if (x.Rank == 0) throw new ShapeException(op, "logits are a single number; they must be [N, C], [N, C, …] or [C]", "logits");
        Types.Expect(target, target.DType.IsInteger(), op, "target", "classes are Int64 or Int32");
        Types.SameDevice(x, target, op);
        int[] wanted = x.Rank == 1 ? [] : [x.Size(0), .. x.Shape.ToArray()[2..]];
        if (!target.layout.Sizes.SequenceEqual(wanted))
            throw new ShapeException(op, $"logits {x.Shape} want a target of shape {Layout.Text(wanted)}, it has {target.Shape}", "target");
        var c = x.Size(x.Rank == 1 ? 0 : 1);
        if (weight is not null && (weight.Rank != 1 || weight.Size(0) != c))
            throw new ShapeException(op, $"weight has shape {weight.Shape}, logits {x.Shape} have {c} classes", "weight", 0, c);
        if (weight is not null) Types.Expect(weight, weight.DType == x.DType, op, "weight", $"logits are {x.DType}");
        target = Indices.CheckClasses(target, c, ignoreIndex, op, out var counted);
        long spatial = 1;
        for (var i = 2; i < x.Rank; i++) spatial *= x.Size(i);
        return new(x.Rank == 1 ? 1 : x.Size(0), c, spatial, counted);
    }
}

/// <summary>The kernels that cross-entropy wants: one loss for each target. Views are contiguous; weight may be <c>IsNone</c>.</summary>
internal interface ICrossEntropyKernels
{
    /// <summary>loss[n,s] and, for the backward, logsumexp[n,s] of each row.</summary>
    void CrossEntropyForward(in ClassShape shape, double smoothing, long ignoreIndex, in TensorView x, in TensorView target, in TensorView weight, in TensorView loss, in TensorView logSumExp);

    /// <summary>dx from the gradient of each loss.</summary>
    void CrossEntropyBackward(in ClassShape shape, double smoothing, long ignoreIndex, in TensorView x, in TensorView target, in TensorView weight, in TensorView logSumExp, in TensorView dy, in TensorView dx);
}

/// <summary>Cross-entropy of each target by itself; saves the logits and each row's log Σ exp.</summary>
internal sealed class CrossEntropyNode : FusedNode
{
    readonly ClassShape shape;
    readonly double smoothing;
    readonly long ignoreIndex;
    Saved target, weight, logSumExp;

    CrossEntropyNode(ClassShape shape, Tensor x, Tensor target, Tensor? weight, long ignoreIndex, double smoothing, Tensor y, Tensor logSumExp) : base([x], y)
    {
        (this.shape, this.ignoreIndex, this.smoothing) = (shape, ignoreIndex, smoothing);
        this.target = Saved.Input(target);
        if (weight is not null) this.weight = Saved.Input(weight.Detach());
        this.logSumExp = Saved.Input(logSumExp);
    }

    public override string Name => "CrossEntropy";

    public static Tensor Run(ICrossEntropyKernels kernels, ClassShape shape, Tensor x, Tensor target, Tensor? weight, long ignoreIndex, double smoothing)
    {
        Gate.Enter("CrossEntropy");
        using var scope = TempScope.Open();
        var (xc, t, w) = (x.ContiguousData(), target.ContiguousData(), weight?.Detach().ContiguousData());
        var layout = target.layout.Contiguous();
        var (y, logSumExp) = (Tensor.New(layout, x.dtype, x.Device), Tensor.New(layout, x.dtype, x.Device));
        kernels.CrossEntropyForward(shape, smoothing, ignoreIndex, xc.View, t.View, w.ViewOrNone(), y.View, logSumExp.View);
        if (x.node is not null && GradMode.Enabled) y.node = new CrossEntropyNode(shape, x, t, w, ignoreIndex, smoothing, y, logSumExp);
        GC.KeepAlive(t);
        GC.KeepAlive(w);
        scope.Close(y);
        return Gate.Leave("CrossEntropy", y, x, xc, target);
    }

    public static Tensor Composite(Tensor x, Tensor target, Tensor? weight, long ignoreIndex, double smoothing)
    {
        var axis = x.Rank == 1 ? 0 : 1;
        var logP = x.LogSoftmax(axis);
        var losses = NegativeLog(logP, target, weight, ignoreIndex);
        if (smoothing == 0) return losses;
        var spread = weight is null ? logP : logP * AlongClasses(weight, x, axis);
        var counts = target.Detach().Ne(ignoreIndex);
        var smooth = -spread.Sum([axis]) / x.Size(axis);
        return losses * (1 - smoothing) + Tensor.Where(counts, smooth, Tensor.Scalar(0, x.dtype, x.Device)) * smoothing;
    }

    /// <summary>−w_t·x[t] for each target, 0 where it does not count.</summary>
    public static Tensor NegativeLog(Tensor x, Tensor target, Tensor? weight, long ignoreIndex)
    {
        var axis = x.Rank == 1 ? 0 : 1;
        var counts = target.Ne(ignoreIndex);
        var safe = Tensor.Where(counts, target, Tensor.Scalar(0, DType.Int64, target.Device));
        if (x.Length == 0) return Tensor.Zeros(target.Shape, x.dtype, x.Device) + (x.Sum() * 0);
        var picked = x.Gather(axis, safe.Unsqueeze(axis)).Squeeze(axis);
        return -(picked * TargetWeights(picked, target, weight, ignoreIndex));
    }

    /// <summary>The weight of each target: w_t, or 1; 0 where it does not count.</summary>
    public static Tensor TargetWeights(Tensor like, Tensor target, Tensor? weight, long ignoreIndex)
    {
        var counts = target.Ne(ignoreIndex);
        if (weight is null) return counts.To(like.dtype);
        var safe = Tensor.Where(counts, target, Tensor.Scalar(0, DType.Int64, target.Device));
        var picked = weight.Detach().IndexSelect(0, safe.Reshape(-1)).Reshape(target.Shape);
        return Tensor.Where(counts, picked, Tensor.Scalar(0, like.dtype, like.Device));
    }

    /// <summary>A vector over classes, shaped to broadcast along them.</summary>
    public static Tensor AlongClasses(Tensor weight, Tensor x, int axis)
    {
        Span<int> sizes = stackalloc int[x.Rank - axis];
        sizes.Fill(1);
        sizes[0] = x.Size(axis);
        return weight.Detach().Reshape(sizes);
    }

    protected override Tensor Composite(ReadOnlySpan<Tensor?> x) => Composite(x[0]!, target.Read(this), weight.ReadOrNull(this), ignoreIndex, smoothing);

    protected override void Kernel(Tensor dy, Span<Tensor?> dx)
    {
        var (x, t, w, l) = (Operand(0).ContiguousData(), target.Read(this), weight.ReadOrNull(this), logSumExp.Read(this));
        var dyc = dy.ContiguousData();
        dx[0] = Tensor.New(x.layout, dy.dtype, dy.Device);
        ((ICrossEntropyKernels)dy.Backend).CrossEntropyBackward(shape, smoothing, ignoreIndex, x.View, t.View, w.ViewOrNone(), l.View, dyc.View, dx[0]!.View);
        GC.KeepAlive(x);
        GC.KeepAlive(t);
        GC.KeepAlive(w);
        GC.KeepAlive(l);
        GC.KeepAlive(dyc);
    }

    public override void Release()
    {
        base.Release();
        target.Release();
        weight.Release();
        logSumExp.Release();
    }
}
