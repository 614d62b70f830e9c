namespace MiniDL;

public partial class Tensor
{
    /// <summary>Pieces of <paramref name="size"/> along an axis; the last may be smaller. Views.</summary>
    /// <remarks>Gradient: dx = dy in the piece's place, 0 elsewhere.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">size is not positive.</exception>
    public Tensor[] Split(int size, int dim = 0)
    {
        var (axis, total) = AxisToCut(dim, nameof(Split));
        if (size <= 0) throw new ArgumentOutOfRangeException(nameof(size), $"{Gate.Describe(nameof(Split))}: size is {size}; a piece has 1 or more");
        var pieces = new Tensor[Math.Max(1, (int)(((long)total + size - 1) / size))];
        for (var i = 0; i < pieces.Length; i++) pieces[i] = Narrow(axis, i * size, Math.Min(size, total - i * size));
        return pieces;
    }

    /// <summary>Pieces of the given sizes along an axis. Views.</summary>
    /// <remarks>Gradient: dx = dy in the piece's place, 0 elsewhere.</remarks>
    /// <exception cref="ShapeException">The sizes do not sum to the axis.</exception>
    public Tensor[] Split(ReadOnlySpan<int> sizes, int dim = 0)
    {
        var (axis, total) = AxisToCut(dim, nameof(Split));
        foreach (var size in sizes)
            if (size < 0) throw new ShapeException(nameof(Split), $"sizes {Layout.Text(sizes)} hold {size}; a size is 0 or more", nameof(sizes), axis, null, size);
        long sum = 0;
        foreach (var size in sizes) sum += size;
        if (sum != total)
            throw new ShapeException(nameof(Split), $"sizes {Layout.Text(sizes)} sum to {sum}, axis {axis} of {layout} has {total}", nameof(sizes), axis, total, sum);
        var pieces = new Tensor[sizes.Length];
        var start = 0;
        for (var i = 0; i < pieces.Length; i++)
        {
            pieces[i] = Narrow(axis, start, sizes[i]);
            start += sizes[i];
        }
        return pieces;
    }

    /// <summary>At most <paramref name="chunks"/> pieces of one size along an axis; the last may be smaller. Views.</summary>
    /// <remarks>Gradient: dx = dy in the piece's place, 0 elsewhere.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">chunks is not positive.</exception>
    public Tensor[] Chunk(int chunks, int dim = 0)
    {
        var (axis, total) = AxisToCut(dim, nameof(Chunk));
        if (chunks <= 0) throw new ArgumentOutOfRangeException(nameof(chunks), $"{Gate.Describe(nameof(Chunk))}: chunks is {chunks}; there must be 1 or more");
        return total == 0 ? Split(new int[chunks], axis) : Split((int)(((long)total + chunks - 1) / chunks), axis);
    }

    /// <summary>The slices along an axis, which goes away. Views.</summary>
    /// <remarks>Gradient: dx = dy in the slice's place, 0 elsewhere.</remarks>
    public Tensor[] Unbind(int dim = 0)
    {
        var (axis, total) = AxisToCut(dim, nameof(Unbind));
        var slices = new Tensor[total];
        for (var i = 0; i < total; i++) slices[i] = Select(axis, i);
        return slices;
    }

    (int Axis, int Size) AxisToCut(int dim, string op)
    {
        if (Rank == 0) throw new ShapeException(op, "a 0-d tensor has no axis to cut");
        var axis = Dims.Axis(dim, Rank, op);
        return (axis, layout.Size(axis));
    }
}
