namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = softmax(q·kᵀ·s + mask)·v, dot-product attention (Vaswani et al. 2017, arXiv:1706.03762).</summary>
    /// <remarks>
    /// q: [B…, Tq, D], k: [B…, Tk, D], v: [B…, Tk, Dv] → y: [B…, Tq, Dv]. The kernel keeps no Tq×Tk matrix: it goes over tiles of keys with a running maximum and sum
    /// (Dao et al. 2022, arXiv:2205.14135), and its backward computes the weights again. With P = softmax(S): dv = Pᵀ·dy, dP = dy·vᵀ, dS = P·(dP − Σ dP·P), dq = s·dS·k, dk = s·dSᵀ·q.
    /// </remarks>
    /// <param name="key">k.</param>
    /// <param name="value">v.</param>
    /// <param name="mask">Bool (true: may look) or float (added to the scores); broadcasts to [B…, Tq, Tk].</param>
    /// <param name="causal">A query looks at keys up to its own position only, counted from the top left.</param>
    /// <param name="dropout">Probability with which a weight is dropped; 0 outside training.</param>
    /// <param name="scale">s; 1/√D when left out.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor ScaledDotProductAttention(Tensor key, Tensor value, Tensor? mask = null, bool causal = false, double dropout = 0, double? scale = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        var shape = AttentionShape.From(this, key, value, mask, causal, scale);
        string? reason = dropout > 0 ? "dropout of the weights needs them"
            : mask is { RequiresGrad: true } ? "the mask requires a gradient"
            : Length == 0 || key.Length == 0 || value.Length == 0 ? "an operand is empty" : null;
        if (Fusion.Find<IAttentionKernels>(this, nameof(ScaledDotProductAttention), out var kernels, reason))
            return AttentionNode.Run(kernels, shape, this, key, value, mask);
        return AttentionNode.Composite(shape, this, key, value, mask, dropout).Y;
    }

    /// <summary>The same with the attention weights softmax(…) beside the result, through the composite; both are differentiable.</summary>
    /// <inheritdoc cref="ScaledDotProductAttention"/>
    public (Tensor Y, Tensor Weights) ScaledDotProductAttentionWithWeights(Tensor key, Tensor value, Tensor? mask = null, bool causal = false, double dropout = 0, double? scale = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        return AttentionNode.Composite(AttentionShape.From(this, key, value, mask, causal, scale), this, key, value, mask, dropout);
    }
}

/// <summary>Sizes of an attention: Batch problems of Tq queries over Tk keys.</summary>
/// <param name="Batch">Product of the leading axes.</param>
/// <param name="Tq">Queries.</param>
/// <param name="Tk">Keys.</param>
/// <param name="D">Elements of a query and a key.</param>
/// <param name="Dv">Elements of a value.</param>
/// <param name="Scale">What the scores are multiplied by.</param>
/// <param name="Causal">Query i sees keys 0…i.</param>
public readonly record struct AttentionShape(int Batch, int Tq, int Tk, int D, int Dv, double Scale, bool Causal)
{
    const string Op = "ScaledDotProductAttention";

    internal static AttentionShape From(Tensor q, Tensor k, Tensor v, Tensor? mask, bool causal, double? scale)
    {
        if (q.Rank < 2 || k.Rank != q.Rank || v.Rank != q.Rank)
            throw new ShapeException(Op, $"q {q.Shape}, k {k.Shape} and v {v.Shape} must have one rank of at least 2");
        Types.Expect(q, q.dtype.IsDifferentiable(), Op, "q", "it must be Float32 or Float64");
        Types.Expect(k, k.dtype == q.dtype, Op, "k", $"q is {q.dtype}");
        Types.Expect(v, v.dtype == q.dtype, Op, "v", $"q is {q.dtype}");
        Types.SameDevice(q, k, Op);
        Types.SameDevice(q, v, Op);
        long batch = 1;
        for (var i = 0; i < q.Rank - 2; i++)
        {
            if (k.Size(i) != q.Size(i) || v.Size(i) != q.Size(i))
                throw new ShapeException(Op, $"the batch axes differ at axis {i}: q {q.Shape}, k {k.Shape}, v {v.Shape}", "k", i, q.Size(i), k.Size(i));
            batch *= q.Size(i);
        }
        if (k.Size(-1) != q.Size(-1))
            throw new ShapeException(Op, $"q {q.Shape} has vectors of {q.Size(-1)}, k {k.Shape} of {k.Size(-1)}", "k", q.Rank - 1, q.Size(-1), k.Size(-1));
        if (v.Size(-2) != k.Size(-2))
            throw new ShapeException(Op, $"k {k.Shape} has {k.Size(-2)} keys, v {v.Shape} has {v.Size(-2)} values", "v", q.Rank - 2, k.Size(-2), v.Size(-2));
        var shape = new AttentionShape(checked((int)batch), q.Size(-2), k.Size(-2), q.Size(-1), v.Size(-1), scale ?? 1 / Math.Sqrt(q.Size(-1)), causal);
        if (mask is not null)
        {
            Types.Expect(mask, mask.dtype == DType.Bool || mask.dtype == q.dtype, Op, "mask", $"it must be Bool or {q.dtype}");
            Types.SameDevice(q, mask, Op);
            CheckMask(mask.layout, ScoreSizes(q, shape));
        }
        return shape;
    }

    static void CheckMask(Layout mask, int[] scores)
    {
        var lead = scores.Length - mask.Rank;
        for (var i = 0; i < mask.Rank; i++)
        {
            if (lead >= 0 && (mask.Size(i) == 1 || mask.Size(i) == scores[lead + i])) continue;
            throw new ShapeException(Op, $"mask {mask} does not broadcast to the scores {Layout.Text(scores)}", "mask", i, lead < 0 ? null : scores[lead + i], mask.Size(i));
        }
    }

    internal static int[] ScoreSizes(Tensor q, AttentionShape shape) => [.. q.Shape.ToArray()[..^2], shape.Tq, shape.Tk];
}

