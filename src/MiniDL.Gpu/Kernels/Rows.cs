using System.Numerics;
using ILGPU;

namespace MiniDL.Gpu;

/// <summary>What the threads that share a row do.</summary>
internal interface IRow<T> where T : unmanaged, IReal<T>
{
    /// <summary>The work of one thread; all threads of a group come here, also those whose row is beyond the last, since they meet in <see cref="Team{T}.Reduce"/>.</summary>
    void Run(Team<T> team);
}

/// <summary>What gives two sums for each row.</summary>
internal interface ITwoSums<T> : IRow<T> where T : unmanaged, IReal<T>
{
    /// <summary>Where the first goes, or nothing.</summary>
    ArrayView<T> A { set; }

    /// <summary>Where the second goes, or nothing.</summary>
    ArrayView<T> B { set; }
}

/// <summary>A kernel over rows.</summary>
internal struct OverRows<TRow, T> : IKernel
    where TRow : struct, IRow<T>
    where T : unmanaged, IReal<T>
{
    public Rows Rows;
    public TRow Row;

    public readonly void Run() => Row.Run(new Team<T>(Rows));
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
    const int PerThread = 16;

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

/// <summary>A row's elements in one operand, or one number for all of them.</summary>
internal readonly struct Line<T>(ArrayView<T> x, long start, long step, bool exists, T otherwise) where T : unmanaged
{
    readonly ArrayView<T> x = x;
    readonly long start = start, step = step;
    readonly bool exists = exists;
    readonly T otherwise = otherwise;

    /// <summary>Element <paramref name="i"/>.</summary>
    public T Load(int i) => exists ? x[start + i * step] : otherwise;

    /// <summary>Elements <paramref name="i"/> to <paramref name="i"/> + 3.</summary>
    /// <param name="i">A multiple of 4.</param>
    /// <param name="atOnce">Whether they are one load.</param>
    public Four<T> LoadFour(int i, bool atOnce)
    {
        if (!exists) return new() { X = otherwise, Y = otherwise, Z = otherwise, W = otherwise };
        // The compiler sees that the memory's beginning is aligned, and not that a row's is.
        if (atOnce) return x.Cast<Four<T>>()[start + i >> 2];
        var at = start + i * step;
        return new() { X = x[at], Y = x[at + step], Z = x[at + 2 * step], W = x[at + 3 * step] };
    }

    /// <summary>Sets element <paramref name="i"/>.</summary>
    public void Store(int i, T y)
    {
        var view = x;
        view[start + i * step] = y;
    }

    /// <summary>Sets elements <paramref name="i"/> to <paramref name="i"/> + 3.</summary>
    public void StoreFour(int i, bool atOnce, Four<T> y)
    {
        var view = x;
        if (atOnce)
        {
            view.Cast<Four<T>>()[start + i >> 2] = y;
            return;
        }
        var at = start + i * step;
        view[at] = y.X;
        view[at + step] = y.Y;
        view[at + 2 * step] = y.Z;
        view[at + 3 * step] = y.W;
    }
}

/// <summary>The threads of a group that share a row.</summary>
internal readonly struct Team<T> where T : unmanaged, IReal<T>
{
    readonly ArrayView<T> meeting;
    readonly int lane, lanes, apart, size, full;
    readonly bool fours;
    readonly long start, step;

    public Team(Rows rows)
    {
        meeting = SharedMemory.Allocate<T>(Threads.Group);
        var (thread, side) = (Group.IdxX, 1 << rows.SideLog);
        lanes = 1 << rows.TeamLog;
        // Neighbours in a group read what lies side by side: elements of a row, or else of neighbouring rows.
        apart = rows.IsDense ? 1 : side;
        lane = rows.IsDense ? thread & lanes - 1 : thread >> rows.SideLog;
        var row = Grid.IdxX * side + (rows.IsDense ? thread >> rows.TeamLog : thread & side - 1);
        Exists = row < rows.Count;
        (Outer, Inner) = rows.Find(Exists ? row : 0);
        Place = rows.Place(Outer, Inner);
        (start, step, fours) = (rows.Start(Outer, Inner), rows.Step, rows.Fours);
        full = rows.Size;
        size = Exists ? rows.SizeOf(Outer) : 0;
    }

    /// <summary>Whether there is such a row; if not, it has no elements.</summary>
    public bool Exists { get; }

    /// <summary>Where the row is among the others.</summary>
    public long Outer { get; }

    /// <summary>Where the row is among those with the same <see cref="Outer"/>.</summary>
    public long Inner { get; }

    /// <summary>Which row it is, of all.</summary>
    public long Place { get; }

    /// <summary>Elements of the row.</summary>
    public int Size => size;

    /// <summary>The first element that is this thread's.</summary>
    public int First => 4 * lane;

    /// <summary>The next element that is this thread's.</summary>
    public int After(int i) => (i & 3) == 3 ? i + 4 * lanes - 3 : i + 1;

    /// <summary>Whether an element is this thread's.</summary>
    public bool Has(int i) => (i >> 2 & lanes - 1) == lane;

    /// <summary>The row in a tensor of rows.</summary>
    public Line<T> Row(ArrayView<T> x) => new(x, start, step, true, default);

    /// <summary>What belongs to the elements of this part of a row, of a vector as long as the whole.</summary>
    public Line<T> Whole(ArrayView<T> x) => new(x, Outer * full, 1, true, default);

    /// <summary>A vector as long as a row, the same for all rows; when it is left out, a number in its place.</summary>
    public Line<T> Common(ArrayView<T> x, T otherwise) => new(x, 0, 1, x.Length != 0, otherwise);

    /// <summary>Nothing, in the place of an operand that an op has not.</summary>
    public static Line<T> None => new(ArrayView<T>.Empty, 0, 0, false, default);

    /// <summary>y = op(a, b, c).</summary>
    public void Map<TOp>(TOp op, Line<T> y, Line<T> a, Line<T> b, Line<T> c) where TOp : struct, IElementOp<T>
    {
        var i = 4 * lane;
        for (; i + 3 < size; i += 4 * lanes) y.StoreFour(i, fours, Four(op, i, a, b, c));
        for (; i < size; i++) y.Store(i, One(op, i, a, b, c));
    }

    /// <summary>The reduction of op(a, b, c) over the row, for all its threads; they meet here.</summary>
    public T Reduce<TReduce, TOp>(TOp op, Line<T> a, Line<T> b, Line<T> c)
        where TReduce : struct, IReduceOp
        where TOp : struct, IElementOp<T>
    {
        var total = T.Of(TReduce.Identity);
        var i = 4 * lane;
        for (; i + 3 < size; i += 4 * lanes)
        {
            var x = Four(op, i, a, b, c);
            total = TReduce.Combine(total, TReduce.Combine(TReduce.Combine(x.X, x.Y), TReduce.Combine(x.Z, x.W)));
        }
        for (; i < size; i++) total = TReduce.Combine(total, One(op, i, a, b, c));
        return Meet<TReduce>(total);
    }

    /// <summary>Σ op(a, b, c) over the row.</summary>
    public T Sum<TOp>(TOp op, Line<T> a, Line<T> b, Line<T> c) where TOp : struct, IElementOp<T> => Reduce<SumOp, TOp>(op, a, b, c);

    /// <summary>Σ x over the threads that share the row.</summary>
    public T Sum(T x) => Meet<SumOp>(x);

    /// <summary>Writes what there is one of in a row to its place in y, if there is a y.</summary>
    public void Write(ArrayView<T> y, T x)
    {
        if (y.Length != 0 && Exists && lane == 0) y[Place] = x;
    }

    T Meet<TReduce>(T x) where TReduce : struct, IReduceOp
    {
        if (lanes == 1) return x;
        var all = meeting;
        var i = Group.IdxX;
        all[i] = x;
        for (var half = lanes >> 1; half > 0; half >>= 1)
        {
            Group.Barrier();
            if (lane < half) all[i] = TReduce.Combine(all[i], all[i + half * apart]);
        }
        Group.Barrier();
        x = all[i - lane * apart];
        Group.Barrier();
        return x;
    }

    Four<T> Four<TOp>(TOp op, int i, Line<T> a, Line<T> b, Line<T> c) where TOp : struct, IElementOp<T>
    {
        Four<T> va = default, vb = default, vc = default, y;
        if (TOp.Arity > 0) va = a.LoadFour(i, fours);
        if (TOp.Arity > 1) vb = b.LoadFour(i, fours);
        if (TOp.Arity > 2) vc = c.LoadFour(i, fours);
        y.X = op.Invoke(va.X, vb.X, vc.X);
        y.Y = op.Invoke(va.Y, vb.Y, vc.Y);
        y.Z = op.Invoke(va.Z, vb.Z, vc.Z);
        y.W = op.Invoke(va.W, vb.W, vc.W);
        return y;
    }

    static T One<TOp>(TOp op, int i, Line<T> a, Line<T> b, Line<T> c) where TOp : struct, IElementOp<T>
        => op.Invoke(TOp.Arity > 0 ? a.Load(i) : default, TOp.Arity > 1 ? b.Load(i) : default, TOp.Arity > 2 ? c.Load(i) : default);
}

/// <summary>The sums of two matrices' columns.</summary>
internal struct ColumnSums<T> : ITwoSums<T> where T : unmanaged, IReal<T>
{
    public ArrayView<T> X, Z;

    public ArrayView<T> A { get; set; }

    public ArrayView<T> B { get; set; }

    public readonly void Run(Team<T> team)
    {
        var (x, z) = (team.Row(X), team.Row(Z));
        var (a, b) = (T.Of(0), T.Of(0));
        for (var i = team.First; i < team.Size; i = team.After(i))
        {
            a += x.Load(i);
            b += z.Load(i);
        }
        team.Write(A, team.Sum(a));
        team.Write(B, team.Sum(b));
    }
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

    /// <summary>Two sums for each column, in two stages: over each part of it, and over the parts; a and b may be <c>IsNone</c>.</summary>
    void SumColumns<TRow>(TRow row, in RowGrid parts, in TensorView a, in TensorView b, params ReadOnlySpan<TensorView> operands) where TRow : struct, ITwoSums<T>
    {
        if (a.IsNone && b.IsNone) return;
        if (parts.Outer == 1)
        {
            (row.A, row.B) = (DenseOrNone<T>(a), DenseOrNone<T>(b));
            OverRows(row, parts, operands);
            return;
        }
        var (partsOfA, partsOfB) = (Scratch(parts.Outer * parts.Inner), Scratch(parts.Outer * parts.Inner));
        (row.A, row.B) = (Dense<T>(partsOfA), Dense<T>(partsOfB));
        OverRows(row, parts, operands);
        var sums = new ColumnSums<T> { X = Dense<T>(partsOfA), Z = Dense<T>(partsOfB), A = DenseOrNone<T>(a), B = DenseOrNone<T>(b) };
        OverRows(sums, RowGrid.Columns((int)parts.Outer, (int)parts.Inner));
        Gpu.Pool.Return(partsOfA.Buffer);
        Gpu.Pool.Return(partsOfB.Buffer);
    }

    /// <summary>Memory for as long as kernels are being started; it goes back to the pool by hand.</summary>
    TensorView Scratch(long count) => new(Layout.Of([checked((int)count)]), Gpu.Pool.Rent(count * DType.Size()), 0, DType);
}
