namespace MiniDL;

/// <summary>Matrix products c[m,n] (+)= a[m,k]·b[k,n] for float and double: the entry points for kernels that are made of products.</summary>
/// <remarks>
/// Each element of c is one chain c = Fma(a[i,k], b[k,j], c) in the order of k, from 0 or, with <c>accumulate</c>, from what c holds. It does not depend on the shape,
/// the way, the width of registers or the number of threads; without FMA in hardware it multiplies, then adds (<see cref="Widths.Fma"/>). c overlaps neither a nor b.
/// <c>Run</c> stays on the calling thread, for kernels that have cut their work in chunks already; <c>RunParallel</c> spreads large products over the pool.
/// The operand b may be an <see cref="IPackB{E}"/>, which makes its panels when they are needed. Nothing is allocated on the managed heap.
/// </remarks>
internal static unsafe class Gemm
{
    /// <summary>The least work worth a chunk of its own, in multiplications: about 10 µs.</summary>
    public const double LeastChunk = 1 << 19;

    const int ColumnGrain = 64; // a multiple of every tile's width

    /// <summary>c (+)= a·b on this thread.</summary>
    public static void Run<E>(int m, int n, int k, in GemmMatrix<E> a, in GemmMatrix<E> b, in GemmMatrix<E> c, bool accumulate = false) where E : unmanaged
    {
        if (BetterTransposed(m, n, k, a, b, c)) Run(n, m, k, b.Transposed, new StoredB<E>(a.Transposed), c.Transposed, accumulate);
        else Run(m, n, k, a, new StoredB<E>(b), c, accumulate);
    }

    /// <summary>c (+)= a·b on this thread, b made panel by panel.</summary>
    public static void Run<E, TPack>(int m, int n, int k, in GemmMatrix<E> a, TPack b, in GemmMatrix<E> c, bool accumulate = false)
        where E : unmanaged
        where TPack : struct, IPackB<E>
    {
        var product = new Product<E, TPack>(m, n, k, a, b, 0, c, accumulate);
        Widths.Run<E, Product<E, TPack>>(ref product);
    }

    /// <summary>c (+)= a·b on all threads, when it is large enough.</summary>
    public static void RunParallel<E>(int m, int n, int k, in GemmMatrix<E> a, in GemmMatrix<E> b, in GemmMatrix<E> c, bool accumulate = false) where E : unmanaged
    {
        if (BetterTransposed(m, n, k, a, b, c)) RunParallel(n, m, k, b.Transposed, new StoredB<E>(a.Transposed), c.Transposed, accumulate);
        else RunParallel(m, n, k, a, new StoredB<E>(b), c, accumulate);
    }

    /// <summary>c (+)= a·b on all threads, when it is large enough, b made panel by panel.</summary>
    public static void RunParallel<E, TPack>(int m, int n, int k, in GemmMatrix<E> a, TPack b, in GemmMatrix<E> c, bool accumulate = false)
        where E : unmanaged
        where TPack : struct, IPackB<E>
    {
        var threads = (int)Math.Min(WorkerPool.Threads, Work(m, n, k) / LeastChunk);
        if (threads < 2)
        {
            Run(m, n, k, a, b, c, accumulate);
            return;
        }
        // Every part packs its own strips of a and b: the grid with the least of both.
        int bestRows = 1, bestColumns = 1;
        var best = double.MaxValue;
        for (var rows = 1; rows <= Math.Min(threads, m); rows++)
        {
            var columns = Math.Min((threads + rows - 1) / rows, Math.Max(1, n / ColumnGrain));
            if (rows * columns < threads) continue;
            var strips = (double)m / rows + (double)n / columns;
            if (strips > best) continue;
            (best, bestRows, bestColumns) = (strips, rows, columns);
        }
        var chunks = new ProductChunks<E, TPack>(new(m, n, k, a, b, 0, c, accumulate), m, n, bestRows, bestColumns, ColumnGrain);
        WorkerPool.For((long)bestRows * bestColumns, ref chunks);
    }

    /// <summary>Multiplications, with a thin product counted as thicker than it is: reading its large operand is the work.</summary>
    public static double Work(int m, int n, int k) => (double)Math.Max(m, 6) * Math.Max(n, 6) * k;

    // Registers run along the columns of c, so those should be many and b should lie row after row. cᵀ = bᵀ·aᵀ exchanges the roles at the price of writing c
    // element by element. The sums are cycles per step of k with 8 lanes and two multiplications a cycle; turning a strip while packing costs half a cycle an element.
    static bool BetterTransposed<E>(int m, int n, int k, in GemmMatrix<E> a, in GemmMatrix<E> b, in GemmMatrix<E> c) where E : unmanaged
    {
        if (c.Col != 1 || n == 1) return c.Row == 1;
        if (m == 1) return false;
        const int lanes = 8;
        const double turn = 0.5, copy = 0.1;
        double straight = 0.5 * m * ((n + lanes - 1) / lanes) + n * (b.Col == 1 ? copy : turn);
        double turned = 0.5 * n * ((m + lanes - 1) / lanes) + m * (a.Row == 1 ? copy : turn) + (double)m * n * 1.5 / Math.Max(k, 1);
        return turned < straight;
    }
}

/// <summary>A product with its operands, as a kernel of any width.</summary>
internal struct Product<E, TPack>(int m, int n, int k, GemmMatrix<E> a, TPack b, int firstColumn, GemmMatrix<E> c, bool accumulate) : ILaneKernel<E>
    where E : unmanaged
    where TPack : struct, IPackB<E>
{
    TPack b = b;

    /// <summary>Runs with registers of type <typeparamref name="T"/>.</summary>
    public void Run<T>() where T : struct, IVectorLanes<T, E>
        => GemmBlocks<T, E>.Product(m, n, k, a, ref b, firstColumn, c, accumulate);

    /// <summary>The part of c with rows m0 … m1−1 and columns n0 … n1−1.</summary>
    public readonly Product<E, TPack> Part(int m0, int m1, int n0, int n1)
        => new(m1 - m0, n1 - n0, k, a.From(m0, 0), b, firstColumn + n0, c.From(m0, n0), accumulate);
}

/// <summary>A product cut in a grid of rows × columns parts, each of which owns its part of c.</summary>
internal struct ProductChunks<E, TPack>(Product<E, TPack> whole, int m, int n, int rows, int columns, int grain) : IChunks
    where E : unmanaged
    where TPack : struct, IPackB<E>
{
    /// <inheritdoc/>
    public readonly void Run(long index)
    {
        int i = (int)(index / columns), j = (int)(index % columns), grains = (n + grain - 1) / grain;
        var part = whole.Part(
            Bound(i, rows, m), Bound(i + 1, rows, m),
            Bound(j, columns, grains) * grain, Math.Min(n, Bound(j + 1, columns, grains) * grain));
        Widths.Run<E, Product<E, TPack>>(ref part);
    }

    static int Bound(int part, int parts, int count) => (int)((long)part * count / parts);
}
