namespace MiniDL;

/// <summary>The end of the graph at a tensor that requires a gradient; keeps what has come together for it.</summary>
internal sealed class LeafNode(Tensor x) : GradNode(x)
{
    readonly Lock gate = new();
    Tensor? grad;
    bool givenByCaller; // the caller's buffer: accumulated into in place
    bool seen;          // user code may hold the gradient

    /// <summary>Called with the leaf's gradient when it is complete in a pass.</summary>
    internal List<Action<Tensor>>? Completed;

    public override string Name => "Leaf";

    public override int InputCount => 0;

    public override GradNode? Input(int index) => null;

    public override void Backward(Tensor dy, Span<Tensor?> dx) { }

    public override void Release() { }

    /// <summary>True when there is a gradient.</summary>
    public bool HasGrad => grad is not null;

    /// <summary>The gradient as user code gets it: from then on it is never returned by hand.</summary>
    public Tensor? Expose()
    {
        lock (gate)
        {
            if (grad is not null && !seen)
            {
                seen = true;
                if (grad.storage is DeviceBuffer buffer) buffer.Escape();
            }
            return grad;
        }
    }

    /// <summary>The gradient for the library's own use (optimizers, clipping), which keeps no reference.</summary>
    internal Tensor? Peek() => grad;

    /// <summary>Replaces the gradient by a tensor of the caller's, into which later passes accumulate in place.</summary>
    public void Set(Tensor? value)
    {
        lock (gate)
        {
            Drop();
            grad = value;
            givenByCaller = seen = value is not null;
        }
    }

    /// <summary>No gradient again; a buffer that the caller gave is zeroed and kept.</summary>
    public void Clear()
    {
        lock (gate)
        {
            if (givenByCaller) grad!.Alias(grad.layout).Fill(0);
            else Drop();
        }
    }

    /// <summary>Puts a tensor in the gradient's place (clipping); a buffer that the caller gave is overwritten.</summary>
    internal void Replace(Tensor value)
    {
        lock (gate)
        {
            if (givenByCaller)
            {
                grad!.Alias(grad.layout).CopyFrom(value);
                return;
            }
            if (value.storage is DeviceBuffer buffer) buffer.Hold();
            Drop();
            grad = value;
        }
    }

    void Drop()
    {
        if (grad?.storage is DeviceBuffer buffer && !givenByCaller) buffer.Release();
        grad = null;
        seen = false;
    }

    /// <summary>Adds a pass's gradient; its buffer is held by the leaf from now on.</summary>
    public void Accumulate(Tensor dx)
    {
        lock (gate)
        {
            if (grad is null)
            {
                grad = dx;
                if (dx.storage is DeviceBuffer buffer) buffer.Hold();
            }
            else if (givenByCaller)
            {
                grad.Alias(grad.layout).AddInPlace(dx.Detach());
            }
            else
            {
                var sum = grad + dx;
                if (sum.storage is DeviceBuffer buffer) buffer.Hold();
                Drop();
                grad = sum;
            }
        }
        if (Completed is not { } callbacks) return;
        using var suspended = TempScope.Suspend();
        foreach (var callback in callbacks) callback(Expose()!);
    }
}
