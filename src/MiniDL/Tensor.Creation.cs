namespace MiniDL;

public partial class Tensor
{
    /// <summary>A tensor of zeros.</summary>
    /// <param name="shape">The size of each axis.</param>
    /// <param name="dtype">The element type.</param>
    /// <param name="device">Where; the CPU when left out.</param>
    /// <param name="requiresGrad">Makes it a leaf.</param>
    public static Tensor Zeros(ReadOnlySpan<int> shape, DType dtype = DType.Float32, Device? device = null, bool requiresGrad = false)
        => Full(shape, 0, dtype, device, requiresGrad);

    /// <summary>A Float32 tensor of zeros.</summary>
    public static Tensor Zeros(params int[] shape) => Full(shape, 0);

    /// <summary>A tensor of ones.</summary>
    /// <inheritdoc cref="Zeros(ReadOnlySpan{int}, DType, Device?, bool)"/>
    public static Tensor Ones(ReadOnlySpan<int> shape, DType dtype = DType.Float32, Device? device = null, bool requiresGrad = false)
        => Full(shape, 1, dtype, device, requiresGrad);

    /// <summary>A Float32 tensor of ones.</summary>
    public static Tensor Ones(params int[] shape) => Full(shape, 1);

    /// <summary>A tensor with one value in every element.</summary>
    /// <inheritdoc cref="Zeros(ReadOnlySpan{int}, DType, Device?, bool)"/>
    public static Tensor Full(ReadOnlySpan<int> shape, double value, DType dtype = DType.Float32, Device? device = null, bool requiresGrad = false)
    {
        Dims.Check(shape, nameof(Full));
        var y = New(Layout.Of(shape), dtype, device ?? Device.Cpu);
        y.Fill(value);
        if (requiresGrad) y.RequiresGrad = true;
        return y;
    }

    /// <summary>Zeros of the shape, dtype and device of another tensor.</summary>
    public static Tensor ZerosLike(Tensor x) => FullLike(x, 0);

    /// <summary>Ones of the shape, dtype and device of another tensor.</summary>
    public static Tensor OnesLike(Tensor x) => FullLike(x, 1);

    /// <summary>One value in the shape, dtype and device of another tensor.</summary>
    public static Tensor FullLike(Tensor x, double value)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Full(x.Shape, value, x.dtype, x.Device);
    }

    /// <summary>A tensor of the shape, dtype and device of another, whose elements are not set.</summary>
    public static Tensor EmptyLike(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return New(x.layout.Contiguous(), x.dtype, x.Device);
    }

    /// <summary>A tensor whose elements are not set.</summary>
    public static Tensor Empty(ReadOnlySpan<int> shape, DType dtype = DType.Float32, Device? device = null)
    {
        Dims.Check(shape, nameof(Empty));
        return New(Layout.Of(shape), dtype, device ?? Device.Cpu);
    }

    /// <summary>A copy of values in row-major order.</summary>
    /// <param name="values">As many as the shape has elements.</param>
    /// <param name="shape">The size of each axis; one axis when left out.</param>
    /// <exception cref="ShapeException">The counts differ.</exception>
    public static Tensor From<T>(ReadOnlySpan<T> values, params ReadOnlySpan<int> shape) where T : unmanaged
    {
        if (shape.IsEmpty) shape = [values.Length];
        Dims.Check(shape, nameof(From));
        var layout = Layout.Of(shape);
        if (layout.Count != values.Length)
            throw new ShapeException(nameof(From), $"shape {layout} has {layout.Count} elements, {values.Length} values were given", "values", null, layout.Count, values.Length);
        var y = New(layout, DTypes.Of<T>(), Device.Cpu);
        y.Backend.Upload(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values), y.View);
        GC.KeepAlive(y);
        return y;
    }

    /// <inheritdoc cref="From{T}(ReadOnlySpan{T}, ReadOnlySpan{int})"/>
    public static Tensor From<T>(T[] values, params int[] shape) where T : unmanaged
        => From((ReadOnlySpan<T>)values, shape is { Length: > 0 } ? shape : [values.Length]);

    /// <summary>A single number, of rank 0.</summary>
    public static Tensor Scalar(double value, DType dtype = DType.Float32, Device? device = null) => Full([], value, dtype, device);
}
