using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniDL;

public partial class Tensor
{
    /// <summary>The value of a tensor of one element.</summary>
    /// <exception cref="ShapeException">It has more or fewer.</exception>
    public double Item()
    {
        if (Length != 1) throw new ShapeException(nameof(Item), $"shape {layout} has {Length} elements, Item reads a single one", null, null, 1, Length);
        Span<byte> bytes = stackalloc byte[8];
        Backend.Download(ViewAs(Layout.Scalar), bytes[..dtype.Size()]);
        GC.KeepAlive(this);
        return dtype switch
        {
            DType.Float32 => MemoryMarshal.Read<float>(bytes),
            DType.Float64 => MemoryMarshal.Read<double>(bytes),
            DType.Int32 => MemoryMarshal.Read<int>(bytes),
            DType.Int64 => MemoryMarshal.Read<long>(bytes),
            DType.Bool => bytes[0],
            DType.Float16 => (double)MemoryMarshal.Read<Half>(bytes),
            _ => MemoryMarshal.Read<BFloat16>(bytes),
        };
    }

    /// <summary>The value of a tensor of one element, as <typeparamref name="T"/>.</summary>
    /// <exception cref="ArgumentException">The dtype's elements are not <typeparamref name="T"/>; <see cref="Item()"/> converts.</exception>
    public T Item<T>() where T : unmanaged
    {
        Expect<T>(nameof(Item));
        if (Length != 1) throw new ShapeException(nameof(Item), $"shape {layout} has {Length} elements, Item reads a single one", null, null, 1, Length);
        T value = default;
        Backend.Download(ViewAs(Layout.Scalar), MemoryMarshal.AsBytes(new Span<T>(ref value)));
        GC.KeepAlive(this);
        return value;
    }

    /// <summary>A copy of the elements in row-major order.</summary>
    /// <exception cref="ArgumentException">The dtype's elements are not <typeparamref name="T"/>, or they are more than an array holds.</exception>
    public T[] ToArray<T>() where T : unmanaged
    {
        Expect<T>(nameof(ToArray));
        if (Length > Array.MaxLength) throw new ArgumentException($"ToArray: {Length} elements are more than an array can hold; slice the tensor");
        var values = new T[Length];
        CopyTo(values);
        return values;
    }

    /// <summary>Copies the elements in row-major order.</summary>
    /// <exception cref="ArgumentException">The dtype's elements are not <typeparamref name="T"/>, or the span is too short.</exception>
    public void CopyTo<T>(Span<T> values) where T : unmanaged
    {
        Expect<T>(nameof(CopyTo));
        if (values.Length < Length) throw new ArgumentException($"CopyTo: the span has {values.Length} places, the tensor {Length} elements", nameof(values));
        var x = ContiguousData();
        x.Backend.Download(x.View, MemoryMarshal.AsBytes(values[..(int)Length]));
        GC.KeepAlive(x);
    }

