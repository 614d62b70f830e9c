namespace MiniDL;

/// <summary>The node of an op that has a kernel of its own: its gradient is the kernel's, and when the pass records, the composite's.</summary>
/// <remarks>So a fused op has derivatives of every order without a kernel for each, and no node has an <c>if</c>.</remarks>
internal abstract class FusedNode : ManyGradNode
{
    readonly Saved[] saved;

    /// <summary>Saves the operands; those that are null stay null.</summary>
    protected FusedNode(ReadOnlySpan<Tensor?> operands, Tensor y) : base(operands, y)
    {
        saved = new Saved[operands.Length];
        for (var i = 0; i < operands.Length; i++)
            if (operands[i] is { } x) saved[i] = Saved.Input(x);
    }

    /// <summary>The op from smaller ops, over the operands.</summary>
    protected abstract Tensor Composite(ReadOnlySpan<Tensor?> x);

    /// <summary>The gradients by the backend's kernel; only those that <see cref="ManyGradNode.Wants"/> asks for.</summary>
    protected abstract void Kernel(Tensor dy, Span<Tensor?> dx);

    /// <summary>Operand <paramref name="index"/> as it was saved.</summary>
    protected Tensor Operand(int index) => saved[index].Read(this);

    /// <summary>Operand <paramref name="index"/>, or null when the op was called without it.</summary>
    protected Tensor? OperandOrNull(int index) => saved[index].ReadOrNull(this);

    public sealed override void Backward(Tensor dy, Span<Tensor?> dx)
    {
        if (!GradMode.Enabled)
        {
            Kernel(dy, dx);
            return;
        }
        var x = new Tensor?[saved.Length];
        var boundary = new List<GradNode>();
        var places = new List<int>();
        for (var i = 0; i < x.Length; i++)
        {
            x[i] = OperandOrNull(i);
            if (!Wants(i)) continue;
            x[i] = AliasNode.Of(x[i]!);
            boundary.Add(x[i]!.node!);
            places.Add(i);
        }
        var y = Composite(x);
        if (y.node is null) return;
        var gradients = BackwardPass.Run(y.node, dy, [.. boundary], createGraph: true, retainGraph: true, stopAtInputs: true);
        for (var i = 0; i < places.Count; i++) dx[places[i]] = gradients[i] ?? Tensor.ZerosLike(x[places[i]]!);
    }

    public override void Release()
    {
        base.Release();
        foreach (ref var operand in saved.AsSpan()) operand.Release();
    }
}

/// <summary>The identity: a second name for a tensor in the graph.</summary>
internal sealed class AliasNode(Tensor x, Tensor y) : UnaryGradNode(x, y)
{
    public override string Name => "Alias";

    /// <summary>A recorded alias of a recorded tensor.</summary>
    public static Tensor Of(Tensor x)
    {
        var y = x.Alias(x.layout);
        y.node = new AliasNode(x, y);
        return y;
    }

    protected override Tensor Backward(Tensor dy) => dy;
}
