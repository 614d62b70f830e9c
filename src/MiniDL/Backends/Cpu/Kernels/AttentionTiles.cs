using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniDL;

internal sealed unsafe partial class CpuBackend<E>
{
    /// <summary>The scores of an attention, a tile at a time: queries from a multiple of <see cref="Queries"/> on, keys from a multiple of <see cref="Keys"/>.</summary>
    /// <remarks>
    /// Where a tile ends depends on sizes alone, so a row's bits do too. A causal query sees no key past the end of its own tile of queries: those keys are left out,
    /// and the others that it must not see get a score of −∞. A tile's rows lie <see cref="Keys"/> apart and are padded with −∞ to 64 bytes.
    /// </remarks>
    internal struct AttentionTiles
    {
        /// <summary>Keys of a tile.</summary>
        public const int Keys = 128;

        /// <summary>Queries of a tile; <see cref="Keys"/> is a multiple of it.</summary>
        public const int Queries = 64;

        public AttentionShape Shape;
        public E* Q;
        public E* K;
        public E* V;
        public byte* Mask;
        public Layout? MaskLayout;
        public bool MaskIsBool;

        public AttentionTiles(in AttentionShape shape, byte* q, byte* k, byte* v, in TensorView mask, byte* maskData)
        {
            Shape = shape;
            Q = (E*)q;
            K = (E*)k;
            V = (E*)v;
            if (mask.IsNone) return;
            Mask = maskData;
            MaskLayout = mask.Layout;
            MaskIsBool = mask.DType == DType.Bool;
        }

        /// <summary>Tiles of queries of one problem.</summary>
        public readonly int QueryTiles => (Shape.Tq + Queries - 1) / Queries;

        /// <summary>Tiles of keys of one problem.</summary>
        public readonly int KeyTiles => (Shape.Tk + Keys - 1) / Keys;

        /// <summary>The queries of the tile from <paramref name="q"/> on.</summary>
        public readonly int RowsAt(int q) => Math.Min(Queries, Shape.Tq - q);

        /// <summary>Behind the last key that the tile of queries from <paramref name="q"/> on looks at.</summary>
        public readonly int KeyEnd(int q) => Shape.Causal ? (int)Math.Min(Shape.Tk, (long)q + Queries) : Shape.Tk;

        /// <summary>Key <paramref name="key"/> and those behind it, as a matrix.</summary>
        public readonly GemmMatrix<E> KeysAt(long batch, int key) => new(K + (nint)(batch * Shape.Tk + key) * Shape.D, Shape.D);

        /// <summary>Value <paramref name="key"/> and those behind it, as a matrix.</summary>
        public readonly GemmMatrix<E> ValuesAt(long batch, int key) => new(V + (nint)(batch * Shape.Tk + key) * Shape.Dv, Shape.Dv);

        /// <summary>x = q·s for the queries from <paramref name="q"/> on.</summary>
        public readonly void ScaleQueries<T>(long batch, int q, E* x) where T : struct, IVectorLanes<T, E>
            => Multiply<T>(Q + (nint)(batch * Shape.Tq + q) * Shape.D, x, (nint)RowsAt(q) * Shape.D, Element.Of<E>(Shape.Scale));

        /// <summary>s = x·kᵀ + mask for the queries x from <paramref name="q"/> and the keys from <paramref name="key"/> on.</summary>
        public readonly void Scores<T>(long batch, int q, int key, int columns, E* x, E* s) where T : struct, IVectorLanes<T, E>
        {
            var rows = RowsAt(q);
            Gemm.Run(rows, columns, Shape.D, new(x, Shape.D), KeysAt(batch, key).Transposed, new(s, Keys));
            if (Mask != null && !MaskIsBool)
            {
                var (mask, row, col) = MaskAt(batch, q, key);
                for (var i = 0; i < rows; i++) Add<T>(s + (nint)i * Keys, (E*)mask + i * row, col, columns);
            }
            var no = Element.Of<E>(double.NegativeInfinity);
            Hide(batch, q, key, columns, s, no);
            var padded = Padded(columns);
            if (padded == columns) return;
            for (var i = 0; i < rows; i++) new Span<E>(s + (nint)i * Keys + columns, padded - columns).Fill(no);
        }

        /// <summary>Columns with their padding.</summary>
        public static int Padded(int columns) => (columns + 64 / sizeof(E) - 1) & -(64 / sizeof(E));

        /// <summary>Puts a value where a query must not look.</summary>
        public readonly void Hide(long batch, int q, int key, int columns, E* x, E value)
        {
            var rows = RowsAt(q);
            if (MaskIsBool)
            {
                var (mask, row, col) = MaskAt(batch, q, key);
                for (var i = 0; i < rows; i++) HideRow(x + (nint)i * Keys, (byte*)mask + i * row, col, columns, value);
            }
            if (!Shape.Causal || key + columns <= q + 1) return;
            for (var i = 0; i < rows; i++)
            {
                var seen = Math.Clamp(q + i + 1 - key, 0, columns);
                new Span<E>(x + (nint)i * Keys + seen, columns - seen).Fill(value);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void HideRow(E* x, byte* mask, nint step, int count, E value)
        {
            for (var j = 0; j < count; j++, mask += step)
                if (*mask == 0) x[j] = value;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Add<T>(E* x, E* mask, nint step, int count) where T : struct, IVectorLanes<T, E>
        {
            var j = 0;
            if (step == 1)
                for (; j <= count - T.Count; j += T.Count) T.Store(T.Load(x + j) + T.Load(mask + j), x + j);
            for (; j < count; j++) Lane<E>.Store(Lane<E>.Load(x + j) + Lane<E>.Load(mask + j * step), x + j);
        }

        // The element of (query, key), and the steps to the next of each.
        readonly (nint Data, nint Row, nint Col) MaskAt(long batch, int q, int key)
        {
            var layout = MaskLayout!;
            nint row = (nint)layout.Stride(layout.Rank - 2), col = (nint)layout.Stride(layout.Rank - 1), offset = q * row + key * col;
            for (var axis = layout.Rank - 3; axis >= 0; axis--)
            {
                (batch, var at) = Math.DivRem(batch, layout.Size(axis));
                offset += (nint)(at * layout.Stride(axis));
            }
            return ((nint)(Mask + offset * (MaskIsBool ? 1 : sizeof(E))), row, col);
        }
    }

    /// <summary>A thread's memory for a tile, as long as a chunk runs.</summary>
    readonly ref struct AttentionScratch : IDisposable
    {
        readonly E* block;

        public AttentionScratch(long elements) => block = (E*)NativeMemory.AlignedAlloc((nuint)(elements * sizeof(E)), 64);

        public E* Data => block;

        public void Dispose() => NativeMemory.AlignedFree(block);
    }

    /// <summary>y = x·a; y may be x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Multiply<T>(E* x, E* y, nint count, E a) where T : struct, IVectorLanes<T, E>
    {
        var by = T.Broadcast(a);
        nint j = 0;
        for (; j <= count - T.Count; j += T.Count) T.Store(T.Load(x + j) * by, y + j);
        if (j < count) Widths.StorePartial(Widths.LoadPartial<T, E>(x + j, (int)(count - j)) * by, y + j, (int)(count - j));
    }

    /// <summary>A number as double.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static double AsDouble(E x) => sizeof(E) == 4 ? Unsafe.BitCast<E, float>(x) : Unsafe.BitCast<E, double>(x);
}
