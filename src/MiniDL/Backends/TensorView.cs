using System.Runtime.CompilerServices;

namespace MiniDL;

/// <summary>What a kernel sees of a tensor: where the elements lie and how. Made by one method of <see cref="Tensor"/>.</summary>
/// <remarks>
/// <c>fixed (byte* p = view)</c> gives the address of the first element on the CPU, wherever it lies. A kernel trusts the view: shapes and dtypes were
/// checked at the op's entry, operands of elementwise kernels arrive broadcast to one shape.
/// </remarks>
public readonly unsafe struct TensorView
{
    /// <summary>Bytes before the first element of a plain array: they hold the version that the views share.</summary>
    internal const int ArrayHeader = 8;

    /// <summary>Sizes and strides.</summary>
    public readonly Layout Layout;

    /// <summary>A <see cref="DeviceBuffer"/>, or for a small CPU tensor a byte array.</summary>
    internal readonly object Storage;

    /// <summary>Elements before the first.</summary>
    public readonly long Offset;

    /// <summary>The element type.</summary>
    public readonly DType DType;

    internal TensorView(Layout layout, object storage, long offset, DType dtype)
        => (Layout, Storage, Offset, DType) = (layout, storage, offset, dtype);

    /// <summary>True for <c>default</c>: an operand that was left out, or a gradient that nobody wants.</summary>
    public bool IsNone => Storage is null;

    /// <summary>The buffer; a tensor of another device than the CPU always has one.</summary>
    public DeviceBuffer Buffer => (DeviceBuffer)Storage;

    /// <summary>The sizes.</summary>
    public ReadOnlySpan<int> Sizes => Layout.Sizes;

    /// <summary>The number of elements.</summary>
    public long Count => Layout.Count;

    /// <summary>The number of axes.</summary>
    public int Rank => Layout.Rank;

    /// <summary>The size of an axis, counted from the end when negative.</summary>
    public int Size(int axis) => Layout.Size(axis < 0 ? axis + Layout.Rank : axis);

    /// <summary>The stride of an axis in elements, counted from the end when negative.</summary>
    public long Stride(int axis) => Layout.Stride(axis < 0 ? axis + Layout.Rank : axis);

    /// <summary>The same elements through another layout.</summary>
    public TensorView With(Layout layout, long extraOffset = 0) => new(layout, Storage, Offset + extraOffset, DType);

    /// <summary>The first element in CPU memory, for <c>fixed</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref byte GetPinnableReference()
    {
        if (Storage.GetType() == typeof(byte[]))
            return ref Unsafe.Add(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(Unsafe.As<byte[]>(Storage)), ArrayHeader + (nint)(Offset * DType.Size()));
        return ref *(byte*)(Unsafe.As<DeviceBuffer>(Storage).Pointer + (nint)(Offset * DType.Size()));
    }
}
