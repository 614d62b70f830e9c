namespace MiniDL;

/// <summary>A product with its operands, as a kernel of any width.</summary>
internal struct Product<E, TPack>(int m, int n, int k, GemmMatrix<E> a, TPack b, int firstColumn, GemmMatrix<E> c, bool accumulate) : ILaneKernel<E>
    where E : unmanaged
    where TPack : struct, IPackB<E>
{
    TPack b = b;

    /// <summary>The rows and columns of c.</summary>
    public readonly int Rows => m;

    /// <inheritdoc cref="Rows"/>
    public readonly int Columns => n;

    /// <summary>Runs with registers of type <typeparamref name="T"/>.</summary>
    public void Run<T>() where T : struct, IVectorLanes<T, E>
        => GemmBlocks<T, E>.Product(m, n, k, a, ref b, firstColumn, c, accumulate);

    /// <summary>The part of c with rows m0 … m1−1 and columns n0 … n1−1.</summary>
    public readonly Product<E, TPack> Part(int m0, int m1, int n0, int n1)
        => new(m1 - m0, n1 - n0, k, a.From(m0, 0), b, firstColumn + n0, c.From(m0, n0), accumulate);
}

/// <summary>A product cut in a grid of parts, each of which owns its part of c.</summary>
internal struct ProductChunks<E, TPack> : IChunks
    where E : unmanaged
    where TPack : struct, IPackB<E>
{
    const int ColumnGrain = 64; // a multiple of every tile's width

    Product<E, TPack> whole;
    int rowParts, columnParts;

    /// <summary>How many parts there are.</summary>
    public readonly long Count => (long)rowParts * columnParts;

    /// <summary>Cuts so that each of <paramref name="threads"/> has a part, if that can be. A part packs its own strips of a and b: of all grids, the one with the shortest.</summary>
    public static ProductChunks<E, TPack> Cut(in Product<E, TPack> whole, int threads)
    {
        var cut = new ProductChunks<E, TPack> { whole = whole, rowParts = 1, columnParts = 1 };
        var shortest = double.MaxValue;
        for (var rowParts = 1; rowParts <= Math.Min(threads, whole.Rows); rowParts++)
        {
            var columnParts = Math.Min((threads + rowParts - 1) / rowParts, Math.Max(1, whole.Columns / ColumnGrain));
            var strips = (double)whole.Rows / rowParts + (double)whole.Columns / columnParts;
            long parts = Math.Min(rowParts * columnParts, threads), most = Math.Min(cut.Count, threads);
            if (parts < most || (parts == most && strips > shortest)) continue;
            shortest = strips;
            cut.rowParts = rowParts;
            cut.columnParts = columnParts;
        }
        return cut;
    }

    /// <inheritdoc/>
    public readonly void Run(long index)
    {
        int i = (int)(index / columnParts), j = (int)(index % columnParts), grains = (whole.Columns + ColumnGrain - 1) / ColumnGrain;
        int m0 = Bound(i, rowParts, whole.Rows), m1 = Bound(i + 1, rowParts, whole.Rows);
        int n0 = Bound(j, columnParts, grains) * ColumnGrain, n1 = Math.Min(whole.Columns, Bound(j + 1, columnParts, grains) * ColumnGrain);
        var part = whole.Part(m0, m1, n0, n1);
        Widths.Run<E, Product<E, TPack>>(ref part);
    }

    static int Bound(int part, int parts, int count) => (int)((long)part * count / parts);
}
