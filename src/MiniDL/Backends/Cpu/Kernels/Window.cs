using System.Runtime.CompilerServices;

namespace MiniDL;

internal sealed unsafe partial class CpuBackend<E>
{
    /// <inheritdoc/>
    public void Im2Col(in WindowShape shape, in TensorView x, in TensorView y)
    {
        if (!Element.IsReal<E>()) throw NoKernel(nameof(Im2Col));
        fixed (byte* px = x, py = y)
        {
            var body = new Im2ColChunks { Shape = shape, X = x.Layout, Y = y.Layout, PointerX = (E*)px, PointerY = (E*)py };
            WorkerPool.For(Chunks(body.Rows, body.RowsPerChunk), ref body);
        }
    }

    /// <inheritdoc/>
    public void Col2Im(in WindowShape shape, in TensorView y, in TensorView x)
    {
        if (!Element.IsReal<E>()) throw NoKernel(nameof(Col2Im));
        fixed (byte* px = x, py = y)
        {
            var body = new Col2ImChunks { Shape = shape, X = x.Layout, Y = y.Layout, PointerX = (E*)px, PointerY = (E*)py };
            WorkerPool.For((long)shape.N * shape.C, ref body);
        }
    }

    // A row of columns holds one place of the kernel over the whole image.
    struct Im2ColChunks : IChunks
    {
        public WindowShape Shape;
        public Layout X;
        public Layout Y;
        public E* PointerX;
        public E* PointerY;

        public readonly long Rows => (long)Shape.N * Shape.C * Shape.KernelH * Shape.KernelW;
        public readonly long RowsPerChunk => Math.Max(Grain / Math.Max((long)Shape.OutH * Shape.OutW, 1), 1);

        public readonly void Run(long index)
        {
            var end = Math.Min((index + 1) * RowsPerChunk, Rows);
            for (var row = index * RowsPerChunk; row < end; row++) Row(row);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void Row(long row)
        {
            var rowsPerImage = (long)Shape.C * Shape.KernelH * Shape.KernelW;
            var (n, place) = Math.DivRem(row, rowsPerImage);
            var (rest, kw) = Math.DivRem((int)place, Shape.KernelW);
            var (c, kh) = Math.DivRem(rest, Shape.KernelH);
            var plane = PointerX + n * X.Stride(0) + c * X.Stride(1);
            var y = PointerY + n * Y.Stride(0) + place * Y.Stride(1);
            var dy = Y.Stride(2);
            var dx = X.Stride(3);
            var (first, last) = Inside(Shape, kw);
            for (var oh = 0; oh < Shape.OutH; oh++, y += Shape.OutW * dy)
            {
                var h = Shape.SourceH(oh, kh);
                if ((uint)h >= (uint)Shape.H)
                {
                    Clear(y, dy, Shape.OutW);
                    continue;
                }
                Clear(y, dy, first);
                if (last > first)
                    Strided(y + first * dy, dy, plane + h * X.Stride(2) + Shape.SourceW(first, kw) * dx, Shape.StrideW * dx, last - first);
                Clear(y + last * dy, dy, Shape.OutW - last);
            }
        }
    }

    // An image's plane belongs to one chunk, and each of its elements gets its terms in the order of the kernel's places.
    struct Col2ImChunks : IChunks
    {
        public WindowShape Shape;
        public Layout X;
        public Layout Y;
        public E* PointerX;
        public E* PointerY;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long index)
        {
            var (n, c) = Math.DivRem(index, Shape.C);
            var plane = PointerX + n * X.Stride(0) + c * X.Stride(1);
            for (var h = 0; h < Shape.H; h++) Clear(plane + h * X.Stride(2), X.Stride(3), Shape.W);
            var dy = Y.Stride(2);
            var dx = Shape.StrideW * X.Stride(3);
            for (var kh = 0; kh < Shape.KernelH; kh++)
                for (var kw = 0; kw < Shape.KernelW; kw++)
                {
                    var y = PointerY + n * Y.Stride(0) + ((c * Shape.KernelH + kh) * Shape.KernelW + kw) * Y.Stride(1);
                    var (first, last) = Inside(Shape, kw);
                    for (var oh = 0; oh < Shape.OutH; oh++, y += Shape.OutW * dy)
                    {
                        var h = Shape.SourceH(oh, kh);
                        if ((uint)h < (uint)Shape.H && last > first)
                            AddStrided(plane + h * X.Stride(2) + Shape.SourceW(first, kw) * X.Stride(3), dx, y + first * dy, dy, last - first);
                    }
                }
        }
    }

    /// <summary>The output columns first … last−1 whose source under column <paramref name="kw"/> of the kernel lies within the image.</summary>
    static (int First, int Last) Inside(in WindowShape shape, int kw)
    {
        var origin = shape.SourceW(0, kw);
        var first = origin >= 0 ? 0 : (-origin + shape.StrideW - 1) / shape.StrideW;
        var last = origin >= shape.W ? 0 : (shape.W - 1 - origin) / shape.StrideW + 1;
        first = Math.Min(first, shape.OutW);
        return (first, Math.Clamp(last, first, shape.OutW));
    }

    static void Clear(E* y, long dy, long count)
    {
        if (dy == 1) new Span<E>(y, (int)count).Clear();
        else
            for (long i = 0; i < count; i++) y[i * dy] = default;
    }

    /// <summary>y[i·dy] += x[i·dx].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void AddStrided(E* y, long dy, E* x, long dx, long count)
    {
        long i = 0;
        if (dy == 1 && dx == 1)
            for (; i <= count - V128<E>.Count; i += V128<E>.Count) V128<E>.Store(V128<E>.Load(y + i) + V128<E>.Load(x + i), y + i);
        for (; i < count; i++) Lane<E>.Store(Lane<E>.Load(y + i * dy) + Lane<E>.Load(x + i * dx), y + i * dy);
    }
}
