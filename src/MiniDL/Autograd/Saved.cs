using System.Runtime.CompilerServices;

namespace MiniDL;

/// <summary>An operand that a node keeps for its backward: no <see cref="Tensor"/>, but what is needed to make one again.</summary>
/// <remarks>
/// <see cref="Input"/> keeps the operand's graph; <see cref="Output"/> is tied to its own node again when it is read, so that it forms no cycle.
/// It notices a write in place since it was saved.
/// </remarks>
internal struct Saved
{
    Layout? layout;
    object? storage;
    GradNode? node;
    long offset;
    int version;
    DType dtype;

    /// <summary>Saves an operand.</summary>
    public static Saved Input(Tensor x) => new(x, x.node);

    /// <summary>Saves the result of the node itself; read it with <see cref="Read(GradNode)"/>.</summary>
    public static Saved Output(Tensor y) => new(y, null);

    Saved(Tensor x, GradNode? node)
    {
        layout = x.layout;
        storage = x.storage;
        offset = x.offset;
        dtype = x.dtype;
        version = x.Version;
        this.node = node;
        if (storage is DeviceBuffer buffer) buffer.Hold();
    }

    /// <summary>The operand, part of the graph it came from.</summary>
    public readonly Tensor Read(GradNode owner) => Make(owner, node);

    /// <summary>The node's own result, tied to the node.</summary>
    public readonly Tensor ReadOutput(GradNode owner) => Make(owner, owner);

    /// <summary>The operand, or null when none was saved.</summary>
    public readonly Tensor? ReadOrNull(GradNode owner) => layout is null ? null : Make(owner, node);

    readonly Tensor Make(GradNode owner, GradNode? graph)
    {
        var x = new Tensor(layout!, storage!, offset, dtype, graph);
        if (x.Version != version)
            throw new InvalidOperationException(
                $"{owner.Name}: an operand of shape {layout} that its backward needs was changed in place since ({x.Version - version} writes); write to a Clone(), or later");
        return x;
    }

    /// <summary>Lets the operand go.</summary>
    public void Release()
    {
        if (storage is DeviceBuffer buffer) buffer.Release();
        this = default;
    }
}
