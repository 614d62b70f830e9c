using System.Numerics;
using ILGPU;

namespace MiniDL.Gpu;

/// <summary>A function of a number and its place in a tile.</summary>
internal interface IPairOp<T> where T : unmanaged
{
    T Invoke(T x, int row, int column);
}

/// <summary>A thread's four rows and four columns of a tile.</summary>
internal struct Block<T> where T : unmanaged, IReal<T>
{
    public Four<T> A, B, C, D;

    /// <summary>This + a·bᵀ.</summary>
    public readonly Block<T> AddProduct(Four<T> a, Four<T> b) => new() { A = Add(A, a.X, b), B = Add(B, a.Y, b), C = Add(C, a.Z, b), D = Add(D, a.W, b) };

    static Four<T> Add(Four<T> y, T a, Four<T> b) => new() { X = T.Fma(a, b.X, y.X), Y = T.Fma(a, b.Y, y.Y), Z = T.Fma(a, b.Z, y.Z), W = T.Fma(a, b.W, y.W) };

    /// <summary>Each row times a number of its own.</summary>
    public readonly Block<T> ScaleRows(Four<T> a) => new() { A = Scale(A, a.X), B = Scale(B, a.Y), C = Scale(C, a.Z), D = Scale(D, a.W) };

    static Four<T> Scale(Four<T> x, T a) => new() { X = x.X * a, Y = x.Y * a, Z = x.Z * a, W = x.W * a };

    /// <summary>e^(x − r − c), r of the row and c of the column.</summary>
    public readonly Block<T> ExpBelow(Four<T> r, Four<T> c) => new() { A = Exp(A, r.X, c), B = Exp(B, r.Y, c), C = Exp(C, r.Z, c), D = Exp(D, r.W, c) };

    static Four<T> Exp(Four<T> x, T r, Four<T> c) => new() { X = T.Exp(x.X - r - c.X), Y = T.Exp(x.Y - r - c.Y), Z = T.Exp(x.Z - r - c.Z), W = T.Exp(x.W - r - c.W) };

    /// <summary>p·(x − r − c), r of the row and c of the column.</summary>
    public readonly Block<T> TimesBelow(Block<T> x, Four<T> r, Four<T> c) => new() { A = Times(A, x.A, r.X, c), B = Times(B, x.B, r.Y, c), C = Times(C, x.C, r.Z, c), D = Times(D, x.D, r.W, c) };

    static Four<T> Times(Four<T> p, Four<T> x, T r, Four<T> c) => new() { X = p.X * (x.X - r - c.X), Y = p.Y * (x.Y - r - c.Y), Z = p.Z * (x.Z - r - c.Z), W = p.W * (x.W - r - c.W) };

    /// <summary>op of each element.</summary>
    public readonly Block<T> Map<TOp>(TOp op) where TOp : struct, IPairOp<T> => new() { A = Row(op, A, 0), B = Row(op, B, 1), C = Row(op, C, 2), D = Row(op, D, 3) };

    static Four<T> Row<TOp>(TOp op, Four<T> x, int i) where TOp : struct, IPairOp<T>
        => new() { X = op.Invoke(x.X, i, 0), Y = op.Invoke(x.Y, i, 1), Z = op.Invoke(x.Z, i, 2), W = op.Invoke(x.W, i, 3) };

    /// <summary>The reduction of each row.</summary>
    public readonly Four<T> ReduceRows<TReduce>() where TReduce : struct, IReduceOp => new() { X = Reduce<TReduce>(A), Y = Reduce<TReduce>(B), Z = Reduce<TReduce>(C), W = Reduce<TReduce>(D) };

    static T Reduce<TReduce>(Four<T> x) where TReduce : struct, IReduceOp => TReduce.Combine(TReduce.Combine(x.X, x.Y), TReduce.Combine(x.Z, x.W));
}

