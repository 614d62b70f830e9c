namespace MiniDL;

/// <summary>What the ops with integer tensors of indices check before a kernel reads them.</summary>
internal static class Indices
{
    /// <summary>The indices as Int64, each within 0…size − 1 (or, where <paramref name="fromEnd"/>, negative from the end, made positive).</summary>
    /// <exception cref="ArgumentException">They are not whole numbers.</exception>
    /// <exception cref="ArgumentOutOfRangeException">One is outside; the message says where.</exception>
    public static Tensor Check(Tensor index, long size, string op, string axis, bool fromEnd = false)
    {
        Types.Expect(index, index.dtype.IsInteger(), op, nameof(index), "indices are Int64 or Int32");
        index = index.To(DType.Int64);
        if (index.Length == 0) return index;
        var (low, high) = (index.Amin().Item<long>(), index.Amax().Item<long>());
        if (high >= size || low < (fromEnd ? -size : 0)) ThrowOutside(index, size, op, axis, fromEnd ? -size : 0);
        return low < 0 ? Tensor.Where(index < 0, index + size, index) : index;
    }

    static void ThrowOutside(Tensor index, long size, string op, string axis, long lowest)
    {
        var values = index.To(Device.Cpu).ToArray<long>();
        var at = Array.FindIndex(values, i => i < lowest || i >= size);
        throw new ArgumentOutOfRangeException(nameof(index), $"{Gate.Describe(op)}: index {values[at]} at {Position(index.layout, at)} is outside {axis} of size {size}");
    }

    /// <summary>The indices of element <paramref name="number"/> in row-major order, as text.</summary>
    static string Position(Layout layout, long number)
    {
        Span<int> at = stackalloc int[layout.Rank];
        for (var i = layout.Rank - 1; i >= 0; i--)
        {
            at[i] = (int)(number % layout.Size(i));
            number /= layout.Size(i);
        }
        return Layout.Text(at);
    }

    /// <summary>A vector of indices along one axis, stretched to a tensor's other axes by strides of 0.</summary>
    public static Tensor Along(Tensor vector, Layout shape, int axis)
    {
        Span<int> sizes = stackalloc int[shape.Rank];
        sizes.Fill(1);
        sizes[axis] = (int)vector.Length;
        var column = vector.Reshape(sizes);
        shape.Sizes.CopyTo(sizes);
        sizes[axis] = (int)vector.Length;
        return column.Expand(sizes);
    }
}
