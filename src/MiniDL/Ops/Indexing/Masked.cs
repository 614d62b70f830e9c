namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = mask ? value : x, with broadcasting; the dtype stays.</summary>
    /// <remarks>Gradient: dx = dy where the mask is not set, else 0.</remarks>
    /// <exception cref="ArgumentException">The mask is not Bool, or the value not whole and x of whole numbers.</exception>
    public Tensor MaskedFill(Tensor mask, double value) => Where(mask, InPlace.Number(this, value, nameof(MaskedFill)), this);

    /// <summary>y = mask ? value : x, with broadcasting; the dtype stays.</summary>
    /// <remarks>Gradient: dx = dy where the mask is not set, else 0; dvalue = Σ dy where it is.</remarks>
    /// <param name="mask">Bool.</param>
    /// <param name="value">A 0-d tensor.</param>
    /// <exception cref="ShapeException">The value is more than a number.</exception>
    public Tensor MaskedFill(Tensor mask, Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Rank != 0) throw new ShapeException(nameof(MaskedFill), $"value has shape {value.layout}; it is a single number", nameof(value), null, 0, value.Rank);
        if (Types.Result(this, value) != dtype)
            throw new ArgumentException($"{Gate.Describe(nameof(MaskedFill))}: value is {value.dtype}, x is {dtype}; convert with To(DType.{dtype})", nameof(value));
        return Where(mask, value, this);
    }

    /// <summary>The elements where the mask is set, in row-major order, as a vector; both broadcast.</summary>
    /// <remarks>Gradient: dx = dy at its place, 0 elsewhere.</remarks>
    /// <exception cref="ArgumentException">The mask is not Bool.</exception>
    public Tensor MaskedSelect(Tensor mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        Types.Expect(mask, mask.dtype == DType.Bool, nameof(MaskedSelect), nameof(mask), "it must be Bool, such as x > 0");
        Types.SameDevice(this, mask, nameof(MaskedSelect));
        var shape = Dims.Broadcast(layout, mask.layout, nameof(MaskedSelect)).Sizes;
        return Expand(shape).Reshape([-1]).IndexSelectChecked(0, mask.Expand(shape).Positions());
    }

    /// <summary>The indices of the elements that are not 0, in row-major order: Int64 [count, rank].</summary>
    public Tensor Nonzero()
    {
        var positions = Detach().To(DType.Bool).Positions().To(Device.Cpu).ToArray<long>();
        var y = new long[checked(positions.Length * Rank)];
        for (var i = 0; i < positions.Length; i++)
            for (var axis = Rank - 1; axis >= 0; axis--)
                (positions[i], y[i * Rank + axis]) = Math.DivRem(positions[i], layout.Size(axis));
        return From((ReadOnlySpan<long>)y, positions.Length, Rank).To(Device);
    }

    /// <summary>The places in row-major order where this mask is set, found on the host.</summary>
    internal Tensor Positions()
    {
        var set = To(Device.Cpu).ToArray<bool>();
        var count = 0;
        foreach (var bit in set)
            if (bit) count++;
        var positions = new long[count];
        count = 0;
        for (var i = 0; i < set.Length; i++)
            if (set[i]) positions[count++] = i;
        return From((ReadOnlySpan<long>)positions).To(Device);
    }
}
