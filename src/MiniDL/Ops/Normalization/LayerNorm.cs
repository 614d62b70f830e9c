namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = (x − mean)/√(var + ε)·w + b over the last axes (Ba et al. 2016, arXiv:1607.06450).</summary>
    /// <remarks>
    /// Mean and (biased) variance are of each row, the elements of the normalized axes. With x̂ = (x − mean)·r and r = 1/√(var + ε):
    /// dx = r·(g − mean(g) − x̂·mean(g·x̂)) for g = dy·w; dw = Σ dy·x̂; db = Σ dy, summed over rows.
    /// </remarks>
    /// <param name="normalizedShape">The sizes of the last axes.</param>
    /// <param name="w">Scale, of that shape; 1 when left out.</param>
    /// <param name="b">Shift, of that shape; 0 when left out.</param>
    /// <param name="eps">ε.</param>
    /// <exception cref="ShapeException">x does not end in the normalized shape, or w or b has another.</exception>
    public Tensor LayerNorm(ReadOnlySpan<int> normalizedShape, Tensor? w = null, Tensor? b = null, double eps = 1e-5)
    {
        var x = Types.AsFloat(this, nameof(LayerNorm));
        var shape = LayerNormShape.From(x, normalizedShape, w, b, eps);
        if (!Fusion.Find<ILayerNormKernels>(x, nameof(LayerNorm), out var kernels)) return LayerNormNode.Composite(shape, x, w, b);
        return LayerNormNode.Run(kernels, shape, x, w, b);
    }
}

/// <summary>Rows × D elements, each row normalized.</summary>
/// <param name="Rows">How many rows.</param>
/// <param name="D">Elements in a row.</param>
/// <param name="Axes">How many of the last axes make a row.</param>
/// <param name="Eps">ε.</param>
public readonly record struct LayerNormShape(long Rows, int D, int Axes, double Eps)
{
    internal static LayerNormShape From(Tensor x, ReadOnlySpan<int> normalizedShape, Tensor? w, Tensor? b, double eps)
    {
        var axes = normalizedShape.Length;
        if (axes == 0 || axes > x.Rank || !x.layout.Sizes[^axes..].SequenceEqual(normalizedShape))
            throw new ShapeException(Op, $"x {x.Shape} does not end in the normalized shape {Layout.Text(normalizedShape)}", "x");
        Check(w, nameof(w), normalizedShape, x);
        Check(b, nameof(b), normalizedShape, x);
        var d = 1;
        foreach (var size in normalizedShape) d = checked(d * size);
        long rows = 1;
        for (var i = 0; i < x.Rank - axes; i++) rows *= x.Size(i);
        return new(rows, d, axes, eps);
    }

    const string Op = "LayerNorm";

    static void Check(Tensor? p, string name, ReadOnlySpan<int> shape, Tensor x)
    {
        if (p is null) return;
        if (!p.layout.Sizes.SequenceEqual(shape))
            throw new ShapeException(Op, $"{name} has shape {p.Shape}, the normalized shape is {Layout.Text(shape)} (x {x.Shape})", name);
        Types.Expect(p, p.dtype == x.dtype, Op, name, $"x is {x.dtype}");
        Types.SameDevice(x, p, Op);
    }
}

/// <summary>The kernels that layer norm wants. All views are contiguous; w, b and unwanted gradients may be <c>IsNone</c>.</summary>
internal interface ILayerNormKernels
{
    /// <summary>y, and for the backward each row's mean and r = 1/√(var + ε).</summary>
    void LayerNormForward(in LayerNormShape shape, in TensorView x, in TensorView w, in TensorView b, in TensorView y, in TensorView mean, in TensorView r);

    /// <summary>The three gradients.</summary>
    void LayerNormBackward(in LayerNormShape shape, in TensorView x, in TensorView w, in TensorView mean, in TensorView r, in TensorView dy, in TensorView dx, in TensorView dw, in TensorView db);
}

/// <summary>Saves x, w, and each row's mean and r.</summary>
internal sealed class LayerNormNode : FusedNode
{
    readonly LayerNormShape shape;
    readonly bool hasW;
    Saved mean, r;

    LayerNormNode(LayerNormShape shape, Tensor x, Tensor? w, Tensor? b, Tensor y, Tensor mean, Tensor r) : base([x, w, b], y)
    {
        (this.shape, hasW) = (shape, w is not null);
        (this.mean, this.r) = (Saved.Input(mean), Saved.Input(r));
    }

    public override string Name => "LayerNorm";

    public static Tensor Run(ILayerNormKernels kernels, LayerNormShape shape, Tensor x, Tensor? w, Tensor? b)
    {
        Gate.Enter("LayerNorm");
        using var scope = TempScope.Open();
        var (xc, wc, bc) = (x.ContiguousData(), w?.ContiguousData(), b?.ContiguousData());
        var y = Tensor.New(xc.layout, x.dtype, x.Device);
        var rows = Layout.Of([checked((int)shape.Rows)]);
        var (mean, r) = (Tensor.New(rows, x.dtype, x.Device), Tensor.New(rows, x.dtype, x.Device));
        kernels.LayerNormForward(shape, xc.View, wc.ViewOrNone(), bc.ViewOrNone(), y.View, mean.View, r.View);
        if (GradMode.Enabled && (x.node ?? w?.node ?? b?.node) is not null) y.node = new LayerNormNode(shape, x, w, b, y, mean, r);
        GC.KeepAlive(wc);
        GC.KeepAlive(bc);
        scope.Close(y);
        return Gate.Leave("LayerNorm", y, x, w, b);
    }

    public static Tensor Composite(LayerNormShape shape, Tensor x, Tensor? w, Tensor? b)
    {
        Span<int> axes = stackalloc int[shape.Axes];
        for (var i = 0; i < axes.Length; i++) axes[i] = i - axes.Length;
        var centered = x - x.Sum(axes, keepDim: true) / shape.D;
        var variance = centered.Square().Sum(axes, keepDim: true) / shape.D;
        var y = centered * (variance + shape.Eps).Rsqrt();
        if (w is not null) y *= w;
        return b is null ? y : y + b;
    }

    protected override Tensor Composite(ReadOnlySpan<Tensor?> x) => Composite(shape, x[0]!, x[1], x[2]);

    protected override void Kernel(Tensor dy, Span<Tensor?> dx)
    {
        var (x, w) = (Operand(0).ContiguousData(), hasW ? Operand(1).ContiguousData() : null);
        var (m, s) = (mean.Read(this), r.Read(this));
        var dyc = dy.ContiguousData();
        for (var i = 0; i < 3; i++)
            if (Wants(i)) dx[i] = Tensor.New(Layout.Of(i == 0 ? Shape.Sizes : Shape.Sizes[^shape.Axes..]), dy.dtype, dy.Device);
        ((ILayerNormKernels)dy.Backend).LayerNormBackward(shape, x.View, w.ViewOrNone(), m.View, s.View, dyc.View, dx[0].ViewOrNone(), dx[1].ViewOrNone(), dx[2].ViewOrNone());
        GC.KeepAlive(x);
        GC.KeepAlive(w);
        GC.KeepAlive(m);
        GC.KeepAlive(s);
        GC.KeepAlive(dyc);
    }

    public override void Release()
    {
        base.Release();
        mean.Release();
        r.Release();
    }
}
