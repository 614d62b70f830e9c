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
        a0 = Block4<T>.Add(top.X, left, a0);
        b0 = Block4<T>.Add(top.X, right, b0);
        a1 = Block4<T>.Add(top.Y, left, a1);
        b1 = Block4<T>.Add(top.Y, right, b1);
        a2 = Block4<T>.Add(top.Z, left, a2);
        b2 = Block4<T>.Add(top.Z, right, b2);
        a3 = Block4<T>.Add(top.W, left, a3);
        b3 = Block4<T>.Add(top.W, right, b3);
        c0 = Block4<T>.Add(bottom.X, left, c0);
        d0 = Block4<T>.Add(bottom.X, right, d0);
        c1 = Block4<T>.Add(bottom.Y, left, c1);
        d1 = Block4<T>.Add(bottom.Y, right, d1);
        c2 = Block4<T>.Add(bottom.Z, left, c2);
        d2 = Block4<T>.Add(bottom.Z, right, d2);
        c3 = Block4<T>.Add(bottom.W, left, c3);
        d3 = Block4<T>.Add(bottom.W, right, d3);
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
internal struct Block4<T> : IBlock<T> where T : unmanaged, INumber<T>
{
    Four<T> a0, a1, a2, a3;

    public static int Side => 8;

    public static int Edge => 32;

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
        a0 = Add(top.X, left, a0);
        a1 = Add(top.Y, left, a1);
        a2 = Add(top.Z, left, a2);
        a3 = Add(top.W, left, a3);
    }

    public readonly void End<TEnd>(in TEnd end, int row, int column) where TEnd : struct, IProductEnd<T>
    {
        end.Write(row, column, a0);
        end.Write(row + 1, column, a1);
        end.Write(row + 2, column, a2);
        end.Write(row + 3, column, a3);
    }

    /// <summary>a·b + c, of four columns.</summary>
    public static Four<T> Add(T a, Four<T> b, Four<T> c) => new()
    {
        X = T.MultiplyAdd(a, b.X, c.X),
        Y = T.MultiplyAdd(a, b.Y, c.Y),
        Z = T.MultiplyAdd(a, b.Z, c.Z),
        W = T.MultiplyAdd(a, b.W, c.W),
    };
}
