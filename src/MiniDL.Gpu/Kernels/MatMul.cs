using ILGPU;

namespace MiniDL.Gpu;

internal partial class GpuNumberBackend<T>
{
    /// <inheritdoc/>
    public sealed override void MatMul(in TensorView a, in TensorView b, in TensorView y)
    {
        if (y.Count == 0) return;
        int axes = y.Rank - 2, m = y.Size(-2), n = y.Size(-1), k = a.Size(-1);
        var row = a.Stride(-2);
        // One large product instead of many small ones: x [B,T,K] · w [K,N] is [B·T,K] · [K,N].
        for (; axes > 0; axes--)
        {
            var axis = axes - 1;
            var size = y.Size(axis);
            if (size == 1) continue;
            if (b.Stride(axis) != 0 || (m != 1 && a.Stride(axis) != row * m) || (long)m * size > int.MaxValue) break;
            if (m == 1) row = a.Stride(axis);
            m *= size;
        }
        var batches = new LoopNest(anyOrder: false, Outer(y, axes), Outer(a, axes), Outer(b, axes));
        var rows = new StridedOperand<T>(Whole<T>(a), a.Offset, m, k, row, a.Stride(-1), AreFours(a, axes));
        var columns = new StridedOperand<T>(Whole<T>(b), b.Offset, n, k, b.Stride(-1), b.Stride(-2), AreFours(b, axes));
        var end = new ProductEnd<T>(Whole<T>(y), y.Offset, m, n);
        Nest.ForEach(batches, default, new GemmLaunch<T, StridedOperand<T>, StridedOperand<T>, ProductEnd<T>>(Gpu, m, n, ProductSizes.One(k), rows, columns, end));
    }

    static Layout Outer(in TensorView x, int axes) => Layout.Of(x.Sizes[..axes], x.Layout.Strides[..axes]);

    static bool AreFours(in TensorView x, int axes)
    {
        foreach (var stride in x.Layout.Strides[..axes])
            if (stride % 4 != 0) return false;
        return true;
    }
}
