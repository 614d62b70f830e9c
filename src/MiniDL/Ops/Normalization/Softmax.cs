namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = exp(x)/Σ exp(x) along an axis: positive, with sum 1.</summary>
    /// <remarks>The maximum is subtracted first, so nothing overflows. Gradient: dx = y·(dy − Σ y·dy). A row of −∞ alone gives NaN.</remarks>
    /// <param name="dim">The axis.</param>
    /// <param name="dtype">Convert to this type first.</param>
    public Tensor Softmax(int dim, DType? dtype = null) => SoftmaxNode.Run(this, dim, dtype, log: false);

    /// <summary>y = x − log Σ exp(x) along an axis: the logarithm of <see cref="Softmax"/>, without its rounding to 0.</summary>
    /// <remarks>Gradient: dx = dy − exp(y)·Σ dy.</remarks>
    /// <param name="dim">The axis.</param>
    /// <param name="dtype">Convert to this type first.</param>
    public Tensor LogSoftmax(int dim, DType? dtype = null) => SoftmaxNode.Run(this, dim, dtype, log: true);
}

/// <summary>The kernels that softmax and log-softmax want; x, y, dy and dx are contiguous.</summary>
internal interface ISoftmaxKernels
{
    /// <summary>y = softmax(x), or its logarithm.</summary>
    void SoftmaxForward(in RowShape shape, bool log, in TensorView x, in TensorView y);

    /// <summary>dx from the result and its gradient.</summary>
    void SoftmaxBackward(in RowShape shape, bool log, in TensorView y, in TensorView dy, in TensorView dx);
}

/// <summary>Softmax or log-softmax; saves its result.</summary>
internal sealed class SoftmaxNode : UnaryGradNode
{
    readonly int axis;
    readonly bool log;
    Saved y;

    SoftmaxNode(Tensor x, Tensor y, int axis, bool log) : base(x, y)
    {
        (this.axis, this.log) = (axis, log);
        this.y = Saved.Output(y);
    }

    public override string Name => NameOf(log);

    static string NameOf(bool log) => log ? "LogSoftmax" : "Softmax";

    public static Tensor Run(Tensor x, int dim, DType? dtype, bool log)
    {
        var name = NameOf(log);
        x = Types.AsFloat(dtype is { } t ? x.To(t) : x, name);
        var axis = Dims.Axis(dim, x.Rank, name);
        if (!Fusion.Find<ISoftmaxKernels>(x, name, out var kernels)) return Composite(x, axis, log);
        Gate.Enter(name);
        var xc = x.ContiguousData();
        var y = Tensor.New(xc.layout, x.dtype, x.Device);
        kernels.SoftmaxForward(RowShape.From(xc.layout, axis), log, xc.View, y.View);
        if (x.node is not null && GradMode.Enabled) y.node = new SoftmaxNode(x, y, axis, log);
        return Gate.Leave(name, y, x, xc);
    }

    static Tensor Composite(Tensor x, int axis, bool log)
    {
        if (x.Length == 0) return x.Clone();
        var shifted = x - x.Detach().Amax([axis], keepDim: true);
        if (log) return shifted - shifted.Exp().Sum([axis], keepDim: true).Log();
        var e = shifted.Exp();
        return e / e.Sum([axis], keepDim: true);
    }

    protected override Tensor Backward(Tensor dy)
    {
        var s = y.ReadOutput(this);
        if (GradMode.Enabled || !Fusion.Find<ISoftmaxKernels>(dy, Name, out var kernels))
            return log ? dy - s.Exp() * dy.Sum([axis], keepDim: true) : s * (dy - (s * dy).Sum([axis], keepDim: true));
        var dyc = dy.ContiguousData();
        var dx = Tensor.New(s.layout, dy.dtype, dy.Device);
        kernels.SoftmaxBackward(RowShape.From(s.layout, axis), log, s.View, dyc.View, dx.View);
        GC.KeepAlive(s);
        GC.KeepAlive(dyc);
        return dx;
    }

    public override void Release()
    {
        base.Release();
        y.Release();
    }
}
