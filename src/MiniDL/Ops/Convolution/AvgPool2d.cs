namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = the mean of each window.</summary>
    /// <remarks>x: [N, C, H, W] → [N, C, OutH, OutW]. It is linear: the gradient spreads dy over the window, and the gradient of that is the mean again.</remarks>
    /// <param name="kernelSize">The window.</param>
    /// <param name="stride">Its step; the window's size when left out.</param>
    /// <param name="padding">Zeros around the image; at most half the window.</param>
    /// <param name="ceilMode">Let a last window hang over the edge.</param>
    /// <param name="countIncludePad">Divide by the window's size, padding included; else by how many elements lie in the image.</param>
    /// <param name="divisorOverride">Divide by this instead.</param>
    /// <exception cref="ShapeException">The window does not fit into x.</exception>
    public Tensor AvgPool2d(Size2 kernelSize, Size2? stride = null, Size2? padding = null, bool ceilMode = false, bool countIncludePad = true, int? divisorOverride = null)
    {
        if (Rank == 3) return Unsqueeze(0).AvgPool2d(kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride).Squeeze(0);
        if (divisorOverride == 0) throw new ArgumentOutOfRangeException(nameof(divisorOverride), $"{Gate.Describe(nameof(AvgPool2d))}: divisorOverride is 0");
        var window = PoolShape.From(nameof(AvgPool2d), this, kernelSize, stride, padding ?? 0, 1, ceilMode);
        return AvgPooling.Forward(new(window, countIncludePad, divisorOverride ?? 0), this);
    }
}

/// <summary>Windows and what their sums are divided by.</summary>
/// <param name="Window">The windows.</param>
/// <param name="CountIncludePad">Padding counts.</param>
/// <param name="DivisorOverride">The divisor, or 0 for the count.</param>
public readonly record struct AvgPoolShape(WindowShape Window, bool CountIncludePad, int DivisorOverride)
{
    /// <summary>What the sum of the window at (oh, ow) is divided by.</summary>
    public int Divisor(int oh, int ow)
    {
        if (DivisorOverride != 0) return DivisorOverride;
        var (top, left) = (Window.SourceH(oh, 0), Window.SourceW(ow, 0));
        var (bottom, right) = (Math.Min(top + Window.KernelH, Window.H + Window.PadTop), Math.Min(left + Window.KernelW, Window.W + Window.PadLeft));
        if (CountIncludePad) return (bottom - top) * (right - left);
        return (Math.Min(bottom, Window.H) - Math.Max(top, 0)) * (Math.Min(right, Window.W) - Math.Max(left, 0));
    }
}

/// <summary>The two members of the family, each the gradient of the other.</summary>
internal static class AvgPooling
{
    const string Op = "AvgPool2d";

    /// <summary>y = window sums over their divisors.</summary>
    public static Tensor Forward(AvgPoolShape shape, Tensor x)
    {
        Gate.Enter(Op);
        var xc = x.ContiguousData();
        var y = Tensor.New(PoolShape.OutLayout(shape.Window), x.dtype, x.Device);
        if (Fusion.Find<IPoolKernels>(x, Op, out var kernels)) kernels.AvgPoolForward(shape, xc.View, y.View);
        else ComposeForward(shape, xc, y);
        if (x.node is not null && GradMode.Enabled) y.node = new ForwardNode(shape, x, y);
        return Gate.Leave(Op, y, x, xc);
    }

    static Tensor Backward(AvgPoolShape shape, Tensor dy)
    {
        Gate.Enter(Op);
        var dyc = dy.ContiguousData();
        var dx = Tensor.New(PoolShape.InLayout(shape.Window), dy.dtype, dy.Device);
        if (Fusion.Find<IPoolKernels>(dy, Op, out var kernels)) kernels.AvgPoolBackward(shape, dyc.View, dx.View);
        else ComposeBackward(shape, dyc, dx);
        if (dy.node is not null && GradMode.Enabled) dx.node = new BackwardNode(shape, dy, dx);
        return Gate.Leave(Op, dx, dy, dyc);
    }

    static Tensor Divisors(AvgPoolShape shape, Tensor like)
    {
        var (h, w) = (shape.Window.OutH, shape.Window.OutW);
        var divisors = new double[h * w];
        for (var i = 0; i < divisors.Length; i++) divisors[i] = shape.Divisor(i / w, i % w);
        return Tensor.From<double>(divisors, h, w).To(like.dtype).To(like.Device);
    }

    static void ComposeForward(AvgPoolShape shape, Tensor x, Tensor y)
    {
        using var off = Autograd.NoGrad();
        var planes = PoolShape.Planes(shape.Window);
        var columns = Tensor.New(Layout.Of([planes.N, planes.KernelH * planes.KernelW, planes.OutH * planes.OutW]), x.dtype, x.Device);
        x.Backend.Im2Col(planes, x.Detach().Reshape([planes.N, 1, planes.H, planes.W]).View, columns.View);
        y.CopyFrom(columns.Sum([1]).Reshape(y.Shape) / Divisors(shape, x));
        GC.KeepAlive(x);
    }

    static void ComposeBackward(AvgPoolShape shape, Tensor dy, Tensor dx)
    {
        using var off = Autograd.NoGrad();
        var planes = PoolShape.Planes(shape.Window);
        var shares = (dy.Detach() / Divisors(shape, dy)).Reshape([planes.N, 1, planes.OutH * planes.OutW]);
        var columns = shares.Expand([planes.N, planes.KernelH * planes.KernelW, planes.OutH * planes.OutW]).Contiguous();
        dx.Backend.Col2Im(planes, columns.View, dx.Reshape([planes.N, 1, planes.H, planes.W]).View);
        GC.KeepAlive(columns);
    }

    sealed class ForwardNode(AvgPoolShape shape, Tensor x, Tensor y) : UnaryGradNode(x, y)
    {
        public override string Name => Op;

        protected override Tensor Backward(Tensor dy) => AvgPooling.Backward(shape, dy);
    }

    sealed class BackwardNode(AvgPoolShape shape, Tensor dy, Tensor dx) : UnaryGradNode(dy, dx)
    {
        public override string Name => Op;

        protected override Tensor Backward(Tensor dy) => Forward(shape, dy);
    }
}
