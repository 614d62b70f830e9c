using ILGPU;

namespace MiniDL.Gpu;

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
    public void Store(int i, T y) => x[start + i * step] = y;

    /// <summary>Sets elements <paramref name="i"/> to <paramref name="i"/> + 3.</summary>
    public void StoreFour(int i, bool atOnce, Four<T> y)
    {
        if (atOnce)
        {
            x.Cast<Four<T>>()[start + i >> 2] = y;
            return;
        }
        var at = start + i * step;
        x[at] = y.X;
        x[at + step] = y.Y;
        x[at + 2 * step] = y.Z;
        x[at + 3 * step] = y.W;
    }
}

/// <summary>A thread's elements of a row, in registers.</summary>
internal struct Held<T> where T : unmanaged, IReal<T>
{
    public Four<T> A, B, C, D;

    /// <summary>op of each.</summary>
    public readonly Held<T> Map<TOp>(TOp op) where TOp : struct, IElementOp<T> => new()
    {
        A = Four<T>.Map(op, A, default, default),
        B = Four<T>.Map(op, B, default, default),
        C = Four<T>.Map(op, C, default, default),
        D = Four<T>.Map(op, D, default, default),
    };

    /// <summary>Their reduction.</summary>
    public readonly T Reduce<TReduce>() where TReduce : struct, IReduceOp
        => TReduce.Combine(TReduce.Combine(Reduce<TReduce>(A), Reduce<TReduce>(B)), TReduce.Combine(Reduce<TReduce>(C), Reduce<TReduce>(D)));

    static T Reduce<TReduce>(Four<T> x) where TReduce : struct, IReduceOp => TReduce.Combine(TReduce.Combine(x.X, x.Y), TReduce.Combine(x.Z, x.W));
}

/// <summary>The threads of a group that share a row.</summary>
internal readonly struct RowTeam<T> where T : unmanaged, IReal<T>
{
    readonly ArrayView<T> meeting;
    readonly int lane, lanes, apart, size, full;
    readonly bool fours;
    readonly long start, step;

    public RowTeam(Rows rows)
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
        for (; i + 3 < size; i += 4 * lanes) y.StoreFour(i, fours, FourOf(op, i, a, b, c));
        for (; i < size; i++) y.Store(i, OneOf(op, i, a, b, c));
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
            var x = FourOf(op, i, a, b, c);
            total = TReduce.Combine(total, TReduce.Combine(TReduce.Combine(x.X, x.Y), TReduce.Combine(x.Z, x.W)));
        }
        for (; i < size; i++) total = TReduce.Combine(total, OneOf(op, i, a, b, c));
        return Meet<TReduce>(total);
    }

    /// <summary>Σ op(a, b, c) over the row.</summary>
    public T Sum<TOp>(TOp op, Line<T> a, Line<T> b, Line<T> c) where TOp : struct, IElementOp<T> => Reduce<SumOp, TOp>(op, a, b, c);

    /// <summary>Σ x over the threads that share the row.</summary>
    public T Sum(T x) => Meet<SumOp>(x);

    /// <summary>Whether the row is so short that its threads can keep it.</summary>
    public bool Holds => full <= Rows.PerThread * lanes;

    /// <summary>This thread's elements of a row that can be kept; in the place of those beyond its end, a number.</summary>
    public Held<T> Take(Line<T> x, T otherwise)
        => new() { A = Take(x, First, otherwise), B = Take(x, First + 4 * lanes, otherwise), C = Take(x, First + 8 * lanes, otherwise), D = Take(x, First + 12 * lanes, otherwise) };

    Four<T> Take(Line<T> x, int i, T otherwise)
    {
        if (i + 3 < size) return x.LoadFour(i, fours);
        return new() { X = i < size ? x.Load(i) : otherwise, Y = i + 1 < size ? x.Load(i + 1) : otherwise, Z = i + 2 < size ? x.Load(i + 2) : otherwise, W = otherwise };
    }

    /// <summary>y = x, which was kept.</summary>
    public void Put(Line<T> y, Held<T> x)
    {
        Put(y, First, x.A);
        Put(y, First + 4 * lanes, x.B);
        Put(y, First + 8 * lanes, x.C);
        Put(y, First + 12 * lanes, x.D);
    }

    void Put(Line<T> y, int i, Four<T> x)
    {
        if (i + 3 < size)
        {
            y.StoreFour(i, fours, x);
            return;
        }
        if (i < size) y.Store(i, x.X);
        if (i + 1 < size) y.Store(i + 1, x.Y);
        if (i + 2 < size) y.Store(i + 2, x.Z);
    }

    /// <summary>The reduction of a row that is kept.</summary>
    public T Reduce<TReduce>(Held<T> x) where TReduce : struct, IReduceOp => Meet<TReduce>(x.Reduce<TReduce>());

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

    Four<T> FourOf<TOp>(TOp op, int i, Line<T> a, Line<T> b, Line<T> c) where TOp : struct, IElementOp<T>
    {
        Four<T> va = default, vb = default, vc = default;
        if (TOp.Arity > 0) va = a.LoadFour(i, fours);
        if (TOp.Arity > 1) vb = b.LoadFour(i, fours);
        if (TOp.Arity > 2) vc = c.LoadFour(i, fours);
        return Four<T>.Map(op, va, vb, vc);
    }

    static T OneOf<TOp>(TOp op, int i, Line<T> a, Line<T> b, Line<T> c) where TOp : struct, IElementOp<T>
        => op.Invoke(TOp.Arity > 0 ? a.Load(i) : default, TOp.Arity > 1 ? b.Load(i) : default, TOp.Arity > 2 ? c.Load(i) : default);
}