    /// <summary>The elements themselves, without a copy: a contiguous tensor on the CPU of at most 2³¹ − 1 elements.</summary>
    /// <exception cref="InvalidOperationException">It is not; the message says what to call first.</exception>
    public ReadOnlySpan<T> AsSpan<T>() where T : unmanaged
    {
        Expect<T>(nameof(AsSpan));
        if (Device != Device.Cpu) throw new InvalidOperationException($"AsSpan: the tensor lies on {Device}; call To(Device.Cpu) first");
        if (!layout.IsContiguous) throw new InvalidOperationException($"AsSpan: this view of shape {layout} is not contiguous; call Contiguous() first");
        if (Length > int.MaxValue) throw new InvalidOperationException($"AsSpan: {Length} elements are more than a span can hold; slice the tensor");
        // The span may outlive the tensor, so it must stand on managed memory.
        ref var first = ref storage is DeviceBuffer buffer
            ? ref Unsafe.Add(ref buffer.Expose(), (nint)(offset * dtype.Size()))
            : ref View.GetPinnableReference();
        return MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, T>(ref first), (int)Length);
    }

    /// <summary>A contiguous copy with memory of its own.</summary>
    /// <remarks>Gradient: dx = dy.</remarks>
    public Tensor Clone()
    {
        var y = New(layout.Contiguous(), dtype, Device);
        Backend.Copy(View, y.View);
        if (node is not null && GradMode.Enabled) y.node = new AliasNode(this, y);
        return Gate.Leave(nameof(Clone), y, this);
    }

    /// <summary>The tensor itself when its elements lie in row-major order, else a copy in which they do.</summary>
    public Tensor Contiguous() => layout.IsContiguous ? this : Clone();

    /// <summary>The elements in row-major order, outside any graph.</summary>
    internal Tensor ContiguousData()
    {
        if (layout.IsContiguous) return this;
        var y = New(layout.Contiguous(), dtype, Device);
        Backend.Copy(View, y.View);
        GC.KeepAlive(this);
        return y;
    }

    /// <summary>Overwrites the elements by those of another tensor, which broadcasts and converts to this one's shape, dtype and device.</summary>
    /// <exception cref="ShapeException">The shape does not broadcast to this one.</exception>
    public Tensor CopyFrom(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (!Dims.Broadcast(layout, other.layout, nameof(CopyFrom)).SameSizes(layout))
            throw new ShapeException(nameof(CopyFrom), $"the source {other.layout} does not broadcast to {layout}", "other");
        if (other.node is not null && GradMode.Enabled)
            throw new InvalidOperationException("CopyFrom: the source requires a gradient, which a write in place cannot record; Detach() it, or use Where or Cat");
        other = other.Detach().To(dtype).To(Device);
        if (ReferenceEquals(other.storage, storage)) other = other.Clone();
        BeginWrite(nameof(CopyFrom));
        CopyInto(other);
        return this;
    }

    void CopyInto(Tensor other)
    {
        Backend.Copy(Binary.Spread(other, layout), View);
        GC.KeepAlive(other);
        GC.KeepAlive(this);
    }

    /// <summary>The elements converted to another type, as C# converts them; Bool is x ≠ 0. The tensor itself when it has that type.</summary>
    /// <remarks>Gradient between floats: dx = dy, converted back.</remarks>
    public Tensor To(DType dtype)
    {
        if (dtype == this.dtype) return this;
        var y = New(layout.Contiguous(), dtype, Device);
        Backend.Cast(View, y.View);
        if (node is not null && GradMode.Enabled && dtype.IsDifferentiable()) y.node = new CastNode(this, y);
        return Gate.Leave(nameof(To), y, this);
    }

    /// <summary>The elements on another device; the tensor itself when it is there.</summary>
    /// <remarks>Gradient: dx = dy, moved back.</remarks>
    public Tensor To(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device == Device) return this;
        var x = ContiguousData();
        var y = New(x.layout, dtype, device);
        if (device == Device.Cpu)
        {
            x.Backend.Download(x.View, y.HostBytes());
        }
        else
        {
            var host = x.Device == Device.Cpu ? x : x.Detach().To(Device.Cpu);
            y.Backend.Upload(host.HostBytes(), y.View);
            GC.KeepAlive(host);
        }
        if (node is not null && GradMode.Enabled) y.node = new MoveNode(this, y);
        GC.KeepAlive(x);
        return Gate.Leave(nameof(To), y, this);
    }

    unsafe Span<byte> HostBytes() => MemoryMarshal.CreateSpan(ref View.GetPinnableReference(), checked((int)(Length * dtype.Size())));

    void Expect<T>(string op) where T : unmanaged
    {
        if (DTypes.Of<T>() != dtype)
            throw new ArgumentException($"{op}: the tensor is {dtype}, not {typeof(T).Name}; convert it with To(DType.{DTypes.Of<T>()})");
    }

    string DebuggerText => string.Create(CultureInfo.InvariantCulture, $"{dtype} {layout}{(node is null ? "" : " requires grad")}");

    sealed class CastNode(Tensor x, Tensor y) : UnaryGradNode(x, y)
    {
        readonly DType from = x.dtype;

        public override string Name => "To";

        protected override Tensor Backward(Tensor dy) => dy.To(from);
    }

    sealed class MoveNode(Tensor x, Tensor y) : UnaryGradNode(x, y)
    {
        readonly Device from = x.Device;

        public override string Name => "To";

        protected override Tensor Backward(Tensor dy) => dy.To(from);
    }
}
