namespace MiniDL;

/// <summary>The kernel that a device wants for its Int64 tensors on which the host does not look.</summary>
internal interface IIndexKernels
{
    /// <summary>
    /// y = index, with <paramref name="size"/> added where it is negative, and 0 where it is outside <paramref name="lowest"/> … size − 1; one that equals <paramref name="ignored"/> stays.
    /// An index outside is reported with <paramref name="error"/> when the program next reads from the device.
    /// </summary>
    void CheckIndices(string error, long lowest, long size, long? ignored, in TensorView index, in TensorView y);
}

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
        var lowest = fromEnd ? -size : 0;
        if (index.Backend is IIndexKernels kernels)
            return OnDevice(kernels, index, lowest, size, null, $"{Gate.Describe(op)}: an index is outside {axis} of size {size}");
        var (low, high) = (index.Amin().Item<long>(), index.Amax().Item<long>());
        if (high >= size || low < lowest) ThrowOutside(index, size, op, axis, lowest);
        return low < 0 ? Tensor.Where(index < 0, index + size, index) : index;
    }

    /// <summary>Classes within 0…classes − 1, or <paramref name="ignoreIndex"/>; how many count, or null where the host does not look at them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is no class; the message says where.</exception>
    public static Tensor CheckClasses(Tensor target, int classes, long ignoreIndex, string op, out long? counted)
    {
        counted = null;
        target = target.To(DType.Int64);
        if (target.Backend is IIndexKernels kernels && target.Length > 0)
            return OnDevice(kernels, target, 0, classes, ignoreIndex, $"{Gate.Describe(op)}: a target is not a class: logits have {classes} classes (padding: ignoreIndex)");
        long count = 0;
        var values = target.To(Device.Cpu).ToArray<long>();
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] == ignoreIndex) continue;
            if ((ulong)values[i] >= (ulong)classes)
                throw new ArgumentOutOfRangeException(nameof(target), $"{Gate.Describe(op)}: target {values[i]} at [{i}] is not a class: logits have {classes} classes (padding: ignoreIndex)");
            count++;
        }
        counted = count;
        return target;
    }

    static Tensor OnDevice(IIndexKernels kernels, Tensor index, long lowest, long size, long? ignored, string error)
    {
        if (size == 0) throw new ArgumentOutOfRangeException(nameof(index), error);
        // Where one index stands for many, it stays one: Scatter sorts it once.
        var distinct = index;
        for (var axis = 0; axis < index.Rank; axis++)
            if (index.layout.Stride(axis) == 0) distinct = distinct.Slice(axis, 0, 1, 1);
        var y = Tensor.New(distinct.layout.Contiguous(), DType.Int64, index.Device);
        kernels.CheckIndices(error, lowest, size, ignored, distinct.View, y.View);
        GC.KeepAlive(index);
        return y.Expand(index.Shape);
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
