using System.Runtime.CompilerServices;

namespace MiniDL;

internal sealed unsafe partial class CpuBackend<E>
{
    /// <inheritdoc/>
    public void Gather(in TensorView x, in TensorView index, in TensorView y, int axis)
    {
        if (!IsNumber) throw NoKernel(nameof(Gather));
        fixed (byte* px = x, pi = index, py = y)
            ForRows(
                new LoopNest(anyOrder: true, y.Layout, Fixed(x.Layout, y.Layout, axis), index.Layout),
                new GatherRow { Y = (E*)py, X = (E*)px, Index = (long*)pi, Stride = x.Stride(axis) }, Grain);
    }

    /// <summary>The strides of x on the sizes of another, standing still on the axis that an index walks.</summary>
    static Layout Fixed(Layout x, Layout sizes, int axis)
    {
        Span<long> strides = stackalloc long[x.Rank];
        x.Strides.CopyTo(strides);
        strides[axis] = 0;
        return Layout.Of(sizes.Sizes, strides);
    }

    struct GatherRow : IRow
    {
        public E* Y;
        public E* X;
        public long* Index;
        public long Stride;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(in LoopNest nest, in LoopNest.Walk at, long count)
        {
            var y = Y + at[0];
            var x = X + at[1];
            var index = Index + at[2];
            var dy = nest.InnerStride(0);
            var dx = nest.InnerStride(1);
            var di = nest.InnerStride(2);
            // One index for the whole run: a row of an embedding, say.
            if (di == 0)
                Strided(y, dy, x + *index * Stride, dx, count);
            else
                for (long i = 0; i < count; i++) y[i * dy] = x[i * dx + index[i * di] * Stride];
        }
    }
}
