using ILGPU;

namespace MiniDL.Gpu;

/// <summary>What a thread computes of a tile: a square of sums, held in registers.</summary>
internal interface IBlock<T> where T : unmanaged, INumber<T>
{
    /// <summary>Threads along a side of a group.</summary>
    static abstract int Side { get; }

    /// <summary>Rows, and columns, of a tile.</summary>
    static abstract int Edge { get; }

    /// <summary>Begins the sums of the rows that lie <paramref name="row"/> fours from the first of y.</summary>
    void Begin<TEnd>(in TEnd end, int row) where TEnd : struct, IProductEnd<T>;

    /// <summary>Adds the products of one step of k: the rows of a begin at <paramref name="row"/>, the columns of b at <paramref name="column"/>, in fours.</summary>
    void Add(ArrayView<Four<T>> a, long row, ArrayView<Four<T>> b, long column);

    /// <summary>Multiplies each row by a number; the rows' numbers begin at <paramref name="row"/>, in fours.</summary>
    void Scale(ArrayView<Four<T>> a, long row);

    /// <summary>Gives the sums away.</summary>
    void End<TEnd>(in TEnd end, int row, int column) where TEnd : struct, IProductEnd<T>;
}

/// <summary>How many threads a side of a group has.</summary>
internal interface ISide
{
    /// <summary>The threads.</summary>
    static abstract int Threads { get; }
}

/// <summary>16 × 16 threads.</summary>
internal struct Side16 : ISide
{
    public static int Threads => 16;
}

/// <summary>8 × 8 threads.</summary>
internal struct Side8 : ISide
{
    public static int Threads => 8;
}

/// <summary>4 × 4 threads.</summary>
internal struct Side4 : ISide
{
    public static int Threads => 4;
}

/// <summary>8×8 sums, in four squares of 4×4 that lie half a tile apart, so that neighbouring threads read neighbouring fours.</summary>
/// <remarks>ILGPU unrolls no loop and keeps no array in registers: every four of sums has a name, a to d for the squares and the row in it; the order of the names is that of the rows, by which OpenCL on a processor vectorizes.</remarks>
internal struct Block8<T, TSide> : IBlock<T>
    where T : unmanaged, INumber<T>
    where TSide : unmanaged, ISide
{
    Four<T> a0, b0, a1, b1, a2, b2, a3, b3, c0, d0, c1, d1, c2, d2, c3, d3;

    public static int Side => TSide.Threads;

    public static int Edge => 8 * TSide.Threads;

    static int Half => 4 * TSide.Threads;

    public void Begin<TEnd>(in TEnd end, int row) where TEnd : struct, IProductEnd<T>
    {
        a0 = b0 = Four<T>.Of(end.First(row));
        a1 = b1 = Four<T>.Of(end.First(row + 1));
        a2 = b2 = Four<T>.Of(end.First(row + 2));
        a3 = b3 = Four<T>.Of(end.First(row + 3));
        c0 = d0 = Four<T>.Of(end.First(row + Half));
        c1 = d1 = Four<T>.Of(end.First(row + Half + 1));
        c2 = d2 = Four<T>.Of(end.First(row + Half + 2));
        c3 = d3 = Four<T>.Of(end.First(row + Half + 3));
    }

    public void Add(ArrayView<Four<T>> a, long row, ArrayView<Four<T>> b, long column)
    {
        Four<T> top = a[row], bottom = a[row + Side], left = b[column], right = b[column + Side];
        a0 = Fours<T>.MultiplyAdd(top.X, left, a0);
        b0 = Fours<T>.MultiplyAdd(top.X, right, b0);
        a1 = Fours<T>.MultiplyAdd(top.Y, left, a1);
        b1 = Fours<T>.MultiplyAdd(top.Y, right, b1);
        a2 = Fours<T>.MultiplyAdd(top.Z, left, a2);
        b2 = Fours<T>.MultiplyAdd(top.Z, right, b2);
        a3 = Fours<T>.MultiplyAdd(top.W, left, a3);
        b3 = Fours<T>.MultiplyAdd(top.W, right, b3);
        c0 = Fours<T>.MultiplyAdd(bottom.X, left, c0);
        d0 = Fours<T>.MultiplyAdd(bottom.X, right, d0);
        c1 = Fours<T>.MultiplyAdd(bottom.Y, left, c1);
        d1 = Fours<T>.MultiplyAdd(bottom.Y, right, d1);
        c2 = Fours<T>.MultiplyAdd(bottom.Z, left, c2);
        d2 = Fours<T>.MultiplyAdd(bottom.Z, right, d2);
        c3 = Fours<T>.MultiplyAdd(bottom.W, left, c3);
        d3 = Fours<T>.MultiplyAdd(bottom.W, right, d3);
    }

    public void Scale(ArrayView<Four<T>> a, long row)
    {
        Four<T> top = a[row], bottom = a[row + Side];
        a0 = Fours<T>.Scale(a0, top.X);
        b0 = Fours<T>.Scale(b0, top.X);
        a1 = Fours<T>.Scale(a1, top.Y);
        b1 = Fours<T>.Scale(b1, top.Y);
        a2 = Fours<T>.Scale(a2, top.Z);
        b2 = Fours<T>.Scale(b2, top.Z);
        a3 = Fours<T>.Scale(a3, top.W);
        b3 = Fours<T>.Scale(b3, top.W);
        c0 = Fours<T>.Scale(c0, bottom.X);
        d0 = Fours<T>.Scale(d0, bottom.X);
        c1 = Fours<T>.Scale(c1, bottom.Y);
        d1 = Fours<T>.Scale(d1, bottom.Y);
        c2 = Fours<T>.Scale(c2, bottom.Z);
        d2 = Fours<T>.Scale(d2, bottom.Z);
        c3 = Fours<T>.Scale(c3, bottom.W);
        d3 = Fours<T>.Scale(d3, bottom.W);
    }

    public readonly void End<TEnd>(in TEnd end, int row, int column) where TEnd : struct, IProductEnd<T>
    {
        end.Write(row, column, a0);
        end.Write(row + 1, column, a1);
        end.Write(row + 2, column, a2);
        end.Write(row + 3, column, a3);
        end.Write(row, column + Half, b0);
        end.Write(row + 1, column + Half, b1);
        end.Write(row + 2, column + Half, b2);
        end.Write(row + 3, column + Half, b3);
        end.Write(row + Half, column, c0);
        end.Write(row + Half + 1, column, c1);
        end.Write(row + Half + 2, column, c2);
        end.Write(row + Half + 3, column, c3);
        end.Write(row + Half, column + Half, d0);
        end.Write(row + Half + 1, column + Half, d1);
        end.Write(row + Half + 2, column + Half, d2);
        end.Write(row + Half + 3, column + Half, d3);
    }
}

