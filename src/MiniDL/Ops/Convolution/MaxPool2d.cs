namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = the largest element of each window.</summary>
    /// <remarks>x: [N, C, H, W] → [N, C, OutH, OutW]; padding counts as −∞. Gradient: dy goes to the first largest of its window.</remarks>
    /// <param name="kernelSize">The window.</param>
    /// <param name="stride">Its step; the window's size when left out.</param>
    /// <param name="padding">At most half the window.</param>
    /// <param name="dilation">The distance of the window's elements.</param>
    /// <param name="ceilMode">Let a last window hang over the edge.</param>
    /// <exception cref="ShapeException">The window does not fit into x.</exception>
    public Tensor MaxPool2d(Size2 kernelSize, Size2? stride = null, Size2? padding = null, Size2? dilation = null, bool ceilMode = false)
    {
        if (Rank == 3) return Unsqueeze(0).MaxPool2d(kernelSize, stride, padding, dilation, ceilMode).Squeeze(0);
        var shape = PoolShape.From(nameof(MaxPool2d), this, kernelSize, stride, padding ?? 0, dilation ?? 1, ceilMode);
        return Fusion.Find<IPoolKernels>(this, nameof(MaxPool2d), out var kernels)
            ? MaxPoolNode.Run(kernels, shape, this)
            : MaxPoolNode.Composite(shape, this).Values;
    }

    /// <summary>The largest of each window and its place y·W + x in the image (Int64), through the composite.</summary>
    /// <inheritdoc cref="MaxPool2d"/>
    public (Tensor Values, Tensor Indices) MaxPool2dWithIndices(Size2 kernelSize, Size2? stride = null, Size2? padding = null, Size2? dilation = null, bool ceilMode = false)
    {
        if (Rank == 3)
        {
            var (values, indices) = Unsqueeze(0).MaxPool2dWithIndices(kernelSize, stride, padding, dilation, ceilMode);
            return (values.Squeeze(0), indices.Squeeze(0));
        }
        return MaxPoolNode.Composite(PoolShape.From(nameof(MaxPool2d), this, kernelSize, stride, padding ?? 0, dilation ?? 1, ceilMode), this);
    }
}

/// <summary>Saves x; where the largest was is looked up again, which is cheaper than to keep it.</summary>
internal sealed class MaxPoolNode : FusedNode
{
    readonly WindowShape shape;

    MaxPoolNode(WindowShape shape, Tensor x, Tensor y) : base([x], y) => this.shape = shape;

    public override string Name => "MaxPool2d";

    public static Tensor Run(IPoolKernels kernels, WindowShape shape, Tensor x)
    {
        Gate.Enter("MaxPool2d");
        var xc = x.ContiguousData();
        var y = Tensor.New(PoolShape.OutLayout(shape), x.dtype, x.Device);
        kernels.MaxPoolForward(shape, xc.View, y.View);
        if (x.node is not null && GradMode.Enabled) y.node = new MaxPoolNode(shape, x, y);
        return Gate.Leave("MaxPool2d", y, x, xc);
    }

    /// <summary>The windows' elements side by side on a new axis, then a maximum along it.</summary>
    public static (Tensor Values, Tensor Indices) Composite(WindowShape s, Tensor x)
    {
        if (s.N * s.C == 0) return (Tensor.Zeros(PoolShape.OutLayout(s).Sizes, x.dtype, x.Device) + x.Sum() * 0, Tensor.Zeros(PoolShape.OutLayout(s).Sizes, DType.Int64, x.Device));
        var (values, which) = Tensor.Stack(Taps(s, x, double.NegativeInfinity)).Max(0);
        var places = Tensor.Arange(s.H * s.W, device: x.Device).Reshape(1, 1, s.H, s.W);
        var indices = Tensor.Stack(Taps(s, places, -1)).Expand([s.KernelH * s.KernelW, s.N, s.C, s.OutH, s.OutW]).Gather(0, which.Unsqueeze(0)).Squeeze(0);
        return (values, indices);
    }

    static Tensor[] Taps(WindowShape s, Tensor x, double outside)
    {
        var bottom = Math.Max(0, s.SourceH(s.OutH - 1, s.KernelH - 1) + 1 - s.H);
        var right = Math.Max(0, s.SourceW(s.OutW - 1, s.KernelW - 1) + 1 - s.W);
        var padded = x.Pad([s.PadLeft, right, s.PadTop, bottom], outside);
        var taps = new Tensor[s.KernelH * s.KernelW];
        for (var i = 0; i < taps.Length; i++)
        {
            var (kh, kw) = (i / s.KernelW, i % s.KernelW);
            taps[i] = padded.Slice(2, kh * s.DilationH, s.OutH, s.StrideH).Slice(3, kw * s.DilationW, s.OutW, s.StrideW);
        }
        return taps;
    }

    protected override Tensor Composite(ReadOnlySpan<Tensor?> x) => Composite(shape, x[0]!).Values;

    protected override void Kernel(Tensor dy, Span<Tensor?> dx)
    {
        var (x, dyc) = (Operand(0).ContiguousData(), dy.ContiguousData());
        dx[0] = Tensor.New(PoolShape.InLayout(shape), dy.dtype, dy.Device);
        ((IPoolKernels)dy.Backend).MaxPoolBackward(shape, x.View, dyc.View, dx[0]!.View);
        GC.KeepAlive(x);
        GC.KeepAlive(dyc);
    }
}
