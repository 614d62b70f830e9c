using System.Runtime.CompilerServices;

namespace MiniDL;

internal sealed unsafe partial class CpuBackend<E>
{
    /// <inheritdoc/>
    public void Scatter(in TensorView x, in TensorView index, in TensorView y, int axis, bool add)
    {
        if (!IsNumber) throw NoKernel(nameof(Scatter));
        if (Widths.Bits == 512) ScatterLanes<V512<E>>(x, index, y, axis, add);
        else if (Widths.Bits == 256) ScatterLanes<V256<E>>(x, index, y, axis, add);
        else ScatterLanes<V128<E>>(x, index, y, axis, add);
    }

    static void ScatterLanes<T>(in TensorView x, in TensorView index, in TensorView y, int axis, bool add) where T : struct, IVectorLanes<T, E>
    {
        if (x.Count == 0) return;
        fixed (byte* px = x, pi = index, py = y)
        {
            var row = new ScatterRow<T>
            {
                Y = (E*)py,
                X = (E*)px,
                Index = (long*)pi,
                Add = add,
                Count = x.Size(axis),
                StrideY = y.Stride(axis),
                StrideX = x.Stride(axis),
                StrideIndex = index.Stride(axis),
            };
            // A chunk owns whole columns of y, so that each element gets its terms in the order of the axis, on one thread.
            var nest = new LoopNest(anyOrder: true, mask: Without(x.Layout, axis), kept: true, Fixed(y.Layout, x.Layout, axis), x.Layout, index.Layout);
            ForRows(nest, row, Math.Max(Grain / row.Count, 64));
        }
    }

    struct ScatterRow<T> : IRow where T : struct, IVectorLanes<T, E>
    {
        public E* Y;
        public E* X;
        public long* Index;
        public bool Add;
        public long Count;
        public long StrideY;
        public long StrideX;
        public long StrideIndex;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(in LoopNest nest, in LoopNest.Walk at, long count)
        {
            var y = Y + at[0];
            var x = X + at[1];
            var index = Index + at[2];
            var dy = nest.InnerStride(0);
            var dx = nest.InnerStride(1);
            var di = nest.InnerStride(2);
            if (di == 0 && dy == 1 && dx == 1)
                // One index for the whole run: a row of an embedding's gradient, say.
                for (long k = 0; k < Count; k++, x += StrideX, index += StrideIndex)
                    if (Add) AddTo(y + *index * StrideY, x, count);
                    else Strided(y + *index * StrideY, 1, x, 1, count);
            else
                for (long i = 0; i < count; i++)
                    Column(y + i * dy, x + i * dx, index + i * di);
        }

        readonly void Column(E* y, E* x, long* index)
        {
            for (long k = 0; k < Count; k++, x += StrideX, index += StrideIndex)
            {
                var to = y + *index * StrideY;
                if (Add) AddTo(to, x, 1);
                else *to = *x;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void AddTo(E* y, E* x, long count)
        {
            long i = 0;
            for (; i <= count - T.Count; i += T.Count) T.Store(T.Load(y + i) + T.Load(x + i), y + i);
            for (; i < count; i++) Lane<E>.Store(Lane<E>.Load(y + i) + Lane<E>.Load(x + i), y + i);
        }
    }
}
