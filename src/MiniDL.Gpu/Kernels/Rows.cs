using System.Numerics;
using ILGPU;

namespace MiniDL.Gpu;

/// <summary>What the threads that share a row do.</summary>
internal interface IRow<T> where T : unmanaged, IReal<T>
{
    /// <summary>The work of one thread; all threads of a group come here, also those whose row is beyond the last, since the threads of a row meet in its reductions.</summary>
    void Run(RowTeam<T> team);
}

/// <summary>A kernel over rows.</summary>
internal struct OverRows<TRow, T> : IKernel
    where TRow : struct, IRow<T>
    where T : unmanaged, IReal<T>
{
    public Rows Rows;
    public TRow Row;

    public readonly void Run() => Row.Run(new RowTeam<T>(Rows));
}

/// <summary>Rows in contiguous memory: row (o, i) begins at o·Plane + i·Column, and its elements lie Step apart.</summary>
/// <remarks>Rows that differ in o may be parts of one row of <c>Whole</c> elements: the last part has what is left.</remarks>
internal readonly record struct RowGrid(long Outer, long Inner, int Size, long Plane, long Column, long Step, long Whole = long.MaxValue)
{
    /// <summary>Elements of a part of a column.</summary>
    const int Part = 256;

    /// <summary>The rows along an axis.</summary>
    public static RowGrid Of(in RowShape shape) => new(shape.Outer, shape.Inner, shape.Size, shape.Size * shape.Inner, 1, shape.Inner);

    /// <summary>The columns of a matrix, each in parts, so that there is work for a whole device; how many parts follows from the number of rows alone.</summary>
    public static RowGrid ColumnParts(long rows, int columns) => new((rows + Part - 1) / Part, columns, Part, (long)Part * columns, 1, columns, rows);

    /// <summary>The columns of a matrix.</summary>
    public static RowGrid Columns(int rows, int columns) => new(1, columns, rows, 0, 1, columns);

    /// <summary>Whether the elements can be read four at a time in tensors that begin at multiples of four.</summary>
    public bool HasFours => Step == 1 && Size % 4 == 0 && Plane % 4 == 0 && (Column % 4 == 0 || Inner == 1);
}

/// <summary>The rows of one launch, as its threads see them.</summary>
/// <remarks>
/// Element k goes to the thread ⌊k/4⌋ mod n of the n that share a row, and n follows from the row's length alone: its bits depend neither on how its elements lie nor on other rows.
/// </remarks>
internal readonly struct Rows
{
    /// <summary>Elements that a thread sees to, unless the row is too long for a whole group.</summary>
    public const int PerThread = 16;

    readonly Divider inner;
    readonly long firstOuter, firstInner, allInner, plane, column, step, whole;
    readonly int count, size, teamLog, groupLog, fours;

    Rows(in RowGrid grid, long firstOuter, long firstInner, int outer, int inner, int groupLog, bool fours)
    {
        this.inner = new(inner);
        (this.firstOuter, this.firstInner, allInner) = (firstOuter, firstInner, grid.Inner);
        (plane, column, step, size, whole) = (grid.Plane, grid.Column, grid.Step, grid.Size, grid.Whole);
        (count, this.groupLog, this.fours) = (outer * inner, groupLog, fours ? 1 : 0);
        teamLog = Math.Min(BitOperations.Log2((uint)Math.Max((size - 1) / PerThread, 0)) + (size > PerThread ? 1 : 0), groupLog);
    }

    /// <summary>Starts a kernel over all rows; in pieces, where they are more than a kernel can number.</summary>
    /// <param name="device">The device.</param>
    /// <param name="row">What is done with a row.</param>
    /// <param name="grid">The rows.</param>
    /// <param name="fours">Whether all operands begin at multiples of four elements.</param>
    public static void ForEach<TRow, T>(GpuDevice device, in TRow row, in RowGrid grid, bool fours)
        where TRow : struct, IRow<T>
        where T : unmanaged, IReal<T>
    {
        if (grid.Outer == 0 || grid.Inner == 0) return;
        var inner = (int)Math.Min(grid.Inner, Nest.MaxCount);
        var outer = (int)Math.Min(grid.Outer, Nest.MaxCount / inner);
        var groupLog = BitOperations.Log2((uint)device.GroupSize);
        for (long o = 0; o < grid.Outer; o += outer)
            for (long i = 0; i < grid.Inner; i += inner)
            {
                var rows = new Rows(grid, o, i, (int)Math.Min(outer, grid.Outer - o), (int)Math.Min(inner, grid.Inner - i), groupLog, fours && grid.HasFours);
                var side = 1 << groupLog - rows.teamLog;
                device.Launch(new OverRows<TRow, T> { Rows = rows, Row = row }, (rows.count + side - 1) / side, device.GroupSize);
            }
    }

    /// <summary>The threads that share a row, of each group.</summary>
    public int TeamLog => teamLog;

    /// <summary>The rows of a group.</summary>
    public int SideLog => groupLog - teamLog;

    /// <summary>Whether a row's elements lie side by side, and not those of neighbouring rows.</summary>
    public bool IsDense => step == 1;

    /// <summary>How many rows there are.</summary>
    public int Count => count;

    /// <summary>Where row <paramref name="row"/> of this launch is among all.</summary>
    public (long Outer, long Inner) Find(int row)
    {
        var o = inner.Divide(ref row);
        return (firstOuter + o, firstInner + row);
    }

    /// <summary>Where a row begins.</summary>
    public long Start(long outer, long inner) => outer * plane + inner * column;

    /// <summary>Which row it is, of all.</summary>
    public long Place(long outer, long inner) => outer * allInner + inner;

    /// <summary>Elements in a row that is not the last part of a longer one.</summary>
    public int Size => size;

    /// <summary>Elements in a row.</summary>
    public int SizeOf(long outer) => (int)Math.Min(size, whole - outer * size);

    /// <summary>From an element to the next.</summary>
    public long Step => step;

    /// <summary>Whether four elements can be read at once.</summary>
    public bool Fours => fours != 0;
}

internal sealed partial class GpuRealBackend<T>
{
    /// <summary>Starts a kernel over rows.</summary>
    void OverRows<TRow>(in TRow row, in RowGrid grid, params ReadOnlySpan<TensorView> operands) where TRow : struct, IRow<T>
    {
        long offsets = 0;
        foreach (ref readonly var x in operands) offsets |= x.Offset;
        Rows.ForEach<TRow, T>(Gpu, row, grid, offsets % 4 == 0);
    }

    /// <summary>Memory for as long as kernels are being started; it goes back to the pool by hand.</summary>
    TensorView Scratch(long count) => new(Layout.Of([checked((int)count)]), Gpu.Pool.Rent(count * DType.Size()), 0, DType);
}