/// <summary>The kernels that attention wants. q, k, v, y and gradients are contiguous [Batch, T, D]; mask is <c>IsNone</c>, or Bool or float of [Batch…, Tq, Tk] with any strides.</summary>
internal interface IAttentionKernels
{
    /// <summary>y, and for the backward the logarithm of each row's softmax denominator (shifted by its maximum) [Batch, Tq].</summary>
    void AttentionForward(in AttentionShape shape, in TensorView q, in TensorView k, in TensorView v, in TensorView mask, in TensorView y, in TensorView logSumExp);

    /// <summary>The three gradients; those that nobody wants are <c>IsNone</c>.</summary>
    void AttentionBackward(in AttentionShape shape, in TensorView q, in TensorView k, in TensorView v, in TensorView mask, in TensorView y, in TensorView logSumExp, in TensorView dy, in TensorView dq, in TensorView dk, in TensorView dv);
}

/// <summary>Saves q, k, v, the mask, y and each row's log Σ exp; no weights.</summary>
internal sealed class AttentionNode : FusedNode
{
    readonly AttentionShape shape;
    Saved mask, y, logSumExp;

    AttentionNode(AttentionShape shape, Tensor q, Tensor k, Tensor v, Tensor? mask, Tensor y, Tensor logSumExp) : base([q, k, v], y)
    {
        this.shape = shape;
        if (mask is not null) this.mask = Saved.Input(mask);
        this.y = Saved.Output(y);
        this.logSumExp = Saved.Input(logSumExp);
    }

    public override string Name => "ScaledDotProductAttention";

    public static Tensor Run(IAttentionKernels kernels, AttentionShape shape, Tensor q, Tensor k, Tensor v, Tensor? mask)
    {
        const string Op = "ScaledDotProductAttention";
        Gate.Enter(Op);
        using var scope = TempScope.Open();
        var (qc, kc, vc) = (q.ContiguousData(), k.ContiguousData(), v.ContiguousData());
        var m = mask?.Expand(AttentionShape.ScoreSizes(q, shape));
        var y = Tensor.New(Layout.Of([.. q.Shape.ToArray()[..^1], shape.Dv]), q.dtype, q.Device);
        var logSumExp = Tensor.New(Layout.Of([shape.Batch, shape.Tq]), q.dtype, q.Device);
        kernels.AttentionForward(shape, qc.View, kc.View, vc.View, m.ViewOrNone(), y.View, logSumExp.View);
        if (GradMode.Enabled && (q.node ?? k.node ?? v.node) is not null) y.node = new AttentionNode(shape, q, k, v, m, y, logSumExp);
        GC.KeepAlive(qc);
        GC.KeepAlive(kc);
        GC.KeepAlive(vc);
        GC.KeepAlive(m);
        scope.Close(y);
        return Gate.Leave(Op, y, [q, k, v, mask]);
    }

    public static (Tensor Y, Tensor Weights) Composite(AttentionShape shape, Tensor q, Tensor k, Tensor v, Tensor? mask, double dropout)
    {
        var scores = (q * shape.Scale).MatMul(k.T());
        var no = Tensor.Scalar(double.NegativeInfinity, q.dtype, q.Device);
        if (mask is not null) scores = mask.dtype == DType.Bool ? Tensor.Where(mask, scores, no) : scores + mask;
        if (shape.Causal) scores = Tensor.Where(Tensor.Ones([shape.Tq, shape.Tk], DType.Bool, q.Device).Tril(), scores, no);
        var weights = scores.Softmax(-1);
        if (dropout > 0) weights = weights.Dropout(dropout);
        return (weights.MatMul(v), weights);
    }

    protected override Tensor Composite(ReadOnlySpan<Tensor?> x) => Composite(shape, x[0]!, x[1]!, x[2]!, mask.ReadOrNull(this), 0).Y;

    protected override void Kernel(Tensor dy, Span<Tensor?> dx)
    {
        var (q, k, v) = (Operand(0).ContiguousData(), Operand(1).ContiguousData(), Operand(2).ContiguousData());
        var (m, o, l) = (mask.ReadOrNull(this), y.ReadOutput(this), logSumExp.Read(this));
        var dyc = dy.ContiguousData();
        for (var i = 0; i < 3; i++)
            if (Wants(i)) dx[i] = Tensor.New((i == 0 ? q : i == 1 ? k : v).layout, dy.dtype, dy.Device);
        ((IAttentionKernels)dy.Backend).AttentionBackward(shape, q.View, k.View, v.View, m.ViewOrNone(), o.View, l.View, dyc.View, dx[0].ViewOrNone(), dx[1].ViewOrNone(), dx[2].ViewOrNone());
        GC.KeepAlive(q);
        GC.KeepAlive(k);
        GC.KeepAlive(v);
        GC.KeepAlive(m);
        GC.KeepAlive(o);
        GC.KeepAlive(l);
        GC.KeepAlive(dyc);
    }

    public override void Release()
    {
        base.Release();
        mask.Release();
        y.Release();
        logSumExp.Release();
    }
}
