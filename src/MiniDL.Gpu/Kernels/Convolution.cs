using ILGPU;

namespace MiniDL.Gpu;

/// <summary>Convolution as products with windows that are unfolded on the way into shared memory.</summary>
/// <remarks>
/// The order of operations is the CPU's (docs/numerics.md): an output is its bias and then one FMA chain over (c, kh, kw), the input gradient likewise, or columns that are added back.
/// The weight gradient is cut in more parts than there, since more must run at a time, again by the sizes alone.
/// </remarks>
internal sealed partial class GpuRealBackend<T> : IConvKernels
{
    /// <inheritdoc/>
    public void ConvForward(in ConvShape shape, in TensorView x, in TensorView w, in TensorView b, in TensorView y)
    {
        var kernels = new StridedOperand<T>(Whole<T>(w), w.Offset, shape.GroupOut, shape.Taps, shape.Taps, 1, (long)shape.GroupOut * shape.Taps % 4 == 0 || shape.Groups == 1);
        Convolve(shape, x, kernels, DenseOrNone<T>(b), y);
    }

    /// <inheritdoc/>
    public void ConvBackwardInput(in ConvShape shape, in TensorView dy, in TensorView w, in TensorView dx)
    {
        if (shape.OfInputGradient() is { } back)
            Convolve(back, dy, new FlippedOperand<T>(Whole<T>(w), w.Offset, shape.GroupIn, shape.Window.KernelH * shape.Window.KernelW), ArrayView<T>.Empty, dx);
        else
            ConvBackwardInputByColumns(shape, dy, w, dx);
    }

    /// <inheritdoc/>
    public void ConvBackwardWeight(in ConvShape shape, in TensorView x, in TensorView dy, in TensorView dw)
    {
        if (dw.Count == 0) return;
        var s = shape.Window;
        var pixels = s.OutH * s.OutW;
        var sizes = WeightParts(shape);
        var parts = sizes.KPerPart == 0 ? 1 : (int)Pieces(sizes.K, sizes.KPerPart);
        var memory = parts == 1 ? null : Gpu.Pool.Rent(parts * dw.Count * T.DType.Size());
        var sums = memory is null ? dw : new TensorView(Layout.Of([parts, checked((int)dw.Count)]), memory, 0, T.DType);
        var gradients = new PixelOperand<T>(Whole<T>(dy), dy.Offset, shape.GroupOut, pixels, (long)shape.Out * pixels);
        var windows = new TurnedWindowOperand<T>(new(Whole<T>(x), x.Offset, s, shape.GroupIn));
        var end = new ProductEnd<T>(Whole<T>(sums), sums.Offset, shape.GroupOut, shape.Taps);
        ForGroups(shape.Groups, shape.GroupOut * shape.Taps, shape.GroupOut * pixels, shape.GroupIn * s.H * s.W, 0,
            new GemmLaunch<T, PixelOperand<T>, TurnedWindowOperand<T>, ProductEnd<T>>(Gpu, shape.GroupOut, shape.Taps, sizes, gradients, windows, end));
        if (memory is null) return;
        Reduce(default(SumOp), sums, dw.With(Layout.Of([1, sums.Size(1)])));
        Gpu.Pool.Return(memory);
    }

    void Convolve<TKernels>(in ConvShape shape, in TensorView x, TKernels w, ArrayView<T> b, in TensorView y) where TKernels : struct, IOperand<T>
    {
        if (y.Count == 0) return;
        var s = shape.Window;
        var pixels = s.OutH * s.OutW;
        // Images by the piece, if there are more pixels than a kernel can number.
        var most = Math.Max(Nest.MaxCount / pixels, 1);
        for (var n = 0; n < s.N; n += most)
        {
            var piece = s with { N = Math.Min(most, s.N - n) };
            var windows = new WindowOperand<T>(Whole<T>(x), x.Offset + (long)n * s.C * s.H * s.W, piece, shape.GroupIn);
            var end = new ConvEnd<T>(Whole<T>(y), y.Offset + (long)n * shape.Out * pixels, b, shape.GroupOut, piece.N, pixels, (long)shape.Out * pixels);
            ForGroups(shape.Groups, shape.GroupOut * pixels, shape.GroupOut * shape.Taps, shape.GroupIn * s.H * s.W, shape.GroupOut,
                new GemmLaunch<T, TKernels, WindowOperand<T>, ConvEnd<T>>(Gpu, shape.GroupOut, windows.Rows, ProductSizes.One(shape.Taps), w, windows, end));
        }
    }

    void ConvBackwardInputByColumns(in ConvShape shape, in TensorView dy, in TensorView w, in TensorView dx)
    {
        var s = shape.Window;
        int groups = shape.Groups, outs = shape.GroupOut, taps = shape.Taps, pixels = s.OutH * s.OutW;
        var kernels = w.With(Layout.Of([s.N, groups, taps, outs], [0, (long)outs * taps, 1, taps]));
        var layout = Layout.Of([s.N, groups, taps, pixels]);
        var memory = Gpu.Pool.Rent(layout.Count * T.DType.Size());
        var columns = new TensorView(layout, memory, 0, T.DType);
        MatMul(kernels, dy.With(Layout.Of([s.N, groups, outs, pixels])), columns);
        Col2Im(s, columns.With(Layout.Of([s.N, groups * taps, pixels])), dx);
        Gpu.Pool.Return(memory);
    }

    /// <summary>Runs a product for each group of channels; from one to the next, each operand and the bias go on by so many elements.</summary>
    static void ForGroups<TLaunch>(int groups, long y, long a, long b, long bias, TLaunch launch) where TLaunch : struct, ILaunch
        => Nest.ForEach(new LoopNest(anyOrder: false, Layout.Of([groups], [y]), Layout.Of([groups], [a]), Layout.Of([groups], [b]), Layout.Of([groups], [bias])), default, launch);

    /// <summary>The chain over all images' pixels, cut so that there is work for many groups of threads.</summary>
    static ProductSizes WeightParts(in ConvShape shape)
    {
        const int MostTiles = 512, TileEdge = 32, LeastSteps = 256;
        const long MostElements = 1 << 24; // of all parts together
        var k = checked(shape.Window.N * shape.Window.OutH * shape.Window.OutW);
        var tiles = Pieces(shape.GroupOut, TileEdge) * Pieces(shape.Taps, TileEdge) * shape.Groups;
        var parts = Math.Min(Math.Min(MostTiles / tiles, MostElements / ((long)shape.Out * shape.Taps)), Pieces(k, LeastSteps));
        var steps = (int)Pieces(k, Math.Max(parts, 1));
        return new() { K = k, KPerPart = (steps + 15) / 16 * 16, PartStep = (long)shape.Out * shape.Taps };
    }
}
