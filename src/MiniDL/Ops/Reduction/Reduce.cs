namespace MiniDL;

/// <summary>Shapes and the kernel call that the reductions share.</summary>
internal static class Reduction
{
    /// <summary>y = op over the axes of <paramref name="mask"/>, which stay with size 1.</summary>
    public static Tensor Run<TOp>(TOp op, Tensor x, uint mask) where TOp : struct, IReduceOp
    {
        var y = Tensor.New(Kept(x.layout, mask), x.dtype, x.Device);
        x.Backend.Reduce(op, x.View, y.View);
        return y;
    }

    /// <summary>The sizes with 1 on the axes of the mask.</summary>
    public static Layout Kept(Layout x, uint mask)
    {
        Span<int> sizes = stackalloc int[x.Rank];
        for (var i = 0; i < x.Rank; i++) sizes[i] = (mask >> i & 1) != 0 ? 1 : x.Size(i);
        return Layout.Of(sizes);
    }

    /// <summary>The sizes without the axes of the mask.</summary>
    public static Layout Dropped(Layout x, uint mask)
    {
        Span<int> sizes = stackalloc int[x.Rank];
        var rank = 0;
        for (var i = 0; i < x.Rank; i++)
            if ((mask >> i & 1) == 0) sizes[rank++] = x.Size(i);
        return Layout.Of(sizes[..rank]);
    }

    /// <summary>A view of a result without the reduced axes, unless they are kept.</summary>
    public static Tensor Finish(Tensor kept, Layout x, uint mask, bool keepDim)
        => keepDim || mask == 0 ? kept : kept.Reshape(Dropped(x, mask).Sizes);

    /// <summary>How many elements come together in one.</summary>
    public static long Count(Layout x, uint mask)
    {
        long count = 1;
        for (var i = 0; i < x.Rank; i++)
            if ((mask >> i & 1) != 0) count *= x.Size(i);
        return count;
    }

    /// <summary>Throws when nothing comes together in an element of the result: a largest of nothing does not exist.</summary>
    public static void ExpectElements(Layout x, uint mask, string op)
    {
        for (var i = 0; i < x.Rank; i++)
            if ((mask >> i & 1) != 0 && x.Size(i) == 0)
                throw new ShapeException(op, $"axis {i} of {x} is empty and has no such element", "x", i, 1, 0);
    }
}
