namespace MiniDL;

public partial class Tensor
{
    /// <summary>y[n,o,i,j] = b[o] + Σ x[n,c,i·s + k·d − p, j·s + l·d − p]·w[o,c,k,l]: a 2-d convolution (LeCun et al. 1989), x taken as 0 outside.</summary>
    /// <remarks>
    /// x: [N, C, H, W], w: [Out, C/groups, KH, KW], b: [Out] → y: [N, Out, OutH, OutW], OutH = ⌊(H + 2p − d·(KH − 1) − 1)/s⌋ + 1.
    /// It is linear in x and in w, and so are its gradients: dx = convTranspose(dy, w), dw = Σₙ x ⋆ dy, db = Σ dy; each is the gradient of the others.
    /// </remarks>
    /// <param name="w">The kernels.</param>
    /// <param name="b">The bias; none when left out.</param>
    /// <param name="stride">s.</param>
    /// <param name="padding">p, or "same".</param>
    /// <param name="dilation">d.</param>
    /// <param name="groups">Independent groups of channels.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Conv2d(Tensor w, Tensor? b = null, Size2? stride = null, Padding padding = default, Size2? dilation = null, int groups = 1)
    {
        ArgumentNullException.ThrowIfNull(w);
        if (Rank == 3) return Unsqueeze(0).Conv2d(w, b, stride, padding, dilation, groups).Squeeze(0);
        var (s, d) = (stride ?? 1, dilation ?? 1);
        var options = new ConvOptions(s.H, s.W, padding.H, padding.W, d.H, d.W, groups, padding.IsSame);
        return Convolution.Forward(nameof(Conv2d), ConvShape.From(nameof(Conv2d), this, w, b, options), this, w, b);
    }

    /// <summary>The 1-d convolution: x [N, C, L], w [Out, C/groups, K] → [N, Out, OutL].</summary>
    /// <inheritdoc cref="Conv2d"/>
    public Tensor Conv1d(Tensor w, Tensor? b = null, int stride = 1, Padding padding = default, int dilation = 1, int groups = 1)
    {
        ArgumentNullException.ThrowIfNull(w);
        if (Rank == 2) return Unsqueeze(0).Conv1d(w, b, stride, padding, dilation, groups).Squeeze(0);
        if (Rank != 3 || w.Rank != 3) throw new ShapeException(nameof(Conv1d), $"x must be [N, C, L] and w [Out, C/groups, K]: x {layout}, w {w.layout}");
        var options = new ConvOptions(1, stride, 0, padding.W, 1, dilation, groups, padding.IsSame);
        var (x4, w4) = (Unsqueeze(2), w.Unsqueeze(2));
        return Convolution.Forward(nameof(Conv1d), ConvShape.From(nameof(Conv1d), x4, w4, b, options), x4, w4, b).Squeeze(2);
    }

    /// <summary>The transposed 2-d convolution: the gradient of <see cref="Conv2d"/> with respect to its input, as an op that makes images larger.</summary>
    /// <remarks>x: [N, C, H, W], w: [C, Out/groups, KH, KW] → [N, Out, (H − 1)·s − 2p + d·(KH − 1) + outputPadding + 1, …]. Gradient: dx = conv(dy, w), dw = Σₙ dy ⋆ x, db = Σ dy.</remarks>
    /// <param name="w">The kernels.</param>
    /// <param name="b">The bias; none when left out.</param>
    /// <param name="stride">s.</param>
    /// <param name="padding">p.</param>
    /// <param name="outputPadding">Added to one side of the output's size, which the stride leaves open.</param>
    /// <param name="groups">Independent groups of channels.</param>
    /// <param name="dilation">d.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor ConvTranspose2d(Tensor w, Tensor? b = null, Size2? stride = null, Size2? padding = null, Size2? outputPadding = null, int groups = 1, Size2? dilation = null)
    {
        ArgumentNullException.ThrowIfNull(w);
        if (Rank == 3) return Unsqueeze(0).ConvTranspose2d(w, b, stride, padding, outputPadding, groups, dilation).Squeeze(0);
        var (s, p, o, d) = (stride ?? 1, padding ?? 0, outputPadding ?? 0, dilation ?? 1);
        var options = new ConvOptions(s.H, s.W, p.H, p.W, d.H, d.W, groups, false);
        var shape = ConvShape.Transposed(nameof(ConvTranspose2d), this, w, b, options, o.H, o.W);
        var y = Convolution.BackwardInput(nameof(ConvTranspose2d), shape, this, w);
        return b is null ? y : y + b.Reshape(-1, 1, 1);
    }

