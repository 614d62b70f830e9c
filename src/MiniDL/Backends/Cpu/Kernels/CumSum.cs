using System.Runtime.CompilerServices;

namespace MiniDL;

internal sealed unsafe partial class CpuBackend<E>
{
    /// <inheritdoc/>
    public void CumSum(in TensorView x, in TensorView y, int axis)
    {
        if (!IsNumber) throw NoKernel(nameof(CumSum));
        if (Widths.Bits == 512) CumSumLanes<V512<E>>(x, y, axis);
        else if (Widths.Bits == 256) CumSumLanes<V256<E>>(x, y, axis);
        else CumSumLanes<V128<E>>(x, y, axis);
    }

    static void CumSumLanes<T>(in TensorView x, in TensorView y, int axis) where T : struct, IVectorLanes<T, E>
    {
        if (y.Count == 0) return;
        fixed (byte* px = x, py = y)
        {
            var row = new CumSumRow<T> { Y = (E*)py, X = (E*)px, Count = x.Size(axis), StrideY = y.Stride(axis), StrideX = x.Stride(axis) };
            ForRows(
                new LoopNest(anyOrder: true, mask: Without(x.Layout, axis), kept: true, y.Layout, x.Layout),
                row, Math.Max(Grain / Math.Max(row.Count, 1), 1));
        }
    }

    /// <summary>The shape with size 1 on one axis.</summary>
    static Layout Without(Layout shape, int axis)
    {
        Span<int> sizes = stackalloc int[shape.Rank];
        shape.Sizes.CopyTo(sizes);
        sizes[axis] = 1;
        return Layout.Of(sizes);
    }

    // A run of rows that are summed side by side, each in the order of its elements.
    struct CumSumRow<T> : IRow where T : struct, IVectorLanes<T, E>
    {
        public E* Y;
        public E* X;
        public long Count;
        public long StrideY;
        public long StrideX;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(in LoopNest nest, in LoopNest.Walk at, long count)
        {
            var y = Y + at[0];
            var x = X + at[1];
            var dy = nest.InnerStride(0);
            var dx = nest.InnerStride(1);
            long j = 0;
            if (dy == 1 && dx == 1)
                for (; j <= count - T.Count; j += T.Count)
                    Sum<T>(y + j, x + j);
            for (; j < count; j++) Sum<Lane<E>>(y + j * dy, x + j * dx);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void Sum<L>(E* y, E* x) where L : struct, IVectorLanes<L, E>
        {
            var sum = L.Load(x);
            L.Store(sum, y);
            for (long k = 1; k < Count; k++)
            {
                sum += L.Load(x + k * StrideX);
                L.Store(sum, y + k * StrideY);
            }
        }
    }
}
