namespace MiniDL;

public partial class Tensor
{
    /// <summary>The elements in row-major order moved on by <paramref name="shift"/> places; those that leave the end come in at the beginning.</summary>
    /// <remarks>Gradient: dx = dy rolled back.</remarks>
    public Tensor Roll(int shift) => Reshape([-1]).Roll(shift, 0).Reshape(Shape);

    /// <summary>y[…, (i + shift) mod n, …] = x[…, i, …] along one axis.</summary>
    /// <remarks>Gradient: dx = dy rolled back.</remarks>
    public Tensor Roll(int shift, int dim)
    {
        var axis = Dims.Axis(dim, Rank, nameof(Roll));
        var size = Rank == 0 ? 1 : layout.Size(axis);
        var by = size == 0 ? 0 : (shift % size + size) % size;
        return by == 0 ? this : Cat([Narrow(axis, size - by, by), Narrow(axis, 0, size - by)], axis);
    }

    /// <summary>Rolled along several axes, each by its own shift.</summary>
    /// <remarks>Gradient: dx = dy rolled back.</remarks>
    /// <exception cref="ArgumentException">There are not as many shifts as axes.</exception>
    public Tensor Roll(ReadOnlySpan<int> shifts, ReadOnlySpan<int> dims)
    {
        if (shifts.Length != dims.Length)
            throw new ArgumentException($"{Gate.Describe(nameof(Roll))}: shifts {Layout.Text(shifts)} and dims {Layout.Text(dims)} differ in number", nameof(shifts));
        var y = this;
        for (var i = 0; i < dims.Length; i++) y = y.Roll(shifts[i], dims[i]);
        return y;
    }
}