    /// <summary>The transposed 1-d convolution: x [N, C, L], w [C, Out/groups, K].</summary>
    /// <inheritdoc cref="ConvTranspose2d"/>
    public Tensor ConvTranspose1d(Tensor w, Tensor? b = null, int stride = 1, int padding = 0, int outputPadding = 0, int groups = 1, int dilation = 1)
    {
        ArgumentNullException.ThrowIfNull(w);
        if (Rank == 2) return Unsqueeze(0).ConvTranspose1d(w, b, stride, padding, outputPadding, groups, dilation).Squeeze(0);
        if (Rank != 3 || w.Rank != 3) throw new ShapeException(nameof(ConvTranspose1d), $"x must be [N, C, L] and w [C, Out/groups, K]: x {layout}, w {w.layout}");
        return Unsqueeze(2).ConvTranspose2d(w.Unsqueeze(2), b, (1, stride), (0, padding), (0, outputPadding), groups, (1, dilation)).Squeeze(2);
    }
}

/// <summary>The kernels that convolution wants. All views are contiguous; b may be <c>IsNone</c>.</summary>
internal interface IConvKernels
{
    /// <summary>y = conv(x, w) + b.</summary>
    void ConvForward(in ConvShape shape, in TensorView x, in TensorView w, in TensorView b, in TensorView y);

    /// <summary>dx = convTranspose(dy, w).</summary>
    void ConvBackwardInput(in ConvShape shape, in TensorView dy, in TensorView w, in TensorView dx);

    /// <summary>dw = Σₙ x ⋆ dy, split over images by size alone and summed in a fixed order.</summary>
    void ConvBackwardWeight(in ConvShape shape, in TensorView x, in TensorView dy, in TensorView dw);
}

/// <summary>The three members of the family, each linear in both operands, each the gradient of the others.</summary>
internal static class Convolution
{
    /// <summary>y = conv(x, w) + b.</summary>
    public static Tensor Forward(string op, ConvShape shape, Tensor x, Tensor w, Tensor? b)
    {
        Gate.Enter(op);
        using var scope = TempScope.Open();
        var (xc, wc, bc) = (x.ContiguousData(), w.ContiguousData(), b?.ContiguousData());
        var y = Tensor.New(shape.YLayout, x.dtype, x.Device);
        if (Fusion.Find<IConvKernels>(x, op, out var kernels)) kernels.ConvForward(shape, xc.View, wc.View, bc.ViewOrNone(), y.View);
        else ComposeForward(shape, xc, wc, bc, y);
        if (GradMode.Enabled && (x.node ?? w.node ?? b?.node) is not null) y.node = new ForwardNode(op, shape, x, w, b, y);
        GC.KeepAlive(wc);
        GC.KeepAlive(bc);
        scope.Close(y);
        return Gate.Leave(op, y, x, w, b);
    }

    /// <summary>dx = convTranspose(dy, w).</summary>
    public static Tensor BackwardInput(string op, ConvShape shape, Tensor dy, Tensor w)
    {
        Gate.Enter(op);
        using var scope = TempScope.Open();
        var (dyc, wc) = (dy.ContiguousData(), w.ContiguousData());
        var dx = Tensor.New(shape.XLayout, dy.dtype, dy.Device);
        if (Fusion.Find<IConvKernels>(dy, op, out var kernels)) kernels.ConvBackwardInput(shape, dyc.View, wc.View, dx.View);
        else ComposeBackwardInput(shape, dyc, wc, dx);
        if (GradMode.Enabled && (dy.node ?? w.node) is not null) dx.node = new InputNode(op, shape, dy, w, dx);
        GC.KeepAlive(dyc);
        GC.KeepAlive(wc);
        scope.Close(dx);
        return Gate.Leave(op, dx, dy, w);
    }

    /// <summary>dw = Σₙ x ⋆ dy.</summary>
    static Tensor BackwardWeight(string op, ConvShape shape, Tensor x, Tensor dy)
    {
        Gate.Enter(op);
        using var scope = TempScope.Open();
        var (xc, dyc) = (x.ContiguousData(), dy.ContiguousData());
        var dw = Tensor.New(shape.WLayout, x.dtype, x.Device);
        if (Fusion.Find<IConvKernels>(x, op, out var kernels)) kernels.ConvBackwardWeight(shape, xc.View, dyc.View, dw.View);
        else ComposeBackwardWeight(shape, xc, dyc, dw);
        if (GradMode.Enabled && (x.node ?? dy.node) is not null) dw.node = new WeightNode(op, shape, x, dy, dw);
        GC.KeepAlive(xc);
        GC.KeepAlive(dyc);
        scope.Close(dw);
        return Gate.Leave(op, dw, x, dy);
    }

