using ILGPU;

namespace MiniDL.Gpu;

/// <summary>What the kernels of an attention know of its pairs of query and key.</summary>
internal struct AttentionPairs<T> where T : unmanaged, IReal<T>
{
    public int Tq, Tk, Causal;
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

/// <summary>What a pair of row and column is: a query and a key, or a key and a query.</summary>
internal readonly struct PairPlace<T>(AttentionPairs<T> pairs, long mask, long problem, int row, int column, int queriesAreRows) where T : unmanaged, IReal<T>
{
    readonly AttentionPairs<T> pairs = pairs;
    readonly long mask = mask, first = problem * pairs.Tq;
    readonly int row = row, column = column, queriesAreRows = queriesAreRows;

    int Query(int i, int j) => queriesAreRows != 0 ? row + i : column + j;

    int Key(int i, int j) => queriesAreRows != 0 ? column + j : row + i;

    public T Score(T product, int i, int j) => pairs.Score(mask, product, Query(i, j), Key(i, j));

    /// <summary>s·x where the query sees the key, else 0.</summary>
    public T ScaleSeen(T x, int i, int j) => pairs.Sees(mask, Query(i, j), Key(i, j)) ? x * pairs.Scale : T.Of(0);

    /// <summary>The query's number in a vector of all queries; 0 beyond the last one.</summary>
    public T OfQuery(ArrayView<T> x, int i, int j) => Query(i, j) < pairs.Tq ? x[first + Query(i, j)] : T.Of(0);
}

/// <summary>A function of a number and its place in a tile.</summary>
internal interface IPairOp<T> where T : unmanaged
{
    T Invoke(T x, int row, int column);
}

/// <summary>A square tile of pairs in shared memory, column after column, in which a product finds its rows. Between products a thread sees to four rows of some columns.</summary>
internal readonly struct PairTile<T, TBlock>
    where T : unmanaged, IReal<T>
    where TBlock : unmanaged, IBlock<T>
{
    /// <summary>The tile, in fours of rows.</summary>
    public readonly ArrayView<Four<T>> Fours;

    /// <summary>Which four rows are this thread's, and which part of the columns.</summary>
    public readonly int Row, Part;

    public PairTile(ArrayView<Four<T>> fours, int thread)
    {
        Fours = fours;
        (Row, Part) = (thread % Rows, thread / Rows);
    }

    /// <summary>Fours of shared memory.</summary>
    public static int Count => TBlock.Edge * Tile<T, TBlock>.Pitch;

    /// <summary>Fours of rows.</summary>
    public static int Rows => TBlock.Edge / 4;

    /// <summary>Parts of the columns.</summary>
    public static int Parts => TBlock.Side * TBlock.Side / Rows;

    /// <summary>Columns of a part.</summary>
    public static int Columns => TBlock.Edge / Parts;

    /// <summary>Where the thread's four rows lie of one of its columns.</summary>
    public int At(int i) => (Part * Columns + i) * Tile<T, TBlock>.Pitch + Row;

    /// <summary>x becomes op(x), for the thread's part.</summary>
    public void Map<TOp>(TOp op) where TOp : struct, IPairOp<T>
    {
        for (var i = 0; i < Columns; i++)
        {
            var x = Fours[At(i)];
            int row = 4 * Row, column = Part * Columns + i;
            Fours[At(i)] = new() { X = op.Invoke(x.X, row, column), Y = op.Invoke(x.Y, row + 1, column), Z = op.Invoke(x.Z, row + 2, column), W = op.Invoke(x.W, row + 3, column) };
        }
    }
}

/// <summary>A product's sums go to a tile of pairs, through an op that may read what was there.</summary>
internal readonly struct PairEnd<T, TBlock, TOp>(ArrayView<T> tile, TOp op) : IProductEnd<T>
    where T : unmanaged, IReal<T>
    where TBlock : unmanaged, IBlock<T>
    where TOp : struct, IKeepOp<T>
{
    readonly ArrayView<T> tile = tile;
    readonly TOp op = op;

    public void Move(long y, long b)
    {
    }

    public T First(int row) => T.Of(0);

    public void Write(int row, int column, T sum)
    {
        var at = column * 4 * Tile<T, TBlock>.Pitch + row;
        tile[at] = op.Invoke(sum, tile[at], row, column);
    }

    public void Write(int row, int column, Four<T> sums)
    {
        Write(row, column, sums.X);
        Write(row, column + 1, sums.Y);
        Write(row, column + 2, sums.Z);
        Write(row, column + 3, sums.W);
    }
}

/// <summary>What is kept of a product, at a place where another number was before.</summary>
internal interface IKeepOp<T> where T : unmanaged
{
    T Invoke(T product, T before, int row, int column);
}

/// <summary>The product.</summary>
internal readonly struct KeepProduct<T> : IKeepOp<T> where T : unmanaged
{
    public T Invoke(T product, T before, int row, int column) => product;
}

/// <summary>A group of threads with shared memory for the products of an attention: the pairs between them, and the tiles that they are made of.</summary>
internal readonly struct PairGroup<T, TBlock>
    where T : unmanaged, IReal<T>
    where TBlock : unmanaged, IBlock<T>
{
    readonly ArrayView<Four<T>> tileA, tileB;
    readonly int thread, row, column;

    /// <summary>The tile of pairs.</summary>
    public readonly PairTile<T, TBlock> Pairs;

    public PairGroup(int thread)
    {
        tileA = SharedMemory.Allocate<Four<T>>(Tile<T, TBlock>.Fours);
        tileB = SharedMemory.Allocate<Four<T>>(Tile<T, TBlock>.Fours);
        Pairs = new(SharedMemory.Allocate<Four<T>>(PairTile<T, TBlock>.Count), thread);
        this.thread = thread;
        (row, column) = (thread / TBlock.Side, thread % TBlock.Side);
    }

    /// <summary>Shared memory that no product is using.</summary>
    public ArrayView<Four<T>> Scratch => tileA;

    /// <summary>Computes a tile of a·bᵀ, from a row of a and one of b on, and keeps it.</summary>
    public void Keep<TA, TB, TOp>(in TA a, int firstA, in TB b, int firstB, int depth, TOp op)
        where TA : struct, IOperand<T>
        where TB : struct, IOperand<T>
        where TOp : struct, IKeepOp<T>
    {
        TBlock sums = default;
        Tile<T, TBlock>.Multiply(ref sums, tileA, a, firstA, tileB, b, firstB, thread, 0, depth);
        sums.End(new PairEnd<T, TBlock, TOp>(Pairs.Fours.Cast<T>(), op), 4 * row, 4 * column);
        Group.Barrier();
    }

    /// <summary>y += the kept tile times columns of b, from a step of b on that belongs to the tile's first column.</summary>
    public void AddKept<TB>(ref TBlock y, in TB b, int firstB, int step, int last) where TB : struct, IOperand<T>
    {
        for (var k = 0; k < Math.Min(TBlock.Edge, last - step); k += Tile<T, TBlock>.Depth)
        {
            Tile<T, TBlock>.Fill(tileB, b, thread, firstB, step + k, last, T.Of(0));
            Group.Barrier();
            Tile<T, TBlock>.Multiply(ref y, Pairs.Fours, k * Tile<T, TBlock>.Pitch + row, tileB, column, Tile<T, TBlock>.Depth);
            Group.Barrier();
        }
    }

    /// <summary>Multiplies the rows of y by numbers in shared memory.</summary>
    public void Scale(ref TBlock y, ArrayView<Four<T>> a, int first) => y.Scale(a, first + row);

    /// <summary>Writes the tile y.</summary>
    public void Store(in TBlock y, in ProductEnd<T> end, int firstRow, int firstColumn) => y.End(end, firstRow + 4 * row, firstColumn + 4 * column);
}
