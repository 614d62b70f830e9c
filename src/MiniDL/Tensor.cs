using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace MiniDL;

/// <summary>An n-dimensional array of numbers with reverse-mode automatic differentiation.</summary>
/// <remarks>
/// A tensor is a view: shape, strides and offset over memory that it may share with others. Nothing needs to be disposed. Operators and <c>==</c>, <c>&lt;</c>
/// are elementwise, so ask <c>is null</c> for null; <see cref="Equals(object)"/> is identity, AllClose compares whole tensors.
/// </remarks>
[DebuggerDisplay("{DebuggerText,nq}")]
public partial class Tensor
{
    /// <summary>CPU tensors of up to this many bytes are plain arrays: cheaper than a pooled block.</summary>
    internal const int SmallBytes = 1024;

    internal Layout layout;
    internal object storage; // a DeviceBuffer, or for a small CPU tensor a byte array behind an 8-byte version
    internal long offset;
    internal GradNode? node;
    internal DType dtype;

    internal Tensor(Layout layout, object storage, long offset, DType dtype, GradNode? node = null)
        => (this.layout, this.storage, this.offset, this.dtype, this.node) = (layout, storage, offset, dtype, node);

    /// <summary>The size of each axis.</summary>
    public Shape Shape => new(layout);

    /// <summary>The step from one index to the next on each axis, in elements.</summary>
    public ReadOnlySpan<long> Strides => layout.Strides;

    /// <summary>The number of axes.</summary>
    public int Rank => layout.Rank;

    /// <summary>The number of elements.</summary>
    public long Length => layout.Count;

    /// <summary>The element type.</summary>
    public DType DType => dtype;

    /// <summary>Where the elements lie.</summary>
    public Device Device => storage is DeviceBuffer buffer ? buffer.Device : Device.Cpu;

    /// <summary>True when the elements lie side by side in row-major order.</summary>
    public bool IsContiguous => layout.IsContiguous;

    /// <summary>The size of an axis; negative counts from the end.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public int Size(int dim) => layout.Size(Dims.Axis(dim, layout.Rank, nameof(Size)));

    /// <summary>The one door to the elements: what a kernel gets.</summary>
    internal TensorView View
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(layout, storage, offset, dtype);
    }

    /// <summary>The elements through a layout of the shape that the kernel runs over.</summary>
    internal TensorView ViewAs(Layout other) => new(other, storage, offset, dtype);

    internal IBackend Backend => Device.Backend(dtype);

    /// <summary>A fresh contiguous tensor whose elements are yet to be written.</summary>
    internal static Tensor New(Layout layout, DType dtype, Device device)
    {
        var bytes = layout.Count * dtype.Size();
        object storage = bytes <= SmallBytes && ReferenceEquals(device, Device.Cpu)
            ? new byte[TensorView.ArrayHeader + (int)bytes]
            : device.Backend(dtype).Allocate(bytes);
        return new Tensor(layout, storage, 0, dtype);
    }

    /// <summary>Another view of the same elements, outside any graph.</summary>
    internal Tensor Alias(Layout other, long extraOffset = 0) => new(other, storage, offset + extraOffset, dtype);

    /// <summary>How often the memory was written in place, counted over all its views.</summary>
    internal int Version
    {
        get => storage is DeviceBuffer buffer ? buffer.Version : Unsafe.As<byte, int>(ref ((byte[])storage)[0]);
        set
        {
            if (storage is DeviceBuffer buffer) buffer.Version = value;
            else Unsafe.As<byte, int>(ref ((byte[])storage)[0]) = value;
        }
    }

    /// <summary>Opens the memory for a write in place: refuses what a graph depends on, and counts the write.</summary>
    internal void BeginWrite(string op)
    {
        if (node is not null && GradMode.Enabled)
            throw new InvalidOperationException(node is LeafNode
                ? $"{op}: this leaf requires a gradient and is written while gradients are recorded; write inside using (Autograd.NoGrad())"
                : $"{op}: {node.Name} made this tensor and the graph needs it; write to a Detach().Clone(), or inside using (Autograd.NoGrad())");
        foreach (var stride in layout.Strides)
            if (stride == 0 && layout.Count > 1 && HasRepeats())
                throw new InvalidOperationException($"{op}: several indices of this expanded view share one element (shape {layout}); write to a Clone()");
        Version++;
    }

    bool HasRepeats()
    {
        for (var i = 0; i < layout.Rank; i++)
            if (layout.Stride(i) == 0 && layout.Size(i) > 1) return true;
        return false;
    }

    /// <summary>Identity; AllClose compares values.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public sealed override bool Equals(object? obj) => ReferenceEquals(this, obj);

    /// <summary>Of the object, not of the values.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public sealed override int GetHashCode() => RuntimeHelpers.GetHashCode(this);
}
