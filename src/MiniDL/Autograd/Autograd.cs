namespace MiniDL;

/// <summary>Gradients as a function, their modes, and derivatives of higher order.</summary>
public static partial class Autograd
{
    /// <summary>No recording until it is disposed: <c>using (Autograd.NoGrad()) …</c></summary>
    public static GradModeScope NoGrad() => new(enabled: false);

    /// <summary>The same as <see cref="NoGrad"/>; <c>model.Inference()</c> also switches layers to evaluation.</summary>
    public static GradModeScope Inference() => new(enabled: false);

    /// <summary>Recording, inside a <see cref="NoGrad"/>.</summary>
    public static GradModeScope EnableGrad() => new(enabled: true);

    /// <summary>True when ops are recorded on this thread.</summary>
    public static bool IsRecording => GradMode.Enabled;

    /// <summary>Until it is disposed, an op that makes a NaN or an infinity of finite operands throws with its name and its layer's, forward and backward.</summary>
    /// <exception cref="ArithmeticException">Thrown by the op.</exception>
    public static AnomalyScope DetectAnomaly() => new(on: true);

    /// <summary>dy/dx, without touching any <see cref="Tensor.Grad"/>.</summary>
    /// <param name="y">A number, or any tensor when <paramref name="gradient"/> is given.</param>
    /// <param name="x">A tensor in the graph of <paramref name="y"/>, leaf or not.</param>
    /// <param name="gradient">The gradient of something with respect to y.</param>
    /// <param name="createGraph">Record the result, so that it can be differentiated again.</param>
    /// <param name="retainGraph">Keep the graph for another pass.</param>
    /// <exception cref="InvalidOperationException">y does not depend on x.</exception>
    public static Tensor Grad(Tensor y, Tensor x, Tensor? gradient = null, bool createGraph = false, bool retainGraph = false)
        => Grad(y, [x], gradient, createGraph, retainGraph)[0]
           ?? throw new InvalidOperationException("Grad: y does not depend on x");

    /// <summary>dy/dx for several x; null for one that y does not depend on.</summary>
    /// <inheritdoc cref="Grad(Tensor, Tensor, Tensor?, bool, bool)"/>
    public static Tensor?[] Grad(Tensor y, IReadOnlyList<Tensor> x, Tensor? gradient = null, bool createGraph = false, bool retainGraph = false)
    {
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(x);
        var nodes = new GradNode[x.Count];
        for (var i = 0; i < nodes.Length; i++)
            nodes[i] = x[i].node ?? throw new InvalidOperationException($"Grad: x[{i}] does not require a gradient; set RequiresGrad = true before y is computed");
        if (y.node is null) throw new InvalidOperationException("Grad: nothing that y depends on requires a gradient (or it was computed under NoGrad)");
        var results = BackwardPass.Run(y.node, Seed(y, gradient, nameof(Grad), createGraph), nodes, createGraph, retainGraph || createGraph);
        GC.KeepAlive(y);
        return results;
    }

    /// <summary>The gradient a pass begins with; recorded when the pass is, so that every gradient must come out recorded.</summary>
    internal static Tensor Seed(Tensor y, Tensor? gradient, string op, bool createGraph)
    {
        if (gradient is null)
        {
            if (y.Length != 1)
                throw new ShapeException($"{op}: y has shape {y.Shape}; only a single number can do without a gradient of y's shape");
            gradient = Tensor.OnesLike(y);
        }
        else if (!gradient.layout.SameSizes(y.layout))
        {
            throw new ShapeException($"{op}: the gradient has shape {gradient.Shape}, y has {y.Shape}");
        }
        else if (gradient.dtype != y.dtype || gradient.Device != y.Device)
        {
            throw new ArgumentException($"{op}: the gradient is {gradient.dtype} on {gradient.Device}, y is {y.dtype} on {y.Device}", nameof(gradient));
        }
        if (gradient.storage is DeviceBuffer buffer) buffer.Escape();
        if (createGraph && gradient.node is null)
        {
            gradient = gradient.Alias(gradient.layout);
            gradient.RequiresGrad = true;
        }
        return gradient;
    }

    /// <summary>Hessian times vector, ∇(∇f·v), without the Hessian: two backward passes.</summary>
    /// <param name="f">A function from a tensor to a single number.</param>
    /// <param name="x">Where.</param>
    /// <param name="v">The vector, of x's shape.</param>
    public static Tensor Hvp(Func<Tensor, Tensor> f, Tensor x, Tensor v)
    {
        ArgumentNullException.ThrowIfNull(f);
        using var mode = EnableGrad();
        var at = LeafAt(x);
        var g = Grad(f(at), at, createGraph: true);
        if (g.node is null) return Tensor.ZerosLike(x);
        return Grad((g * v.Detach()).Sum(), [at])[0] ?? Tensor.ZerosLike(x);
    }

    /// <summary>The matrix of second derivatives of <paramref name="f"/> at <paramref name="x"/>: shape [x.Shape…, x.Shape…].</summary>
    /// <param name="f">A function from a tensor to a single number.</param>
    /// <param name="x">Where.</param>
    public static Tensor Hessian(Func<Tensor, Tensor> f, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(f);
        using var mode = EnableGrad();
        var at = LeafAt(x);
        return Rows(Grad(f(at), at, createGraph: true), at);
    }

    /// <summary>The matrix of first derivatives of <paramref name="f"/> at <paramref name="x"/>: shape [f(x).Shape…, x.Shape…].</summary>
    /// <param name="f">A function from a tensor to a tensor.</param>
    /// <param name="x">Where.</param>
    public static Tensor Jacobian(Func<Tensor, Tensor> f, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(f);
        using var mode = EnableGrad();
        var at = LeafAt(x);
        return Rows(f(at), at);
    }

    static Tensor LeafAt(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        var leaf = x.Detach();
        leaf.RequiresGrad = true;
        return leaf;
    }

    static Tensor Rows(Tensor y, Tensor x)
    {
        int[] shape = [.. y.Shape, .. x.Shape];
        Dims.Check(shape, nameof(Jacobian));
        var result = Tensor.Zeros([checked((int)y.Length), checked((int)x.Length)], y.dtype, y.Device);
        if (y.node is null) return result.Reshape(shape);
        for (var i = 0; i < y.Length; i++)
        {
            var pick = Tensor.Zeros([(int)y.Length], y.dtype, y.Device);
            pick.Narrow(0, i, 1).Fill(1);
            if (Grad(y, [x], pick.Reshape(y.Shape), retainGraph: true)[0] is { } row)
                result.Select(0, i).CopyFrom(row.Detach().Reshape([(int)x.Length]));
        }
        return result.Reshape(shape);
    }
}
