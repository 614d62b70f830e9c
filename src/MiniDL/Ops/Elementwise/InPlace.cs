namespace MiniDL;

/// <summary>Runs the ops that write into their first operand.</summary>
internal static class InPlace
{
    /// <summary>x = map(x, other).</summary>
    public static Tensor Run<TMap>(TMap map, Tensor x, Tensor other, string name) where TMap : struct, INumberMapOp
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.node is not null && GradMode.Enabled)
            throw new InvalidOperationException($"{name}: the operand requires a gradient, which a write in place cannot record; make a new tensor, or Detach() it");
        if (other.dtype != x.dtype)
        {
            if (DTypes.Promote(x.dtype, other.dtype) != x.dtype && other.Rank > 0)
                throw new ArgumentException($"{name}: a {other.dtype} operand does not fit into {x.dtype} in place; convert it with To(DType.{x.dtype})", nameof(other));
            other = other.To(x.dtype);
        }
        Types.SameDevice(x, other, name);
        if (!Dims.Broadcast(x.layout, other.layout, name).SameSizes(x.layout))
            throw new ShapeException(name, $"the operand {other.layout} does not broadcast to the shape {x.layout} of the tensor that is written", "other");
        if (ReferenceEquals(x.storage, other.storage) && !(ReferenceEquals(x.layout, other.layout) && x.offset == other.offset)) other = other.Clone(); // overlapping views
        x.BeginWrite(name);
        var xv = x.View;
        x.Backend.MapNumber(map, xv, xv, Binary.Spread(other, x.layout), xv);
        return Gate.Leave(name, x, other);
    }

    /// <summary>x = op(x), where op is one with a C# number.</summary>
    public static Tensor Run<TOp>(TOp op, Tensor x, double number, string name) where TOp : struct, INumberUnaryOp
    {
        ExpectWhole(x, number, name);
        x.BeginWrite(name);
        var xv = x.View;
        x.Backend.MapNumber(new NumberUnaryMap<TOp>(op), xv, xv, xv, xv);
        return Gate.Leave(name, x, x);
    }

    /// <summary>A C# number as a 0-d operand of x's dtype.</summary>
    public static Tensor Number(Tensor x, double number, string name)
    {
        ExpectWhole(x, number, name);
        return Tensor.Full([], number, x.dtype, x.Device);
    }

    static void ExpectWhole(Tensor x, double number, string name)
    {
        if (!x.dtype.IsFloat() && number != Math.Floor(number))
            throw new ArgumentException(FormattableString.Invariant($"{name}: {number} is not whole, and the tensor is {x.dtype}"), nameof(number));
    }
}
