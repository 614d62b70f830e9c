using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MiniDL;

internal sealed unsafe partial class CpuBackend<E>
{
    /// <inheritdoc/>
    public void Compare(Comparison comparison, in TensorView a, in TensorView b, in TensorView y)
    {
        if (!IsNumber) throw NoKernel(nameof(Compare));
        switch (comparison)
        {
            case Comparison.Equal: CompareBy<Equal>(a, b, y, 0); break;
            case Comparison.NotEqual: CompareBy<Equal>(a, b, y, 1); break;
            case Comparison.Less: CompareBy<Less>(a, b, y, 0); break;
            case Comparison.LessOrEqual: CompareBy<LessOrEqual>(a, b, y, 0); break;
            case Comparison.Greater: CompareBy<Less>(b, a, y, 0); break;
            case Comparison.GreaterOrEqual: CompareBy<LessOrEqual>(b, a, y, 0); break;
        }
    }

    interface IComparison
    {
        /// <summary>All bits of an element where it holds.</summary>
        static abstract Vector128<E> Holds(Vector128<E> a, Vector128<E> b);
    }

    struct Equal : IComparison
    {
        public static Vector128<E> Holds(Vector128<E> a, Vector128<E> b) => Vector128.Equals(a, b);
    }

    struct Less : IComparison
    {
        public static Vector128<E> Holds(Vector128<E> a, Vector128<E> b) => Vector128.LessThan(a, b);
    }

    struct LessOrEqual : IComparison
    {
        public static Vector128<E> Holds(Vector128<E> a, Vector128<E> b) => Vector128.LessThanOrEqual(a, b);
    }

    static void CompareBy<TComparison>(in TensorView a, in TensorView b, in TensorView y, byte flip) where TComparison : struct, IComparison
    {
        fixed (byte* pa = a, pb = b, py = y)
            ForRows(
                new LoopNest(anyOrder: true, y.Layout, a.Layout, b.Layout),
                new CompareRow<TComparison> { Y = py, A = (E*)pa, B = (E*)pb, Flip = flip }, Grain);
    }

    struct CompareRow<TComparison> : IRow where TComparison : struct, IComparison
    {
        public byte* Y;
        public E* A;
        public E* B;
        public byte Flip;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(in LoopNest nest, in LoopNest.Walk at, long count)
        {
            var blocks = stackalloc E[2 * Block];
            var flags = stackalloc byte[Block];
            var y = Y + at[0];
            var a = A + at[1];
            var b = B + at[2];
            var (dy, da, db) = (nest.InnerStride(0), nest.InnerStride(1), nest.InnerStride(2));
            if (da != 1) Strided(blocks, 1, a, da, Math.Min(count, Block));
            if (db != 1) Strided(blocks + Block, 1, b, db, Math.Min(count, Block));
            for (long i = 0; i < count; i += Block)
            {
                var n = (int)Math.Min(Block, count - i);
                // A repeated operand fills its block once.
                if (i > 0 && da is not (0 or 1)) Strided(blocks, 1, a + i * da, da, n);
                if (i > 0 && db is not (0 or 1)) Strided(blocks + Block, 1, b + i * db, db, n);
                var to = dy == 1 ? y + i : flags;
                CompareDense<TComparison>(da == 1 ? a + i : blocks, db == 1 ? b + i : blocks + Block, to, n, Flip);
                if (dy == 1) continue;
                for (var j = 0; j < n; j++) y[(i + j) * dy] = flags[j];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void CompareDense<TComparison>(E* a, E* b, byte* y, int count, byte flip) where TComparison : struct, IComparison
    {
        var i = 0;
        for (; i <= count - 16; i += 16)
            ((Narrowed<TComparison>(a + i, b + i) & Vector128<byte>.One) ^ Vector128.Create(flip)).Store(y + i);
        for (; i < count; i++)
        {
            var holds = TComparison.Holds(Vector128.CreateScalar(a[i]), Vector128.CreateScalar(b[i]));
            y[i] = (byte)((holds.AsByte().ToScalar() & 1) ^ flip);
        }
    }

    // 16 truth values of a byte each; all bits or none.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<byte> Narrowed<TComparison>(E* a, E* b) where TComparison : struct, IComparison
    {
        if (sizeof(E) == 1) return At<TComparison>(a, b, 0).AsByte();
        if (sizeof(E) == 4) return Vector128.Narrow(Shorts<TComparison>(a, b, 0), Shorts<TComparison>(a, b, 2)).AsByte();
        return Vector128.Narrow(
            Vector128.Narrow(Ints<TComparison>(a, b, 0), Ints<TComparison>(a, b, 2)),
            Vector128.Narrow(Ints<TComparison>(a, b, 4), Ints<TComparison>(a, b, 6))).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<short> Shorts<TComparison>(E* a, E* b, int register) where TComparison : struct, IComparison
        => Vector128.Narrow(At<TComparison>(a, b, register).AsInt32(), At<TComparison>(a, b, register + 1).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<int> Ints<TComparison>(E* a, E* b, int register) where TComparison : struct, IComparison
        => Vector128.Narrow(At<TComparison>(a, b, register).AsInt64(), At<TComparison>(a, b, register + 1).AsInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<E> At<TComparison>(E* a, E* b, int register) where TComparison : struct, IComparison
        => TComparison.Holds(Vector128.Load(a + register * Vector128<E>.Count), Vector128.Load(b + register * Vector128<E>.Count));
}