/// <summary>A group of threads that works on a square tile: each has four rows and four columns of it.</summary>
internal readonly struct TileGroup<T> where T : unmanaged, IReal<T>
{
    /// <summary>Elements of a row or column that lie in shared memory at a time.</summary>
    const int Depth = 1 << DepthLog, DepthLog = 3;

    readonly ArrayView<Four<T>> staged, kept;
    readonly int sideLog, side, row, column, thread;

    public TileGroup(int sideLog)
    {
        staged = SharedMemory.Allocate<Four<T>>(2 * Depth * MostSide);
        kept = SharedMemory.Allocate<Four<T>>(4 * MostSide * MostSide);
        this.sideLog = sideLog;
        side = 1 << sideLog;
        thread = Group.IdxX;
        (row, column) = (thread >> sideLog, thread & side - 1);
    }

    /// <summary>The most threads in a row of them: tiles of 64 by 64 floats or 32 by 32 doubles, with which shared memory is within the 32 KB that OpenCL promises.</summary>
    static int MostSide => 64 / Interop.SizeOf<T>();

    /// <summary>The logarithm of the threads in a row, in groups of at most so many threads.</summary>
    public static int SideLogOf(int groupSize) => Math.Min(BitOperations.Log2((uint)groupSize) / 2, BitOperations.Log2((uint)MostSide));

    /// <summary>Rows and columns of the tile.</summary>
    public int Tile => 4 * side;

    /// <summary>The first of this thread's rows.</summary>
    public int Row => 4 * row;

    /// <summary>The first of this thread's columns.</summary>
    public int Column => 4 * column;

    /// <summary>x·zᵀ, for rows of two matrices from a place on; those beyond their ends are 0.</summary>
    public Block<T> Product(MatrixRows<T> x, MatrixRows<T> z)
    {
        var y = default(Block<T>);
        for (var d = 0; d < x.Width; d += Depth)
        {
            Stage(0, x, d);
            Stage(Depth * side, z, d);
            Group.Barrier();
            for (var k = 0; k < Depth; k++) y = y.AddProduct(staged[k * side + row], staged[(Depth + k) * side + column]);
            Group.Barrier();
        }
        return y;
    }

    // Elements d … d + Depth − 1 of each row, as columns.
    void Stage(int at, MatrixRows<T> x, int d)
    {
        var to = staged.SubView(at).Cast<T>();
        for (var i = thread; i < Depth * Tile; i += Group.DimX)
        {
            var (k, r) = (i & Depth - 1, i >> DepthLog);
            to[k * Tile + r] = x.Load(r, d + k);
        }
    }

    /// <summary>Puts a tile where <see cref="AddKept"/> finds it.</summary>
    public void Keep(Block<T> x)
    {
        var at = 4 * column * side + row;
        kept[at] = new() { X = x.A.X, Y = x.B.X, Z = x.C.X, W = x.D.X };
        kept[at + side] = new() { X = x.A.Y, Y = x.B.Y, Z = x.C.Y, W = x.D.Y };
        kept[at + 2 * side] = new() { X = x.A.Z, Y = x.B.Z, Z = x.C.Z, W = x.D.Z };
        kept[at + 3 * side] = new() { X = x.A.W, Y = x.B.W, Z = x.C.W, W = x.D.W };
    }

    /// <summary>y + the kept tile times the columns of m from <paramref name="first"/> on.</summary>
    public Block<T> AddKept(Block<T> y, MatrixRows<T> m, int first)
    {
        var to = staged.Cast<T>();
        for (var r = 0; r < Tile; r += Depth)
        {
            for (var i = thread; i < Depth * Tile; i += Group.DimX) to[i] = m.Load(r + (i >> 2 + sideLog), first + (i & Tile - 1));
            Group.Barrier();
            for (var k = 0; k < Depth; k++) y = y.AddProduct(kept[(r + k) * side + row], staged[k * side + column]);
            Group.Barrier();
        }
        return y;
    }

    /// <summary>The reduction of four rows over the threads that share them.</summary>
    public Four<T> ReduceRows<TReduce>(Four<T> x) where TReduce : struct, IReduceOp
    {
        staged[column * side + row] = x;
        Group.Barrier();
        var y = staged[row];
        for (var i = 1; i < side; i++)
        {
            var z = staged[i * side + row];
            y = new() { X = TReduce.Combine(y.X, z.X), Y = TReduce.Combine(y.Y, z.Y), Z = TReduce.Combine(y.Z, z.Z), W = TReduce.Combine(y.W, z.W) };
        }
        Group.Barrier();
        return y;
    }

    /// <summary>Writes the thread's part of a tile, what is within the matrix of it.</summary>
    public void Store(MatrixRows<T> y, int first, Block<T> x)
    {
        Store(y, 0, first, x.A);
        Store(y, 1, first, x.B);
        Store(y, 2, first, x.C);
        Store(y, 3, first, x.D);
    }

    void Store(MatrixRows<T> y, int i, int first, Four<T> x)
    {
        y.Store(Row + i, first + Column, x.X);
        y.Store(Row + i, first + Column + 1, x.Y);
        y.Store(Row + i, first + Column + 2, x.Z);
        y.Store(Row + i, first + Column + 3, x.W);
    }
}

