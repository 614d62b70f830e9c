using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MiniDL;

internal sealed unsafe partial class CpuBackend<E>
{
    /// <inheritdoc/>
    public void Where(in TensorView condition, in TensorView a, in TensorView b, in TensorView y)
    {
        if (!IsNumber) throw NoKernel(nameof(Where));
        fixed (byte* pc = condition, pa = a, pb = b, py = y)
            ForRows(
                new LoopNest(anyOrder: true, y.Layout, condition.Layout, a.Layout, b.Layout),
                new WhereRow { Y = (E*)py, Condition = pc, A = (E*)pa, B = (E*)pb }, Grain);
    }

    struct WhereRow : IRow
    {
        public E* Y;
        public byte* Condition;
        public E* A;
        public E* B;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(in LoopNest nest, in LoopNest.Walk at, long count)
        {
            var y = Y + at[0];
            var condition = Condition + at[1];
            var a = A + at[2];
            var b = B + at[3];
            var (dy, dc, da, db) = (nest.InnerStride(0), nest.InnerStride(1), nest.InnerStride(2), nest.InnerStride(3));
            long i = 0;
            if (dy == 1 && dc == 1 && da is 0 or 1 && db is 0 or 1)
                for (; i <= count - Vector128<E>.Count; i += Vector128<E>.Count)
                    Vector128.ConditionalSelect(
                        IsZero(condition + i),
                        db == 1 ? Vector128.Load(b + i) : Vector128.Create(*b),
                        da == 1 ? Vector128.Load(a + i) : Vector128.Create(*a)).Store(y + i);
            for (; i < count; i++) y[i * dy] = condition[i * dc] != 0 ? a[i * da] : b[i * db];
        }
    }

    // A register's worth of truth values, each widened to all bits of an element where it is false.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<E> IsZero(byte* condition)
    {
        if (sizeof(E) == 1) return Vector128.Equals(Vector128.Load(condition), Vector128<byte>.Zero).As<byte, E>();
        if (sizeof(E) == 4)
        {
            var shorts = Vector128.WidenLower(Vector128.CreateScalar(Unsafe.ReadUnaligned<uint>(condition)).AsByte());
            return Vector128.Equals(Vector128.WidenLower(shorts), Vector128<uint>.Zero).As<uint, E>();
        }
        var longs = Vector128.Create((ulong)condition[0], condition[1]);
        return Vector128.Equals(longs, Vector128<ulong>.Zero).As<ulong, E>();
    }
}