/// <summary>4×4 sums, for products of which large tiles would be too few.</summary>
internal struct Block4<T, TSide> : IBlock<T>
    where T : unmanaged, INumber<T>
    where TSide : unmanaged, ISide
{
    Four<T> a0, a1, a2, a3;

    public static int Side => TSide.Threads;

    public static int Edge => 4 * TSide.Threads;

    public void Begin<TEnd>(in TEnd end, int row) where TEnd : struct, IProductEnd<T>
    {
        a0 = Four<T>.Of(end.First(row));
        a1 = Four<T>.Of(end.First(row + 1));
        a2 = Four<T>.Of(end.First(row + 2));
        a3 = Four<T>.Of(end.First(row + 3));
    }

    public void Add(ArrayView<Four<T>> a, long row, ArrayView<Four<T>> b, long column)
    {
        Four<T> top = a[row], left = b[column];
        a0 = Fours<T>.MultiplyAdd(top.X, left, a0);
        a1 = Fours<T>.MultiplyAdd(top.Y, left, a1);
        a2 = Fours<T>.MultiplyAdd(top.Z, left, a2);
        a3 = Fours<T>.MultiplyAdd(top.W, left, a3);
    }

    public void Scale(ArrayView<Four<T>> a, long row)
    {
        var top = a[row];
        a0 = Fours<T>.Scale(a0, top.X);
        a1 = Fours<T>.Scale(a1, top.Y);
        a2 = Fours<T>.Scale(a2, top.Z);
        a3 = Fours<T>.Scale(a3, top.W);
    }

    public readonly void End<TEnd>(in TEnd end, int row, int column) where TEnd : struct, IProductEnd<T>
    {
        end.Write(row, column, a0);
        end.Write(row + 1, column, a1);
        end.Write(row + 2, column, a2);
        end.Write(row + 3, column, a3);
    }
}

/// <summary>Arithmetic with four numbers at once.</summary>
internal static class Fours<T> where T : unmanaged, INumber<T>
{
    /// <summary>a·b + c.</summary>
    public static Four<T> MultiplyAdd(T a, Four<T> b, Four<T> c) => new()
    {
        X = T.MultiplyAdd(a, b.X, c.X),
        Y = T.MultiplyAdd(a, b.Y, c.Y),
        Z = T.MultiplyAdd(a, b.Z, c.Z),
        W = T.MultiplyAdd(a, b.W, c.W),
    };

    /// <summary>x·a.</summary>
    public static Four<T> Scale(Four<T> x, T a) => new() { X = x.X * a, Y = x.Y * a, Z = x.Z * a, W = x.W * a };

    /// <summary>The combination of each two.</summary>
    public static Four<T> Combine<TReduce>(Four<T> a, Four<T> b) where TReduce : struct, IReduceOp => new()
    {
        X = TReduce.Combine(a.X, b.X),
        Y = TReduce.Combine(a.Y, b.Y),
        Z = TReduce.Combine(a.Z, b.Z),
        W = TReduce.Combine(a.W, b.W),
    };
}
