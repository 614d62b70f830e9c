using System.Runtime.CompilerServices;

namespace MiniDL;

/// <summary>The register tile of the matrix product: up to 12 rows of one or two SIMD registers of C stay in registers while k runs.</summary>
/// <remarks>
/// Every element is one chain c = Fma(a[k], b[k], c) in the order of k, in every shape of the tile, so shapes can be mixed freely. Rows and registers are
/// type parameters: the tests on them fold away and each shape becomes straight-line code; a shape is compiled when it is first called.
/// 16 registers hold 6 rows × 2 or 12 × 1 accumulators, 32 registers hold 12 × 2.
/// </remarks>
internal static unsafe class GemmTile<T, E>
    where T : struct, IVectorLanes<T, E>
    where E : unmanaged
{
    /// <summary>The most rows of a tile.</summary>
    public const int MaxRows = 12;

    /// <summary>c[rows, vectors·Count] (+)= a·b over k steps; a has any strides, b and c contiguous rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(int rows, int vectors, nint k, in GemmMatrix<E> a, in GemmMatrix<E> b, in GemmMatrix<E> c, bool accumulate)
    {
        if (vectors == 1) Run<One>(rows, k, a.Data, a.Row, a.Col, b.Data, b.Row, c.Data, c.Row, accumulate);
        else Run<Two>(rows, k, a.Data, a.Row, a.Col, b.Data, b.Row, c.Data, c.Row, accumulate);
    }

    static void Run<TVectors>(int rows, nint k, E* a, nint aRow, nint aCol, E* b, nint bRow, E* c, nint cRow, bool accumulate)
        where TVectors : struct, ICount
    {
        switch (rows)
        {
            case 1: Run<One, TVectors>(k, a, aRow, aCol, b, bRow, c, cRow, accumulate); break;
            case 2: Run<Two, TVectors>(k, a, aRow, aCol, b, bRow, c, cRow, accumulate); break;
            case 3: Run<Three, TVectors>(k, a, aRow, aCol, b, bRow, c, cRow, accumulate); break;
            case 4: Run<Four, TVectors>(k, a, aRow, aCol, b, bRow, c, cRow, accumulate); break;
            case 5: Run<Five, TVectors>(k, a, aRow, aCol, b, bRow, c, cRow, accumulate); break;
            case 6: Run<Six, TVectors>(k, a, aRow, aCol, b, bRow, c, cRow, accumulate); break;
            case 7: Run<Seven, TVectors>(k, a, aRow, aCol, b, bRow, c, cRow, accumulate); break;
            case 8: Run<Eight, TVectors>(k, a, aRow, aCol, b, bRow, c, cRow, accumulate); break;
            case 9: Run<Nine, TVectors>(k, a, aRow, aCol, b, bRow, c, cRow, accumulate); break;
            case 10: Run<Ten, TVectors>(k, a, aRow, aCol, b, bRow, c, cRow, accumulate); break;
            case 11: Run<Eleven, TVectors>(k, a, aRow, aCol, b, bRow, c, cRow, accumulate); break;
            case 12: Run<Twelve, TVectors>(k, a, aRow, aCol, b, bRow, c, cRow, accumulate); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Run<TRows, TVectors>(nint k, E* a, nint aRow, nint aCol, E* b, nint bRow, E* c, nint cRow, bool accumulate)
        where TRows : struct, ICount
        where TVectors : struct, ICount
    {
        T c0, d0, c1, d1, c2, d2, c3, d3, c4, d4, c5, d5, c6, d6, c7, d7, c8, d8, c9, d9, c10, d10, c11, d11;
        c0 = d0 = c1 = d1 = c2 = d2 = c3 = d3 = c4 = d4 = c5 = d5 = c6 = d6 = c7 = d7 = c8 = d8 = c9 = d9 = c10 = d10 = c11 = d11 = T.Broadcast(default);
        if (accumulate)
        {
            var from = c;
            c0 = T.Load(from); if (TVectors.N > 1) d0 = T.Load(from + T.Count);
            if (TRows.N > 1) { from += cRow; c1 = T.Load(from); if (TVectors.N > 1) d1 = T.Load(from + T.Count); }
            if (TRows.N > 2) { from += cRow; c2 = T.Load(from); if (TVectors.N > 1) d2 = T.Load(from + T.Count); }
            if (TRows.N > 3) { from += cRow; c3 = T.Load(from); if (TVectors.N > 1) d3 = T.Load(from + T.Count); }
            if (TRows.N > 4) { from += cRow; c4 = T.Load(from); if (TVectors.N > 1) d4 = T.Load(from + T.Count); }
            if (TRows.N > 5) { from += cRow; c5 = T.Load(from); if (TVectors.N > 1) d5 = T.Load(from + T.Count); }
            if (TRows.N > 6) { from += cRow; c6 = T.Load(from); if (TVectors.N > 1) d6 = T.Load(from + T.Count); }
            if (TRows.N > 7) { from += cRow; c7 = T.Load(from); if (TVectors.N > 1) d7 = T.Load(from + T.Count); }
            if (TRows.N > 8) { from += cRow; c8 = T.Load(from); if (TVectors.N > 1) d8 = T.Load(from + T.Count); }
            if (TRows.N > 9) { from += cRow; c9 = T.Load(from); if (TVectors.N > 1) d9 = T.Load(from + T.Count); }
            if (TRows.N > 10) { from += cRow; c10 = T.Load(from); if (TVectors.N > 1) d10 = T.Load(from + T.Count); }
            if (TRows.N > 11) { from += cRow; c11 = T.Load(from); if (TVectors.N > 1) d11 = T.Load(from + T.Count); }
        }
        var a6 = a + 6 * aRow;
        for (; k > 0; k--)
        {
            T x, b0 = T.Load(b), b1 = TVectors.N > 1 ? T.Load(b + T.Count) : b0;
            x = T.Broadcast(*a); c0 = T.Fma(x, b0, c0); if (TVectors.N > 1) d0 = T.Fma(x, b1, d0);
            if (TRows.N > 1) { x = T.Broadcast(a[aRow]); c1 = T.Fma(x, b0, c1); if (TVectors.N > 1) d1 = T.Fma(x, b1, d1); }
            if (TRows.N > 2) { x = T.Broadcast(a[2 * aRow]); c2 = T.Fma(x, b0, c2); if (TVectors.N > 1) d2 = T.Fma(x, b1, d2); }
            if (TRows.N > 3) { x = T.Broadcast(a[3 * aRow]); c3 = T.Fma(x, b0, c3); if (TVectors.N > 1) d3 = T.Fma(x, b1, d3); }
            if (TRows.N > 4) { x = T.Broadcast(a[4 * aRow]); c4 = T.Fma(x, b0, c4); if (TVectors.N > 1) d4 = T.Fma(x, b1, d4); }
            if (TRows.N > 5) { x = T.Broadcast(a[5 * aRow]); c5 = T.Fma(x, b0, c5); if (TVectors.N > 1) d5 = T.Fma(x, b1, d5); }
            if (TRows.N > 6) { x = T.Broadcast(*a6); c6 = T.Fma(x, b0, c6); if (TVectors.N > 1) d6 = T.Fma(x, b1, d6); }
            if (TRows.N > 7) { x = T.Broadcast(a6[aRow]); c7 = T.Fma(x, b0, c7); if (TVectors.N > 1) d7 = T.Fma(x, b1, d7); }
            if (TRows.N > 8) { x = T.Broadcast(a6[2 * aRow]); c8 = T.Fma(x, b0, c8); if (TVectors.N > 1) d8 = T.Fma(x, b1, d8); }
            if (TRows.N > 9) { x = T.Broadcast(a6[3 * aRow]); c9 = T.Fma(x, b0, c9); if (TVectors.N > 1) d9 = T.Fma(x, b1, d9); }
            if (TRows.N > 10) { x = T.Broadcast(a6[4 * aRow]); c10 = T.Fma(x, b0, c10); if (TVectors.N > 1) d10 = T.Fma(x, b1, d10); }
            if (TRows.N > 11) { x = T.Broadcast(a6[5 * aRow]); c11 = T.Fma(x, b0, c11); if (TVectors.N > 1) d11 = T.Fma(x, b1, d11); }
            a += aCol;
            a6 += aCol;
            b += bRow;
        }
        T.Store(c0, c); if (TVectors.N > 1) T.Store(d0, c + T.Count);
        if (TRows.N > 1) { c += cRow; T.Store(c1, c); if (TVectors.N > 1) T.Store(d1, c + T.Count); }
        if (TRows.N > 2) { c += cRow; T.Store(c2, c); if (TVectors.N > 1) T.Store(d2, c + T.Count); }
        if (TRows.N > 3) { c += cRow; T.Store(c3, c); if (TVectors.N > 1) T.Store(d3, c + T.Count); }
        if (TRows.N > 4) { c += cRow; T.Store(c4, c); if (TVectors.N > 1) T.Store(d4, c + T.Count); }
        if (TRows.N > 5) { c += cRow; T.Store(c5, c); if (TVectors.N > 1) T.Store(d5, c + T.Count); }
        if (TRows.N > 6) { c += cRow; T.Store(c6, c); if (TVectors.N > 1) T.Store(d6, c + T.Count); }
        if (TRows.N > 7) { c += cRow; T.Store(c7, c); if (TVectors.N > 1) T.Store(d7, c + T.Count); }
        if (TRows.N > 8) { c += cRow; T.Store(c8, c); if (TVectors.N > 1) T.Store(d8, c + T.Count); }
        if (TRows.N > 9) { c += cRow; T.Store(c9, c); if (TVectors.N > 1) T.Store(d9, c + T.Count); }
        if (TRows.N > 10) { c += cRow; T.Store(c10, c); if (TVectors.N > 1) T.Store(d10, c + T.Count); }
        if (TRows.N > 11) { c += cRow; T.Store(c11, c); if (TVectors.N > 1) T.Store(d11, c + T.Count); }
    }

    interface ICount { static abstract int N { get; } }

    struct One : ICount { public static int N => 1; }
    struct Two : ICount { public static int N => 2; }
    struct Three : ICount { public static int N => 3; }
    struct Four : ICount { public static int N => 4; }
    struct Five : ICount { public static int N => 5; }
    struct Six : ICount { public static int N => 6; }
    struct Seven : ICount { public static int N => 7; }
    struct Eight : ICount { public static int N => 8; }
    struct Nine : ICount { public static int N => 9; }
    struct Ten : ICount { public static int N => 10; }
    struct Eleven : ICount { public static int N => 11; }
    struct Twelve : ICount { public static int N => 12; }
}
