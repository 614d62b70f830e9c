namespace MiniDL;

/// <summary>A contiguous tensor as rows along one axis: element (o, i, n) lies at (o·Size + i)·Inner + n.</summary>
public readonly record struct RowShape(long Outer, int Size, long Inner)
{
    /// <summary>The rows along <paramref name="axis"/>.</summary>
    public static RowShape From(Layout x, int axis)
    {
        ArgumentNullException.ThrowIfNull(x);
        long outer = 1, inner = 1;
        for (var i = 0; i < axis; i++) outer *= x.Size(i);
        for (var i = axis + 1; i < x.Rank; i++) inner *= x.Size(i);
        return new(outer, x.Rank == 0 ? 1 : x.Size(axis), inner);
    }
}
