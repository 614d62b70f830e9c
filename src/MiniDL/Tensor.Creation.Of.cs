using System.Runtime.InteropServices;

namespace MiniDL;

public partial class Tensor
{
    /// <summary>A single number, of rank 0, in the dtype of <typeparamref name="T"/>.</summary>
    /// <exception cref="ArgumentException">No tensor holds such elements.</exception>
    public static Tensor Of<T>(T value, bool requiresGrad = false) where T : unmanaged
    {
        var y = New(Layout.Scalar, DTypes.Of<T>(), Device.Cpu);
        y.Backend.Upload(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)), y.View);
        return Leaf(y, requiresGrad);
    }

    /// <summary>A vector: a copy of the values.</summary>
    /// <inheritdoc cref="Of{T}(T, bool)"/>
    public static Tensor Of<T>(ReadOnlySpan<T> values, bool requiresGrad = false) where T : unmanaged => Leaf(From(values), requiresGrad);

    /// <inheritdoc cref="Of{T}(ReadOnlySpan{T}, bool)"/>
    public static Tensor Of<T>(T[] values, bool requiresGrad = false) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        return Leaf(From((ReadOnlySpan<T>)values), requiresGrad);
    }

    /// <summary>A matrix, one inner array a row: <c>Tensor.Of([[1f, 2, 3], [4, 5, 6]])</c>. Copies.</summary>
    /// <exception cref="ShapeException">The rows differ in length.</exception>
    public static Tensor Of<T>(T[][] values, bool requiresGrad = false) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        var columns = values.Length == 0 ? 0 : values[0].Length;
        var all = new T[checked(values.Length * columns)];
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i].Length != columns)
                throw new ShapeException(nameof(Of), $"row {i} has {values[i].Length} values, row 0 has {columns}", nameof(values), 1, columns, values[i].Length);
            values[i].CopyTo(all, i * columns);
        }
        return Leaf(From((ReadOnlySpan<T>)all, values.Length, columns), requiresGrad);
    }

    /// <summary>A tensor of rank 3, one inner array a matrix. Copies.</summary>
    /// <exception cref="ShapeException">The rows or matrices differ in size.</exception>
    public static Tensor Of<T>(T[][][] values, bool requiresGrad = false) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length == 0) return Leaf(From(ReadOnlySpan<T>.Empty, 0, 0, 0), requiresGrad);
        var matrices = new Tensor[values.Length];
        for (var i = 0; i < matrices.Length; i++)
        {
            matrices[i] = Of(values[i]);
            if (!matrices[i].layout.SameSizes(matrices[0].layout))
                throw new ShapeException(nameof(Of), $"matrix {i} has shape {matrices[i].layout}, matrix 0 has {matrices[0].layout}", nameof(values), 0);
        }
        return Leaf(Stack(matrices), requiresGrad);
    }

    /// <summary>A copy of a rectangular array of rank 1 to 8: <c>float[,]</c>, <c>double[,,]</c>, …</summary>
    /// <exception cref="ArgumentException">No tensor holds such elements.</exception>
    public static Tensor Of(Array values, bool requiresGrad = false)
    {
        ArgumentNullException.ThrowIfNull(values);
        Span<int> shape = stackalloc int[values.Rank];
        for (var i = 0; i < shape.Length; i++) shape[i] = values.GetLength(i);
        Dims.Check(shape, nameof(Of));
        var dtype = Type.GetTypeCode(values.GetType().GetElementType()) switch
        {
            TypeCode.Single => DType.Float32,
            TypeCode.Double => DType.Float64,
            TypeCode.Int32 => DType.Int32,
            TypeCode.Int64 => DType.Int64,
            TypeCode.Boolean => DType.Bool,
            _ => throw new ArgumentException($"Of: no tensor is made of {values.GetType().Name}: use a rectangular array of float, double, int, long or bool", nameof(values)),
        };
        var y = New(Layout.Of(shape), dtype, Device.Cpu);
        var bytes = MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(values), checked(values.Length * dtype.Size()));
        y.Backend.Upload(bytes, y.View);
        return Leaf(y, requiresGrad);
    }

    /// <summary>A Float32 number, so that it can stand where a tensor is wanted: <c>x[0] = 1f</c>.</summary>
    public static implicit operator Tensor(float value) => Of(value);

    /// <summary>A Float64 number, so that it can stand where a tensor is wanted; of rank 0, it does not widen a Float32 tensor.</summary>
    public static implicit operator Tensor(double value) => Of(value);

    /// <summary>An Int32 number, so that it can stand where a tensor is wanted: <c>x[0] = 1</c>.</summary>
    public static implicit operator Tensor(int value) => Of(value);

    /// <summary>An Int64 number, so that it can stand where a tensor is wanted.</summary>
    public static implicit operator Tensor(long value) => Of(value);

    /// <summary>A Bool, so that it can stand where a tensor is wanted: <c>mask[0] = true</c>.</summary>
    public static implicit operator Tensor(bool value) => Of(value);

    static Tensor Leaf(Tensor y, bool requiresGrad)
    {
        if (requiresGrad) y.RequiresGrad = true;
        return y;
    }
}
