using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniDL;

public partial class Tensor
{
    /// <summary>A tensor over memory of the caller's: a write to either is seen in the other.</summary>
    /// <remarks>The memory is pinned until the garbage collector finds no tensor over it. A write from outside is not noticed by a graph that has saved its elements.</remarks>
    /// <param name="memory">At least as many elements as the shape has.</param>
    /// <param name="shape">The size of each axis; one axis when left out.</param>
    /// <exception cref="ShapeException">The memory is too short.</exception>
    public static Tensor Wrap<T>(Memory<T> memory, params ReadOnlySpan<int> shape) where T : unmanaged
    {
        var dtype = DTypes.Of<T>();
        if (shape.IsEmpty) shape = [memory.Length];
        Dims.Check(shape, nameof(Wrap));
        var layout = Layout.Of(shape);
        if (layout.Count > memory.Length)
            throw new ShapeException(nameof(Wrap), $"shape {layout} has {layout.Count} elements, the memory {memory.Length}", nameof(memory), null, layout.Count, memory.Length);
        return new Tensor(layout, new DeviceBuffer(new PinnedMemory<T>(memory), layout.Count * dtype.Size()), 0, dtype);
    }

    /// <inheritdoc cref="Wrap{T}(Memory{T}, ReadOnlySpan{int})"/>
    public static Tensor Wrap<T>(T[] memory, params int[] shape) where T : unmanaged => Wrap(memory.AsMemory(), (ReadOnlySpan<int>)shape);

    /// <summary>A tensor over the elements of a .NET tensor, with its strides: a write to either is seen in the other.</summary>
    /// <inheritdoc cref="Wrap{T}(Memory{T}, ReadOnlySpan{int})"/>
    /// <exception cref="ShapeException">It has more than 8 axes, or an axis of 2³¹ or more.</exception>
    public static Tensor Wrap<T>(Tensor<T> tensor) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var dtype = DTypes.Of<T>();
        Span<int> sizes = stackalloc int[tensor.Rank];
        Sizes(tensor.Lengths, sizes);
        if (tensor.FlattenedLength == 0) return Empty(sizes, dtype);
        Span<long> strides = stackalloc long[tensor.Rank];
        for (var i = 0; i < strides.Length; i++) strides[i] = tensor.Strides[i];
        var layout = Layout.Of(sizes, strides);
        return new Tensor(layout, new DeviceBuffer(new PinnedTensor<T>(tensor), SpanOf(layout) * dtype.Size()), 0, dtype);
    }

    /// <summary>A copy of a .NET tensor.</summary>
    public static Tensor Of<T>(Tensor<T> tensor, bool requiresGrad = false) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return Of(tensor.AsReadOnlyTensorSpan(), requiresGrad);
    }

    /// <summary>A copy of a .NET tensor span.</summary>
    public static Tensor Of<T>(TensorSpan<T> tensor, bool requiresGrad = false) where T : unmanaged => Of((ReadOnlyTensorSpan<T>)tensor, requiresGrad);

    /// <summary>A copy of a .NET tensor span.</summary>
    /// <exception cref="ShapeException">It has more than 8 axes, or an axis of 2³¹ or more.</exception>
    public static Tensor Of<T>(ReadOnlyTensorSpan<T> tensor, bool requiresGrad = false) where T : unmanaged
    {
        Span<int> sizes = stackalloc int[tensor.Rank];
        Sizes(tensor.Lengths, sizes);
        var values = new T[tensor.FlattenedLength];
        tensor.FlattenTo(values);
        var y = Empty(sizes, DTypes.Of<T>());
        y.Backend.Upload(MemoryMarshal.AsBytes(values.AsSpan()), y.View);
        return Leaf(y, requiresGrad);
    }

    /// <summary>The elements as a .NET tensor span, without a copy: on the CPU, whatever the strides unless one is negative.</summary>
    /// <exception cref="InvalidOperationException">It cannot be; the message says what to call first.</exception>
    public ReadOnlyTensorSpan<T> AsTensorSpan<T>() where T : unmanaged
    {
        Expect<T>(nameof(AsTensorSpan));
        if (Device != Device.Cpu) throw new InvalidOperationException($"AsTensorSpan: the tensor lies on {Device}; call To(Device.Cpu) first");
        Span<nint> sizes = stackalloc nint[Rank], strides = stackalloc nint[Rank];
        for (var i = 0; i < Rank; i++)
        {
            if (layout.Stride(i) < 0) throw new InvalidOperationException("AsTensorSpan: this view goes backwards on an axis; call Contiguous() first");
            (sizes[i], strides[i]) = (layout.Size(i), layout.Size(i) == 1 ? 0 : (nint)layout.Stride(i));
        }
        var length = SpanOf(layout);
        if (length > int.MaxValue) throw new InvalidOperationException($"AsTensorSpan: the view spans {length} elements, more than a span can hold; slice the tensor");
        // The span may outlive the tensor, so it must stand on managed memory.
        ref var first = ref storage is DeviceBuffer buffer
            ? ref Unsafe.Add(ref buffer.Expose(), (nint)(offset * dtype.Size()))
            : ref View.GetPinnableReference();
        return new ReadOnlyTensorSpan<T>(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, T>(ref first), (int)length), sizes, strides);
    }

    /// <summary>A copy of the elements as a .NET tensor.</summary>
    /// <exception cref="ArgumentException">The dtype's elements are not <typeparamref name="T"/>, or they are more than an array holds.</exception>
    public Tensor<T> ToTensor<T>() where T : unmanaged
    {
        Span<nint> sizes = stackalloc nint[Rank];
        for (var i = 0; i < Rank; i++) sizes[i] = layout.Size(i);
        return System.Numerics.Tensors.Tensor.Create(ToArray<T>(), sizes);
    }

    static void Sizes(ReadOnlySpan<nint> lengths, Span<int> sizes)
    {
        for (var i = 0; i < sizes.Length; i++)
            sizes[i] = lengths[i] <= int.MaxValue ? (int)lengths[i] : throw new ShapeException(nameof(Of), $"axis {i} has {lengths[i]} elements, more than 2³¹ − 1", "tensor", i, int.MaxValue, lengths[i]);
        Dims.Check(sizes, nameof(Of));
    }

    /// <summary>The number of elements from the first to the last of a view, those between them included.</summary>
    static long SpanOf(Layout layout)
    {
        if (layout.Count == 0) return 0;
        long last = 0;
        for (var i = 0; i < layout.Rank; i++) last += (layout.Size(i) - 1) * layout.Stride(i);
        return last + 1;
    }
}
