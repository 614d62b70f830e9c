using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MiniDL;

internal sealed unsafe partial class CpuBackend<E>
{
    /// <inheritdoc/>
    public void Copy(in TensorView x, in TensorView y)
    {
        fixed (byte* px = x, py = y)
        {
            if (x.Layout.IsContiguous && y.Layout.IsContiguous && y.Count * sizeof(E) <= CopyGrain)
            {
                Buffer.MemoryCopy(px, py, y.Count * sizeof(E), y.Count * sizeof(E));
                return;
            }
            var nest = new LoopNest(anyOrder: true, y.Layout, x.Layout);
            if (!TryTranspose(nest, (E*)px, (E*)py))
                ForRows(nest, new CopyRow { Y = (E*)py, X = (E*)px }, CopyGrain / sizeof(E));
        }
    }

    struct CopyRow : IRow
    {
        public E* Y;
        public E* X;

        public readonly void Run(in LoopNest nest, in LoopNest.Walk at, long count) => Strided(Y + at[0], nest.InnerStride(0), X + at[1], nest.InnerStride(1), count);
    }

    /// <summary>y[i·dy] = x[i·dx].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Strided(E* y, long dy, E* x, long dx, long count)
    {
        if (dy == 1 && dx == 1 && count >= 8)
            Buffer.MemoryCopy(x, y, count * sizeof(E), count * sizeof(E));
        else if (dy == 1)
            for (long i = 0; i < count; i++) y[i] = x[i * dx];
        else
            for (long i = 0; i < count; i++) y[i * dy] = x[i * dx];
    }

    /// <summary>The side of the square that is transposed at once: a line of memory, 64 bytes, at least 8.</summary>
    static int Tile => Math.Max(64 / sizeof(E), 8);

    /// <summary>Whether y walks one axis in steps of 1 and x another.</summary>
    static bool IsTransposed(in LoopNest nest, out int axis)
    {
        for (axis = 0; axis < nest.Rank - 1; axis++)
            if (nest.Stride(axis, 1) == 1 && nest.Size(axis) >= 4)
                return nest.InnerStride(0) == 1 && nest.InnerStride(1) is not (0 or 1) && nest.Inner >= 4;
        return false;
    }

    /// <summary>Copies by squares, where x lies transposed.</summary>
    static bool TryTranspose(in LoopNest nest, E* x, E* y)
    {
        if (!IsTransposed(nest, out var axis)) return false;
        var body = new TransposeRows { Nest = nest, X = x, Y = y };
        body.Nest.MoveInner(axis);
        WorkerPool.For(body.Chunks, ref body);
        return true;
    }

    // The two inner axes of the nest are the square: the last one dense in x, the one before dense in y.
    struct TransposeRows : IChunks
    {
        public LoopNest Nest;
        public E* X;
        public E* Y;

        readonly long Lines => Nest.Size(Nest.Rank - 1);
        readonly long Strips => (Lines + Tile - 1) / Tile;

        public readonly long Chunks => Nest.Count / (Lines * Nest.Size(Nest.Rank - 2)) * Strips;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(long index)
        {
            var square = stackalloc E[Tile * Tile];
            var outer = Nest.Rank - 2;
            var columns = Nest.Size(outer);
            var (plane, strip) = Math.DivRem(index, Strips);
            var first = strip * Tile;
            var lines = Math.Min(Tile, Lines - first);
            var dy = Nest.Stride(outer + 1, 0);
            var dx = Nest.Stride(outer, 1);
            fixed (LoopNest* nest = &Nest)
            {
                var walk = new LoopNest.Walk(nest, plane * columns * Lines);
                var y = Y + walk[0] + first * dy;
                var x = X + walk[1] + first;
                for (long column = 0; column < columns; column += Tile, y += Tile, x += Tile * dx)
                    Transpose(x, dx, y, dy, (int)lines, (int)Math.Min(Tile, columns - column), square);
            }
        }

        // By way of a square in L1: lines of x and of y, which may all fall on one set of the cache, are met once each.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Transpose(E* x, long dx, E* y, long dy, int lines, int width, E* square)
        {
            for (var j = 0; j < width; j++, x += dx)
                if (lines == Tile) Unsafe.CopyBlockUnaligned(square + j * Tile, x, (uint)(Tile * sizeof(E)));
                else
                    for (var i = 0; i < lines; i++) square[j * Tile + i] = x[i];
            for (var i = 0; i < lines; i++, y += dy)
            {
                var from = square + i;
                var j = 0;
                if (sizeof(E) == 4)
                    for (; j <= width - 4; j += 4, from += 4 * Tile)
                        Vector128.Store(Vector128.Create(((int*)from)[0], ((int*)from)[Tile], ((int*)from)[2 * Tile], ((int*)from)[3 * Tile]), (int*)(y + j));
                for (; j < width; j++, from += Tile) y[j] = *from;
            }
        }
    }
}
