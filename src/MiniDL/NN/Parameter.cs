namespace MiniDL.NN;

/// <summary>A tensor that a module trains: a leaf that requires a gradient, found in the module's fields and saved with it.</summary>
public sealed class Parameter : Tensor
{
    /// <summary>Takes over the elements of a tensor; those of a view that is not contiguous are copied.</summary>
    /// <param name="data">The initial values, outside any graph.</param>
    /// <param name="requiresGrad">False for one that is frozen from the start.</param>
    /// <exception cref="ArgumentException">The dtype has no gradients.</exception>
    public Parameter(Tensor data, bool requiresGrad = true) : this(Own(data)) => RequiresGrad = requiresGrad;

    Parameter(Tensor data) : base(data.layout, data.storage, data.offset, data.dtype) { }

    static Tensor Own(Tensor data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (!data.dtype.IsDifferentiable())
            throw new ArgumentException($"Parameter: a {data.dtype} tensor has no gradient; use Float32 or Float64, or a [Buffer] for what is saved but not trained", nameof(data));
        data = data.ContiguousData();
        if (data.storage is DeviceBuffer buffer) buffer.Escape();
        return data;
    }

    /// <summary>Takes over the elements of another tensor, of any dtype and device, as the same object. The gradient is dropped.</summary>
    internal void Become(Tensor data)
    {
        data = Own(data);
        (node as LeafNode)?.Set(null);
        var converts = data.dtype != dtype;
        (layout, storage, offset, dtype) = (data.layout, data.storage, data.offset, data.dtype);
        if (!converts || node is null) return;
        node = null; // a leaf's node knows its dtype
        RequiresGrad = true;
    }
}
