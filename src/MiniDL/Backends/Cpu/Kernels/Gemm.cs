namespace MiniDL;

/// <summary>Matrix products c[m,n] (+)= a[m,k]·b[k,n] for float and double: the entry points for kernels that are made of products.</summary>
/// <remarks>
/// Each element of c is one chain c = Fma(a[i,k], b[k,j], c) in the order of k, from 0 or, with <c>accumulate</c>, from what c holds. It does not depend on the shape,
/// the way, the width of registers or the number of threads; without FMA in hardware it multiplies, then adds (<see cref="Widths.Fma"/>). c overlaps neither a nor b.
/// <c>Run</c> stays on the calling thread, for kernels that have cut their work in chunks already; <c>RunParallel</c> spreads large products over the pool.
/// The operand b may be an <see cref="IPackB{E}"/>, which makes its panels when they are needed.
/// Nothing is allocated on the managed heap.
/// </remarks>
internal static unsafe class Gemm
{
    /// <summary>The least work worth a chunk of its own, in multiplications: about 10 µs.</summary>
    public const double LeastChunk = 1 << 19;

    /// <summary>From so many columns on, panels of a are used often enough to be packed.</summary>
    public const int PackAFromColumns = 96;

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
        var chunks = ProductChunks<E, TPack>.Cut(new(m, n, k, a, b, 0, c, accumulate), threads);
        WorkerPool.For(chunks.Count, ref chunks);
    }

    /// <summary>Multiplications, with a thin product counted as thicker than it is: reading its large operand is the work.</summary>
    public static double Work(int m, int n, int k) => (double)Math.Max(m, 6) * Math.Max(n, 6) * k;

    // Registers run along the columns of c, so those should be many and b should lie row after row. cᵀ = bᵀ·aᵀ exchanges the roles at the price of writing c
    // element by element.
    static bool BetterTransposed<E>(int m, int n, int k, in GemmMatrix<E> a, in GemmMatrix<E> b, in GemmMatrix<E> c) where E : unmanaged
    {
        if (c.Col != 1 || n == 1) return c.Row == 1;
        if (m == 1) return false;
        var writing = (double)m * n * 1.5 / Math.Max(k, 1);
        return Cycles(n, m, b.Col == 1, a.Row == 1) + writing < Cycles(m, n, a.Row == 1, b.Col == 1);
    }

    // Cycles for a step of k, with 8 lanes and two multiplications a cycle. Packing costs a tenth of a cycle an element when the strip is copied, half a one when it is turned.
    static double Cycles(int m, int n, bool aCopied, bool bCopied)
    {
        const int lanes = 8;
        const double copy = 0.1, turn = 0.5;
        var packing = n * (bCopied ? copy : turn);
        if (n > PackAFromColumns) packing += m * (aCopied ? copy : turn);
        return 0.5 * m * ((n + lanes - 1) / lanes) + packing;
    }
}
