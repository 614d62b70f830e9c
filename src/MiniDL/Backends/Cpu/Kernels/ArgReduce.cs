using System.Runtime.CompilerServices;

namespace MiniDL;

internal sealed unsafe partial class CpuBackend<E>
{
    /// <inheritdoc/>
    public void ArgReduce(bool largest, in TensorView x, in TensorView y, int axis)
    {
        if (!IsNumber) throw NoKernel(nameof(ArgReduce));
        fixed (byte* px = x, py = y)
        {
            var row = new ArgReduceRow { Y = (long*)py, X = (E*)px, Count = x.Size(axis), Stride = x.Stride(axis), Largest = largest };
            ForRows(new LoopNest(anyOrder: true, mask: y.Layout, kept: true, x.Layout, y.Layout), row, Math.Max(2 * Grain / Math.Max(row.Count, 1), 1));
        }
    }

    // A run of outputs, side by side in strips, so that lines of memory that they share are read once.
    struct ArgReduceRow : IRow
    {
        public long* Y;
        public E* X;
        public long Count;
        public long Stride;
        public bool Largest;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(in LoopNest nest, in LoopNest.Walk at, long count)
        {
            const int Width = 64;
            var best = stackalloc E[Width];
            var places = stackalloc long[Width];
            var dx = nest.InnerStride(0);
            var width = 0;
            for (long begin = 0; begin < count; begin += width)
            {
                // Contiguous elements of one output need no neighbours.
                width = Stride == 1 ? 1 : (int)Math.Min(Width, count - begin);
                var x = X + at[0] + begin * dx;
                for (var j = 0; j < width; j++) (best[j], places[j]) = (x[j * dx], 0);
                for (long k = 1; k < Count; k++)
                {
                    x += Stride;
                    for (var j = 0; j < width; j++)
                        if (IsBeyond(Largest, x[j * dx], best[j])) (best[j], places[j]) = (x[j * dx], k);
                }
                for (var j = 0; j < width; j++) Y[at[1] + (begin + j) * nest.InnerStride(1)] = places[j];
            }
        }
    }

    /// <summary>Whether x comes before what was best so far: it is larger (smaller), or the first NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool IsBeyond(bool largest, E x, E best)
    {
        if (typeof(E) == typeof(float)) return Beyond(largest, Unsafe.BitCast<E, float>(x), Unsafe.BitCast<E, float>(best));
        if (typeof(E) == typeof(double)) return Beyond(largest, Unsafe.BitCast<E, double>(x), Unsafe.BitCast<E, double>(best));
        if (typeof(E) == typeof(int)) return Beyond(largest, Unsafe.BitCast<E, int>(x), Unsafe.BitCast<E, int>(best));
        if (typeof(E) == typeof(long)) return Beyond(largest, Unsafe.BitCast<E, long>(x), Unsafe.BitCast<E, long>(best));
        return Beyond(largest, Unsafe.BitCast<E, byte>(x), Unsafe.BitCast<E, byte>(best));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool Beyond<F>(bool largest, F x, F best) where F : System.Numerics.INumber<F>
        => (largest ? x > best : x < best) || (F.IsNaN(x) && !F.IsNaN(best));
}
