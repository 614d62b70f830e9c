using System.Runtime.CompilerServices;

namespace MiniDL;

/// <summary>The product of very few rows with a matrix that lies row after row: b is read once, as it lies, four rows at a time, and c waits in L1.</summary>
internal static unsafe class GemmRows<T, E>
    where T : struct, IVectorLanes<T, E>
    where E : unmanaged
{
    /// <summary>Up to so many rows it is faster than the register tile, which has too few independent chains then.</summary>
    public const int MostRows = 3;

    const int ColumnBlockBytes = 16 << 10;

    /// <summary>c[m,n] (+)= a[m,k]·b[k,n]; n is a multiple of the register's count, b and c have contiguous rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int m, int n, int k, GemmMatrix<E> a, GemmMatrix<E> b, GemmMatrix<E> c, bool accumulate)
    {
        var block = ColumnBlockBytes / sizeof(E);
        for (var j = 0; j < n; j += block)
        {
            var columns = Math.Min(block, n - j);
            if (!accumulate)
                for (var i = 0; i < m; i++)
                    new Span<E>(c.At(i, j), columns).Clear();
            var p = 0;
            for (; p + 4 <= k; p += 4)
                for (var i = 0; i < m; i++)
                    Four(columns, a.At(i, p), a.Col, b.At(p, j), b.Row, c.At(i, j));
            for (; p < k; p++)
                for (var i = 0; i < m; i++)
                    One(columns, *a.At(i, p), b.At(p, j), c.At(i, j));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Four(nint n, E* a, nint aCol, E* b, nint bRow, E* c)
    {
        T x0 = T.Broadcast(*a), x1 = T.Broadcast(a[aCol]), x2 = T.Broadcast(a[2 * aCol]), x3 = T.Broadcast(a[3 * aCol]);
        E* b1 = b + bRow, b2 = b1 + bRow, b3 = b2 + bRow;
        for (nint j = 0; j < n; j += T.Count)
        {
            var y = T.Fma(x0, T.Load(b + j), T.Load(c + j));
            y = T.Fma(x1, T.Load(b1 + j), y);
            y = T.Fma(x2, T.Load(b2 + j), y);
            y = T.Fma(x3, T.Load(b3 + j), y);
            T.Store(y, c + j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void One(nint n, E a, E* b, E* c)
    {
        var x = T.Broadcast(a);
        for (nint j = 0; j < n; j += T.Count) T.Store(T.Fma(x, T.Load(b + j), T.Load(c + j)), c + j);
    }
}