/// <summary>Rows of a contiguous matrix from a place on.</summary>
internal readonly struct MatrixRows<T>(ArrayView<T> x, long first, int count, int width) where T : unmanaged, IReal<T>
{
    readonly ArrayView<T> x = x;
    readonly long start = first * width;
    readonly int count = count;

    public readonly int Width = width;

    /// <summary>An element, or 0 outside.</summary>
    public T Load(int row, int column) => row < count && column < Width ? x[start + (long)row * Width + column] : T.Of(0);

    /// <summary>Sets an element, if it is within.</summary>
    public void Store(int row, int column, T y)
    {
        if (row < count && column < Width) x[start + (long)row * Width + column] = y;
    }
}

/// <summary>What the kernels of an attention know of its pairs of query and key.</summary>
internal struct AttentionPairs<T> where T : unmanaged, IReal<T>
{
    public int Tq, Tk, Causal, SideLog;
    public T Scale;
    public ArrayView<byte> Allowed;
    public ArrayView<T> Added;
    public long MaskQuery, MaskKey;

    /// <summary>Of this launch: where the mask of each problem begins, the number of the first problem, and the tiles and strips of columns that its groups are for.</summary>
    public Nest Problems;
    public long MaskStart, FirstProblem;
    public Divider Tiles, Strips;

    /// <summary>Which problem, tile and strip a group is for, and where the problem's mask begins.</summary>
    public readonly (long Problem, int Tile, int Strip, long Mask) Locate()
    {
        var strip = Grid.IdxX;
        var tile = Strips.Divide(ref strip);
        var problem = Tiles.Divide(ref tile);
        return (FirstProblem + problem, tile, strip, MaskStart + Problems.At(problem).Y);
    }

    /// <summary>Whether a query sees a key.</summary>
    public readonly bool Sees(long mask, int query, int key)
    {
        if (query >= Tq || key >= Tk || Causal != 0 && key > query) return false;
        return Allowed.Length == 0 || Allowed[mask + query * MaskQuery + key * MaskKey] != 0;
    }

    /// <summary>The score of a pair, from the product q·k.</summary>
    public readonly T Score(long mask, T product, int query, int key)
    {
        if (!Sees(mask, query, key)) return T.Of(double.NegativeInfinity);
        var score = product * Scale;
        return Added.Length == 0 ? score : score + Added[mask + query * MaskQuery + key * MaskKey];
    }
}

/// <summary>Products become scores; rows are queries, or keys.</summary>
internal readonly struct ScorePair<T>(AttentionPairs<T> pairs, long mask, int row, int column, bool queriesAreRows) : IPairOp<T> where T : unmanaged, IReal<T>
{
    readonly AttentionPairs<T> pairs = pairs;
    readonly long mask = mask;
    readonly int row = row, column = column;
    readonly bool queriesAreRows = queriesAreRows;

    public T Invoke(T x, int i, int j) => pairs.Score(mask, x, queriesAreRows ? row + i : column + j, queriesAreRows ? column + j : row + i);
}

/// <summary>0 for a pair of which the query does not see the key; rows are queries, or keys.</summary>
internal readonly struct HidePair<T>(AttentionPairs<T> pairs, long mask, int row, int column, bool queriesAreRows) : IPairOp<T> where T : unmanaged, IReal<T>
{
    readonly AttentionPairs<T> pairs = pairs;
    readonly long mask = mask;
    readonly int row = row, column = column;
    readonly bool queriesAreRows = queriesAreRows;

    public T Invoke(T x, int i, int j) => pairs.Sees(mask, queriesAreRows ? row + i : column + j, queriesAreRows ? column + j : row + i) ? x : T.Of(0);
}
