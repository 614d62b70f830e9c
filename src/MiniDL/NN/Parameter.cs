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
        data.Escape();
        return data;
    }

    /// <summary>Gives <paramref name="x"/>, a parameter or a buffer, the elements of another tensor, of any dtype and device; it stays the same object. The gradient is dropped.</summary>
    internal static void Replace(Tensor x, Tensor data)
    {
        data = data.ContiguousData();
        data.Escape();
        (x.node as LeafNode)?.Set(null);
        var converts = data.dtype != x.dtype;
        (x.layout, x.storage, x.offset, x.dtype) = (data.layout, data.storage, data.offset, data.dtype);
        if (!converts || x.node is null) return;
        x.node = null; // a leaf's node knows its dtype
        x.RequiresGrad = true;
    }
}
