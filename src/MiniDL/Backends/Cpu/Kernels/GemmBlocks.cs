using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace MiniDL;

/// <summary>The blocked matrix product on one thread, in the manner of BLIS (Van Zee and van de Geijn 2015), with registers of type <typeparamref name="T"/>.</summary>
/// <remarks>
/// <code>
/// for n by ColumnBlock, k by StepBlock:        the panels of b stay in L3
///     for m by RowBlock: pack panels of a      they stay in L2
///         for each panel of b: pack it once    it stays in L1
///             for each panel of a: tile        c in registers
/// </code>
/// Blocks of k go on with what the block before left in c, so an element's chain is the same whatever the blocks. What pays only on larger sizes, packing, is left
/// out on small ones. Panels of a are of equal height up to one row, so that no short one waits for its own multiplications.
/// </remarks>
internal static unsafe class GemmBlocks<T, E>
    where T : struct, IVectorLanes<T, E>
    where E : unmanaged
{
    const int StepBlock = 512, ColumnBlock = 2048, RowBlockBytes = 393_216;
    const int ReadBInPlaceRows = 12, ReadBInPlaceBytes = 24 << 10;

    // Eight chains fill the multipliers, and more rows of a that lie a power of two apart would push each other out of L1.
    const int OneVectorRows = 8;

    static int TwoVectorRows => Vector512.IsHardwareAccelerated || AdvSimd.IsSupported ? 12 : 6;

    /// <summary>c[m,n] (+)= a[m,k]·b[k,n].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Product<TPack>(int m, int n, int k, GemmMatrix<E> a, ref TPack b, int firstColumn, GemmMatrix<E> c, bool accumulate)
        where TPack : struct, IPackB<E>
    {
        if (m == 0 || n == 0) return;
        var stored = b.Stored;
        if (stored.Data != null && c.Col == 1)
        {
            var done = Thin(m, n, k, a, stored.From(0, firstColumn), c, accumulate);
            if (done == n) return;
            n -= done;
            firstColumn += done;
            c = c.From(0, done);
        }

        int width = n > T.Count ? 2 * T.Count : T.Count, height = n > T.Count ? TwoVectorRows : OneVectorRows;
        int aPanels = Ceiling(m, height), bPanels = Ceiling(n, width);
        var rows = new Cut(m, aPanels);
        var kBlocks = new Cut(k, Math.Max(1, Ceiling(k, StepBlock)));
        var mBlocks = new Cut(aPanels, Ceiling(aPanels, RowBlockBytes / (StepBlock * sizeof(E) * height)));
        var nBlocks = new Cut(bPanels, Ceiling(n, ColumnBlock));

        var packB = stored.Data == null || stored.Col != 1 || (m > ReadBInPlaceRows && (long)k * n * sizeof(E) > ReadBInPlaceBytes);
        var packA = n > Gemm.PackAFromColumns;
        var keepB = mBlocks.Parts > 1;

        int aSize = packA ? mBlocks.Most * height * kBlocks.Most : 0, bStride = kBlocks.Most * width;
        aSize = (aSize + 15) & ~15;
        var scratch = new GemmMatrix<E>((E*)Scratch<GemmMatrix<E>>.Get((height * width + aSize + (long)bStride * (keepB ? nBlocks.Most : 1)) * sizeof(E)), width);
        E* aPacked = scratch.Data + height * width, bPacked = aPacked + aSize;

        for (var nBlock = 0; nBlock < nBlocks.Parts; nBlock++)
            for (var kBlock = 0; kBlock < kBlocks.Parts; kBlock++)
            {
                int k0 = kBlocks.Start(kBlock), steps = kBlocks.Size(kBlock);
                var goOn = accumulate || kBlock > 0;
                for (var mBlock = 0; mBlock < mBlocks.Parts; mBlock++)
                {
                    int firstA = mBlocks.Start(mBlock), endA = mBlocks.Start(mBlock + 1), m0 = rows.Start(firstA);
                    if (packA)
                        for (var p = firstA; p < endA; p++)
                            GemmPack.Panel(a.At(rows.Start(p), k0), a.Row, a.Col, rows.Size(p), rows.Size(p), steps, aPacked + (nint)(rows.Start(p) - m0) * steps);

                    for (int q = nBlocks.Start(nBlock), kept = 0; q < nBlocks.Start(nBlock + 1); q++, kept++)
                    {
                        int j = q * width, lanes = Math.Min(width, n - j), vectors = lanes > T.Count ? 2 : 1;
                        var bPanel = new GemmMatrix<E>(bPacked + (keepB ? (nint)kept * bStride : 0), width);
                        if (!packB && lanes % T.Count == 0) bPanel = stored.From(k0, firstColumn + j);
                        else if (mBlock == 0) b.Pack(k0, steps, firstColumn + j, lanes, width, bPanel.Data);

                        var direct = lanes == vectors * T.Count && c.Col == 1;
                        for (var p = firstA; p < endA; p++)
                        {
                            int i = rows.Start(p), count = rows.Size(p);
                            var aPanel = packA ? new GemmMatrix<E>(aPacked + (nint)(i - m0) * steps, 1, count) : a.From(i, k0);
                            var cTile = c.From(i, j);
                            if (direct)
                            {
                                GemmTile<T, E>.Run(count, vectors, steps, aPanel, bPanel, cTile, goOn);
                                continue;
                            }
                            if (goOn) Copy(count, lanes, cTile, scratch);
                            GemmTile<T, E>.Run(count, vectors, steps, aPanel, bPanel, scratch, goOn);
                            Copy(count, lanes, scratch, cTile);
                        }
                    }
                }
            }
    }

    // Products of so few rows that b is best read as it lies, but for the last columns. Says how many columns are done.
    static int Thin(int m, int n, int k, GemmMatrix<E> a, GemmMatrix<E> b, GemmMatrix<E> c, bool accumulate)
    {
        int whole = n - n % T.Count, strips = n - n % GemmColumns<E>.Columns;
        if (b.Col == 1 && m <= GemmRows<T, E>.MostRows && whole > 0)
        {
            GemmRows<T, E>.Run(m, whole, k, a, b, c, accumulate);
            return whole;
        }
        if (b.Row == 1 && m == 1 && strips > 0)
        {
            GemmColumns<E>.Run(strips, k, a, b, c, accumulate);
            return strips;
        }
        return 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Copy(int rows, int columns, GemmMatrix<E> x, GemmMatrix<E> y)
    {
        for (nint i = 0; i < rows; i++)
            for (nint j = 0; j < columns; j++)
                *y.At(i, j) = *x.At(i, j);
    }

    static int Ceiling(int count, int most) => (int)(((long)count + most - 1) / most);

    /// <summary>A count cut in parts, the first of which are larger by one where it does not come out even.</summary>
    readonly struct Cut(int count, int parts)
    {
        readonly int size = count / parts, larger = count % parts;

        public int Parts => parts;

        public int Most => larger > 0 ? size + 1 : size;

        public int Start(int part) => part * size + Math.Min(part, larger);

        public int Size(int part) => part < larger ? size + 1 : size;
    }
}
