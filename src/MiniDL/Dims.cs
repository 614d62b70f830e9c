using System.Runtime.CompilerServices;

namespace MiniDL;

/// <summary>The arithmetic of axes and shapes that every op shares, with its error messages.</summary>
internal static class Dims
{
    /// <summary>An axis counted from the front; negative ones count from the end. A 0-d tensor takes 0 and −1, as in PyTorch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Axis(int dim, int rank, string op)
    {
        var axis = dim < 0 ? dim + Math.Max(rank, 1) : dim;
        if ((uint)axis >= (uint)Math.Max(rank, 1)) ThrowAxis(dim, rank, op);
        return axis;
    }

    static void ThrowAxis(int dim, int rank, string op) => throw new ArgumentOutOfRangeException(nameof(dim),
        $"{Gate.Describe(op)}: dim {dim} is outside −{Math.Max(rank, 1)}…{Math.Max(rank, 1) - 1}, the axes of a tensor of rank {rank}");

    /// <summary>A bit for each axis named in <paramref name="dims"/>; all axes when it is empty.</summary>
    public static uint Mask(ReadOnlySpan<int> dims, int rank, string op)
    {
        if (dims.IsEmpty) return (1u << rank) - 1;
        var mask = 0u;
        foreach (var dim in dims)
        {
            var bit = 1u << Axis(dim, rank, op);
            if ((mask & bit) != 0) throw new ArgumentException($"{Gate.Describe(op)}: dim {dim} is named twice in {Layout.Text(dims)}", nameof(dims));
            mask |= bit;
        }
        return rank == 0 ? 0 : mask;
    }

    /// <summary>The shape that a and b broadcast to: sizes meet from the end, a size of 1 stretches.</summary>
    public static Layout Broadcast(Layout a, Layout b, string op)
    {
        if (a.SameSizes(b)) return a.Contiguous();
        var rank = Math.Max(a.Rank, b.Rank);
        Span<int> sizes = stackalloc int[rank];
        for (var i = 1; i <= rank; i++)
        {
            var sa = i <= a.Rank ? a.Size(a.Rank - i) : 1;
            var sb = i <= b.Rank ? b.Size(b.Rank - i) : 1;
            if (sa != sb && sa != 1 && sb != 1)
                throw new ShapeException(op, $"a {a} and b {b} do not broadcast: at axis −{i} the sizes are {sa} and {sb}, and neither is 1", "b", rank - i, sa, sb);
            sizes[^i] = sa == 1 ? sb : sa;
        }
        return Layout.Of(sizes);
    }

    /// <summary>A view of <paramref name="x"/> stretched to <paramref name="sizes"/> by strides of 0; the caller has checked that it fits.</summary>
    public static Layout Expand(Layout x, ReadOnlySpan<int> sizes)
    {
        if (x.Sizes.SequenceEqual(sizes)) return x;
        Span<long> strides = stackalloc long[sizes.Length];
        strides.Clear();
        var lead = sizes.Length - x.Rank;
        for (var i = 0; i < x.Rank; i++)
            if (x.Size(i) == sizes[lead + i]) strides[lead + i] = x.Stride(i);
        return Layout.Of(sizes, strides);
    }

    /// <summary>Checks sizes that a caller gave: none negative, the rank in range, the count within 63 bits.</summary>
    public static void Check(ReadOnlySpan<int> sizes, string op)
    {
        if (sizes.Length > Layout.MaxRank)
            throw new ShapeException(op, $"shape {Layout.Text(sizes)} has {sizes.Length} axes, a tensor has at most {Layout.MaxRank}", "shape", null, Layout.MaxRank, sizes.Length);
        UInt128 count = 1;
        for (var i = 0; i < sizes.Length; i++)
        {
            if (sizes[i] < 0) throw new ShapeException(op, $"shape {Layout.Text(sizes)} has size {sizes[i]} at axis {i}; a size is 0 or more", "shape", i, null, sizes[i]);
            count *= (uint)sizes[i];
            if (count > long.MaxValue / 8) throw new ShapeException(op, $"shape {Layout.Text(sizes)} has more elements than 64 bits can address", "shape");
        }
    }
}
