using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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
                width = (int)Math.Min(Width, count - begin);
                var x = X + at[0] + begin * dx;
                if (Stride == 1)
                {
                    for (var j = 0; j < width; j++)
                        Y[at[1] + (begin + j) * nest.InnerStride(1)] = Largest ? FirstOf<LargestOf>(x + j * dx, Count) : FirstOf<SmallestOf>(x + j * dx, Count);
                    continue;
                }
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

    readonly struct LargestOf : IReduceOp
    {
        public static Number Identity => double.NegativeInfinity;

        public static T Transform<T>(T x) where T : struct, INumberLanes<T> => x;

        public static T Combine<T>(T a, T b) where T : struct, INumberLanes<T> => T.Max(a, b);
    }

    readonly struct SmallestOf : IReduceOp
    {
        public static Number Identity => double.PositiveInfinity;

        public static T Transform<T>(T x) where T : struct, INumberLanes<T> => x;

        public static T Combine<T>(T a, T b) where T : struct, INumberLanes<T> => T.Min(a, b);
    }

    /// <summary>Contiguous elements: which value is the best, then where it stands first. NaN, the best of all, is the value that differs from itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static long FirstOf<TOp>(E* x, long count) where TOp : struct, IReduceOp
    {
        var best = ReduceDense<TOp, V128<E>, Twice<Twice<V128<E>, E>, E>>(x, count);
        var target = Vector128.Create(best);
        var isNaN = !Vector128.EqualsAll(target, target);
        long i = 0;
        for (; i < count - Vector128<E>.Count; i += Vector128<E>.Count)
        {
            if (Matches(Vector128.Load(x + i), target, isNaN)) break;
        }
        while (!Matches(Vector128.Create(x[i]), target, isNaN)) i++;
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool Matches(Vector128<E> x, Vector128<E> target, bool isNaN) => isNaN ? !Vector128.EqualsAll(x, x) : Vector128.EqualsAny(x, target);

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
