namespace MiniDL;

/// <summary>One recorded op: its edges lead to the nodes of its operands, never to tensors, so that an addition keeps no data alive.</summary>
internal abstract class GradNode(Tensor y)
{
    /// <summary>Sizes of the result, which its gradient must have.</summary>
    public readonly Layout Shape = y.layout;

    /// <summary>The element type of the result.</summary>
    public readonly DType DType = y.dtype;

    /// <summary>The gradient that has come together so far in the running pass.</summary>
    internal Tensor? Pending;

    /// <summary>Hooks and a retained gradient, if any.</summary>
    internal NodeExtras? Extras;

    /// <summary>The pass that visited this node last.</summary>
    internal int Pass;

    /// <summary>In that pass: true when a gradient that was asked for lies behind this node.</summary>
    internal bool Wanted;

    /// <summary>True once a backward has released what was saved.</summary>
    internal bool Freed;

    /// <summary>The op's name in messages.</summary>
    public abstract string Name { get; }

    /// <summary>How many operands it has.</summary>
    public abstract int InputCount { get; }

    /// <summary>The node of operand <paramref name="index"/>, or null when that needs no gradient.</summary>
    public abstract GradNode? Input(int index);

    /// <summary>Writes the gradient of each operand that has a node into <paramref name="dx"/>, given the gradient of the result.</summary>
    public abstract void Backward(Tensor dy, Span<Tensor?> dx);

    /// <summary>Lets go of what was saved, and of the edges.</summary>
    public abstract void Release();
}

/// <summary>What few nodes have.</summary>
internal sealed class NodeExtras
{
    public List<Func<Tensor, Tensor?>>? Hooks;
    public bool Retain;
    public Tensor? Retained;
    public string? Module;
}

/// <summary>A node of one operand.</summary>
internal abstract class UnaryGradNode(Tensor x, Tensor y) : GradNode(y)
{
    GradNode? input = x.node;

    public sealed override int InputCount => 1;

    public sealed override GradNode? Input(int index) => input;

    public sealed override void Backward(Tensor dy, Span<Tensor?> dx) => dx[0] = Backward(dy);

    /// <summary>dx given dy.</summary>
    protected abstract Tensor Backward(Tensor dy);

    public override void Release() => input = null;
}

/// <summary>A node of two operands.</summary>
internal abstract class BinaryGradNode(Tensor a, Tensor b, Tensor y) : GradNode(y)
{
    GradNode? inputA = a.node, inputB = b.node;

    /// <summary>True when a needs a gradient in this pass.</summary>
    protected bool WantsA => BackwardPass.Wants(inputA);

    /// <summary>True when b needs a gradient in this pass.</summary>
    protected bool WantsB => BackwardPass.Wants(inputB);

    public sealed override int InputCount => 2;

    public sealed override GradNode? Input(int index) => index == 0 ? inputA : inputB;

    public override void Release() => inputA = inputB = null;
}

/// <summary>A node of any number of operands.</summary>
internal abstract class ManyGradNode : GradNode
{
    GradNode?[] inputs;

    protected ManyGradNode(ReadOnlySpan<Tensor?> operands, Tensor y) : base(y)
    {
        inputs = new GradNode?[operands.Length];
        for (var i = 0; i < operands.Length; i++) inputs[i] = operands[i]?.node;
    }

    /// <summary>True when operand <paramref name="index"/> needs a gradient in this pass.</summary>
    protected bool Wants(int index) => BackwardPass.Wants(inputs[index]);

    public sealed override int InputCount => inputs.Length;

    public sealed override GradNode? Input(int index) => inputs[index];

    public override void Release() => inputs = new GradNode?[inputs.Length];
}