    // The composites: windows as columns, then one matrix product a group.

    static Tensor Columns(ConvShape shape, Tensor x)
    {
        var w = shape.Window;
        var columns = Tensor.New(Layout.Of([w.N, w.C * w.KernelH * w.KernelW, w.OutH * w.OutW]), x.dtype, x.Device);
        x.Backend.Im2Col(w, x.View, columns.View);
        return columns.Reshape([w.N, shape.Groups, shape.Taps, w.OutH * w.OutW]);
    }

    static void ComposeForward(ConvShape shape, Tensor x, Tensor w, Tensor? b, Tensor y)
    {
        using var off = Autograd.NoGrad();
        var kernels = w.Detach().Reshape([shape.Groups, shape.GroupOut, shape.Taps]);
        var sum = kernels.MatMul(Columns(shape, x)).Reshape(y.Shape);
        y.CopyFrom(b is null ? sum : sum + b.Detach().Reshape([shape.Out, 1, 1]));
    }

    static void ComposeBackwardInput(ConvShape shape, Tensor dy, Tensor w, Tensor dx)
    {
        using var off = Autograd.NoGrad();
        var window = shape.Window;
        var kernels = w.Detach().Reshape([shape.Groups, shape.GroupOut, shape.Taps]).Transpose(1, 2);
        var columns = kernels.MatMul(dy.Detach().Reshape([window.N, shape.Groups, shape.GroupOut, window.OutH * window.OutW])).Contiguous();
        dx.Backend.Col2Im(window, columns.Reshape([window.N, window.C * window.KernelH * window.KernelW, window.OutH * window.OutW]).View, dx.View);
        GC.KeepAlive(columns);
    }

    static void ComposeBackwardWeight(ConvShape shape, Tensor x, Tensor dy, Tensor dw)
    {
        using var off = Autograd.NoGrad();
        var window = shape.Window;
        var gradients = dy.Detach().Reshape([window.N, shape.Groups, shape.GroupOut, window.OutH * window.OutW]);
        dw.CopyFrom(gradients.MatMul(Columns(shape, x).Transpose(2, 3)).Sum([0]).Reshape(dw.Shape));
    }

    sealed class ForwardNode(string op, ConvShape shape, Tensor x, Tensor w, Tensor? b, Tensor y) : ManyGradNode([x, w, b], y)
    {
        Saved x = Saved.Input(x), w = Saved.Input(w);

        public override string Name => op;

        public override void Backward(Tensor dy, Span<Tensor?> dx)
        {
            if (Wants(0)) dx[0] = BackwardInput(op, shape, dy, w.Read(this));
            if (Wants(1)) dx[1] = BackwardWeight(op, shape, x.Read(this), dy);
            if (Wants(2)) dx[2] = dy.Sum([0, 2, 3]);
        }

        public override void Release()
        {
            base.Release();
            x.Release();
            w.Release();
        }
    }

    /// <summary>Of u → convTranspose(u, w), given dz: du = conv(dz, w), dw = Σₙ dz ⋆ u.</summary>
    sealed class InputNode(string op, ConvShape shape, Tensor u, Tensor w, Tensor y) : BinaryGradNode(u, w, y)
    {
        Saved u = Saved.Input(u), w = Saved.Input(w);

        public override string Name => op;

        public override void Backward(Tensor dy, Span<Tensor?> dx)
        {
            if (WantsA) dx[0] = Forward(op, shape, dy, w.Read(this), null);
            if (WantsB) dx[1] = BackwardWeight(op, shape, dy, u.Read(this));
        }

        public override void Release()
        {
            base.Release();
            u.Release();
            w.Release();
        }
    }

    /// <summary>Of (x, u) → Σₙ x ⋆ u, given dz: dx = convTranspose(u, dz), du = conv(x, dz).</summary>
    sealed class WeightNode(string op, ConvShape shape, Tensor x, Tensor u, Tensor y) : BinaryGradNode(x, u, y)
    {
        Saved x = Saved.Input(x), u = Saved.Input(u);

        public override string Name => op;

        public override void Backward(Tensor dy, Span<Tensor?> dx)
        {
            if (WantsA) dx[0] = BackwardInput(op, shape, u.Read(this), dy);
            if (WantsB) dx[1] = Forward(op, shape, x.Read(this), dy, null);
        }

        public override void Release()
        {
            base.Release();
            x.Release();
            u.Release();
        }
    }
}
