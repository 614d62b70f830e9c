namespace MiniDL;

/// <summary>The activation that <see cref="Tensor.Linear"/> applies on the way out.</summary>
public enum Activation
{
    /// <summary>None.</summary>
    None,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>1/(1 + e⁻ˣ).</summary>
    Sigmoid,

    /// <summary>tanh x.</summary>
    Tanh,

    /// <summary>x·Φ(x).</summary>
    Gelu,
}

public partial class Tensor
{
    /// <summary>y = f(x·wᵀ + b): a fully connected layer with its activation.</summary>
    /// <remarks>x: […, In], w: [Out, In], b: [Out] → y: […, Out]. With z = x·wᵀ + b and g = dy·f′(z): dx = g·w, dw = gᵀ·x, db = Σ g over the rows.</remarks>
    /// <param name="w">The weights; [In] gives a single output, whose axis goes away.</param>
    /// <param name="b">The bias; none when left out.</param>
    /// <param name="activation">f.</param>
    /// <exception cref="ShapeException">The sizes do not fit.</exception>
    public Tensor Linear(Tensor w, Tensor? b = null, Activation activation = Activation.None)
    {
        ArgumentNullException.ThrowIfNull(w);
        if (Rank == 0 || w.Rank is < 1 or > 2)
            throw new ShapeException(nameof(Linear), $"x must be […, In] and w [Out, In]: x has shape {layout}, w {w.layout}");
        if (Size(-1) != w.Size(-1))
            throw new ShapeException(nameof(Linear), $"x {layout} ends in {Size(-1)}, w {w.layout} takes {w.Size(-1)}", "x", Rank - 1, w.Size(-1), Size(-1));
        if (b is not null && (w.Rank == 2 ? b.Rank != 1 || b.Size(0) != w.Size(0) : b.Length != 1))
            throw new ShapeException(nameof(Linear), $"b has shape {b.layout}, w {w.layout} gives {(w.Rank == 2 ? w.Size(0) : 1)} outputs", "b");
        var kernels = default(ILinearKernels);
        var fused = w.Rank == 2 && dtype == w.dtype && (b is null || b.dtype == dtype) && dtype.IsDifferentiable()
            && Fusion.Find<ILinearKernels>(this, nameof(Linear), out kernels);
        if (!fused) return LinearNode.Composite(this, w, b, activation);
        Types.SameDevice(this, w, nameof(Linear));
        return LinearNode.Run(kernels!, this, w, b, activation);
    }
}

/// <summary>The kernels that a fully connected layer wants. x is [Rows, In], y [Rows, Out], b [Out], contiguous; w has any strides.</summary>
internal interface ILinearKernels
{
    /// <summary>y = f(x·wᵀ + b); b may be <c>IsNone</c>.</summary>
    void LinearForward(Activation activation, in TensorView x, in TensorView w, in TensorView b, in TensorView y);

    /// <summary>g = dy·f′, from y where f′ is a formula of y (ReLU, sigmoid, tanh); for GELU from z.</summary>
    void LinearActivationBackward(Activation activation, in TensorView saved, in TensorView dy, in TensorView g);
}

/// <summary>Saves x, w, and what the activation's derivative is a formula of.</summary>
internal sealed class LinearNode : FusedNode
{
    readonly Activation activation;
    Saved y;

    LinearNode(Activation activation, Tensor x, Tensor w, Tensor? b, Tensor y) : base([x, w, b], y)
    {
        this.activation = activation;
        if (activation != Activation.None) this.y = Saved.Output(y);
    }

    public override string Name => "Linear";

    public static Tensor Run(ILinearKernels kernels, Tensor x, Tensor w, Tensor? b, Activation activation)
    {
        // GELU's derivative needs z, which the kernel would not keep: compose it over the fused product.
        if (activation == Activation.Gelu) return Run(kernels, x, w, b, Activation.None).Gelu();
        Gate.Enter("Linear");
        var (xc, bc) = (x.ContiguousData(), b?.ContiguousData());
        Span<int> sizes = stackalloc int[x.Rank];
        x.layout.Sizes.CopyTo(sizes);
        sizes[^1] = w.Size(0);
        var y = Tensor.New(Layout.Of(sizes), x.dtype, x.Device);
        kernels.LinearForward(activation, Rows(xc), w.View, bc.ViewOrNone(), Rows(y));
        if (GradMode.Enabled && (x.node ?? w.node ?? b?.node) is not null) y.node = new LinearNode(activation, x, w, b, y);
        GC.KeepAlive(xc);
        GC.KeepAlive(bc);
        return Gate.Leave("Linear", y, x, w, b);
    }

    static TensorView Rows(Tensor x) => x.ViewAs(Layout.Of([checked((int)(x.Size(-1) == 0 ? RowCount(x) : x.Length / x.Size(-1))), x.Size(-1)]));

    static long RowCount(Tensor x)
    {
        long rows = 1;
        for (var i = 0; i < x.Rank - 1; i++) rows *= x.Size(i);
        return rows;
    }

    public static Tensor Composite(Tensor x, Tensor w, Tensor? b, Activation activation)
    {
        var z = x.MatMul(w.T());
        if (b is not null) z += b;
        return activation switch
        {
            Activation.Relu => z.Relu(),
            Activation.Sigmoid => z.Sigmoid(),
            Activation.Tanh => z.Tanh(),
            Activation.Gelu => z.Gelu(),
            _ => z,
        };
    }

    protected override Tensor Composite(ReadOnlySpan<Tensor?> x) => Composite(x[0]!, x[1]!, x[2], activation);

    protected override void Kernel(Tensor dy, Span<Tensor?> dx)
    {
        var (x, w) = (Operand(0), Operand(1));
        var g = dy;
        if (activation != Activation.None)
        {
            var (s, dyc) = (y.ReadOutput(this), dy.ContiguousData());
            g = Tensor.New(Shape.Contiguous(), dy.dtype, dy.Device);
            ((ILinearKernels)dy.Backend).LinearActivationBackward(activation, s.View, dyc.View, g.View);
            GC.KeepAlive(s);
            GC.KeepAlive(dyc);
        }
        var rows = g.Reshape([checked((int)RowCount(g)), w.Size(0)]);
        if (Wants(0)) dx[0] = rows.MatMul(w).Reshape(x.Shape);
        if (Wants(1)) dx[1] = rows.T().MatMul(x.Reshape([rows.Size(0), w.Size(1)]));
        if (Wants(2)) dx[2] = rows.Sum([0]);
    }

    public override void Release()
    {
        base.Release();
        y.Release();
    }
}
