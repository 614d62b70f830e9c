namespace MiniDL;

public partial class Tensor
{
    /// <summary>True when gradients flow into this tensor: a leaf that asked for one, or a result of recorded ops.</summary>
    /// <remarks>Setting it makes a leaf of a tensor outside any graph, or no leaf any more.</remarks>
    /// <exception cref="InvalidOperationException">The dtype has no gradients, or an op made this tensor.</exception>
    public bool RequiresGrad
    {
        get => node is not null;
        set
        {
            if (value == node is not null) return;
            if (!value && node is not LeafNode)
                throw new InvalidOperationException($"RequiresGrad: {node!.Name} made this tensor, it cannot leave its graph; use Detach()");
            if (value && !dtype.IsDifferentiable())
                throw new InvalidOperationException($"RequiresGrad: a {dtype} tensor has no gradient; use Float32 or Float64");
            node = value ? new LeafNode(this) : null;
        }
    }

    /// <summary>True when no op made this tensor.</summary>
    public bool IsLeaf => node is null or LeafNode;

    /// <summary>True when <see cref="Grad"/> has something to give.</summary>
    public bool HasGrad => node is LeafNode leaf ? leaf.HasGrad : node?.Extras?.Retained is not null;

    /// <summary>What Backward has added up for this leaf (or for a tensor that <see cref="RetainGrad"/> marked).</summary>
    /// <remarks>Set it to a buffer of one's own and Backward accumulates into that, in place; set it to null for none.</remarks>
    /// <exception cref="InvalidOperationException">There is none; the message says why.</exception>
    public Tensor? Grad
    {
        get => node switch
        {
            LeafNode leaf => leaf.Expose() ?? throw new InvalidOperationException("Grad: this leaf has none yet; call Backward() on a result that depends on it (HasGrad asks)"),
            null => throw new InvalidOperationException("Grad: this tensor does not require a gradient; set RequiresGrad = true before it is used"),
            { Extras.Retained: { } retained } => retained,
            { Extras.Retain: true } => throw new InvalidOperationException("Grad: nothing has come here yet; call Backward() on a result that depends on it"),
            _ => throw new InvalidOperationException($"Grad: only leaves keep one, and {node.Name} made this tensor; call RetainGrad() before Backward(), or, to update a leaf, write w[..] -= …"),
        };
        set
        {
            if (node is not LeafNode leaf) throw new InvalidOperationException("Grad: only a leaf that requires a gradient can be given one");
            if (value is not null && !value.layout.SameSizes(layout))
                throw new ShapeException($"Grad: the buffer has shape {value.layout}, the leaf has {layout}");
            if (value is not null && value.dtype != dtype)
                throw new ArgumentException($"Grad: the buffer is {value.dtype}, the leaf is {dtype}", nameof(value));
            leaf.Set(value);
        }
    }

    /// <summary>Forgets the gradient; a buffer that the caller gave is zeroed and kept.</summary>
    public void ZeroGrad() => (node as LeafNode)?.Clear();

    /// <summary>Keeps the gradient of this intermediate result in Backward, so that <see cref="Grad"/> can be read.</summary>
    public Tensor RetainGrad()
    {
        if (node is null) throw new InvalidOperationException("RetainGrad: this tensor does not require a gradient");
        if (node is not LeafNode) (node.Extras ??= new()).Retain = true;
        return this;
    }

    /// <summary>Calls <paramref name="hook"/> with the gradient of this tensor in each Backward; what it returns, unless null, takes its place.</summary>
    public void RegisterHook(Func<Tensor, Tensor?> hook)
    {
        ArgumentNullException.ThrowIfNull(hook);
        if (node is null) throw new InvalidOperationException("RegisterHook: this tensor does not require a gradient");
        ((node.Extras ??= new()).Hooks ??= []).Add(hook);
    }

    /// <summary>Calls <paramref name="action"/> with this leaf's accumulated gradient as soon as a Backward has completed it.</summary>
    public void OnGradCompleted(Action<Tensor> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (node is not LeafNode leaf) throw new InvalidOperationException("OnGradCompleted: only a leaf that requires a gradient has such a moment");
        (leaf.Completed ??= []).Add(action);
    }

    /// <summary>The same elements outside the graph; a view.</summary>
    public Tensor Detach() => Alias(layout);

    /// <summary>Computes the gradient of this number with respect to every leaf it depends on, and adds it to their <see cref="Grad"/>.</summary>
    /// <param name="gradient">The gradient of something with respect to this tensor (dy); may be left out for a single number, where it is 1.</param>
    /// <param name="retainGraph">Keep the graph for another Backward.</param>
    /// <param name="createGraph">Record the backward ops as well, for second derivatives.</param>
    /// <exception cref="InvalidOperationException">Nothing requires a gradient, or the graph was freed.</exception>
    public void Backward(Tensor? gradient = null, bool retainGraph = false, bool createGraph = false)
    {
        if (node is null)
            throw new InvalidOperationException("Backward: nothing this tensor depends on requires a gradient (or it was computed under NoGrad)");
        BackwardPass.Run(node, Autograd.Seed(this, gradient, nameof(Backward), createGraph), null, createGraph, retainGraph || createGraph);
        GC.KeepAlive(this);
    }
}
