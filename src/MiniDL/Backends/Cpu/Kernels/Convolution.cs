using System.Runtime.CompilerServices;

namespace MiniDL;

/// <summary>Convolution as products with windows that are unfolded into the cache.</summary>
/// <remarks>
/// Order of operations (docs/numerics.md): an output is its bias and then one FMA chain over (c, kh, kw). The input gradient is, for a stride of 1 and several
/// input channels a group, a convolution of dy with the flipped kernels; else products of columns, added back in the order of (c, kh, kw). The weight gradient is cut in parts of images by the sizes alone; a part is one chain over its images and their
/// outputs, and the parts are added in order.
/// </remarks>
internal sealed unsafe partial class CpuBackend<E> : IConvKernels
{
    /// <inheritdoc/>
    public void ConvForward(in ConvShape shape, in TensorView x, in TensorView w, in TensorView b, in TensorView y)
    {
        fixed (byte* px = x, pw = w, pb = &Start(!b.IsNone, b), py = y)
            ForImages(new ConvImages<E>(ConvStep.Forward, shape) { X = (E*)px, W = (E*)pw, B = (E*)pb, Y = (E*)py });
    }

    /// <inheritdoc/>
    public void ConvBackwardInput(in ConvShape shape, in TensorView dy, in TensorView w, in TensorView dx)
    {
        if (shape.OfInputGradient() is not { } back)
        {
            ConvBackwardInputByColumns(shape, dy, w, dx);
            return;
        }
        var flipped = BufferPool.Cpu.Rent(w.Count * sizeof(E));
        fixed (byte* pdy = dy, pw = w, pdx = dx)
        {
            Flip(shape, (E*)pw, (E*)flipped.Pointer);
            ForImages(new ConvImages<E>(ConvStep.Forward, back) { X = (E*)pdy, W = (E*)flipped.Pointer, Y = (E*)pdx });
        }
        flipped.LetGo();
    }

    void ConvBackwardInputByColumns(in ConvShape shape, in TensorView dy, in TensorView w, in TensorView dx)
    {
        var s = shape.Window;
        var layout = Layout.Of([s.N, s.C * s.KernelH * s.KernelW, s.OutH * s.OutW]);
        var columns = BufferPool.Cpu.Rent(layout.Count * sizeof(E));
        fixed (byte* pdy = dy, pw = w)
            ForImages(new ConvImages<E>(ConvStep.Columns, shape) { X = (E*)pdy, W = (E*)pw, Y = (E*)columns.Pointer });
        Col2Im(s, new TensorView(layout, columns, 0, DType), dx);
        columns.LetGo();
    }

    /// <inheritdoc/>
    public void ConvBackwardWeight(in ConvShape shape, in TensorView x, in TensorView dy, in TensorView dw)
    {
        fixed (byte* px = x, pdy = dy, pdw = dw)
        {
            var parts = new ConvWeightParts<E>(shape) { X = (E*)px, Dy = (E*)pdy };
            var sums = parts.Parts == 1 ? null : BufferPool.Cpu.Rent(parts.Parts * dw.Count * sizeof(E));
            parts.Dw = sums is null ? (E*)pdw : (E*)sums.Pointer;
            WorkerPool.For(parts.Parts, ref parts);
            if (sums is null) return;
            var count = checked((int)dw.Count);
            Reduce(default(SumOp), new TensorView(Layout.Of([parts.Parts, count]), sums, 0, DType), dw.With(Layout.Of([1, count])));
            sums.LetGo();
        }
    }

    static void ForImages(ConvImages<E> images) => WorkerPool.For(images.Chunks, ref images);

    /// <summary>w [G·O, C, KH, KW] as kernels [G·C, O, KH, KW] with their taps in reverse.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Flip(in ConvShape shape, E* w, E* y)
    {
        int taps = shape.Window.KernelH * shape.Window.KernelW, ins = shape.GroupIn, outs = shape.GroupOut;
        for (var g = 0; g < shape.Groups; g++)
            for (var c = 0; c < ins; c++)
                for (var o = 0; o < outs; o++, y += taps)
                {
                    var kernel = w + ((nint)(g * outs + o) * ins + c) * taps;
                    for (var t = 0; t < taps; t++) y[t] = kernel[taps - 1 - t];
                }
    }
}

/// <summary>Which of the convolutions goes over the images.</summary>
internal enum ConvStep
{
    /// <summary>y from x.</summary>
    Forward,

    /// <summary>The columns of dx from dy.</summary>
    Columns,
}

/// <summary>A convolution image by image; a chunk is a few images.</summary>
internal unsafe struct ConvImages<E> : IChunks where E : unmanaged
{
    readonly ConvStep step;
    readonly ConvShape shape;
    readonly int perChunk;
    public E* X, W, B, Y;

    public ConvImages(ConvStep step, ConvShape shape)
    {
        (this.step, this.shape) = (step, shape);
        var work = Gemm.Work(shape.Out, shape.Window.OutH * shape.Window.OutW, shape.Taps);
        perChunk = (int)Math.Clamp(Gemm.LeastChunk / Math.Max(work, 1), 1, Math.Max(shape.Window.N, 1));
    }

    public readonly long Chunks => (shape.Window.N + perChunk - 1) / perChunk;

    public readonly void Run(long index)
    {
        var end = Math.Min(shape.Window.N, (index + 1) * perChunk);
        for (var n = index * perChunk; n < end; n++)
            if (step == ConvStep.Forward) Forward(n);
            else Columns(n);
    }

    readonly void Forward(long n)
    {
        var s = shape.Window;
        int outputs = s.OutH * s.OutW, outs = shape.GroupOut;
        var group = s with { C = shape.GroupIn };
        var memory = (E*)Scratch<ConvImages<E>>.Get(ConvPlane<E>.Size(group) * sizeof(E));
        for (var g = 0; g < shape.Groups; g++)
        {
            var x = X + (n * s.C + g * shape.GroupIn) * s.H * s.W;
            var y = Y + (n * shape.Out + g * outs) * outputs;
            if (B != null)
                for (var o = 0; o < outs; o++) new Span<E>(y + (nint)o * outputs, outputs).Fill(B[g * outs + o]);
            var columns = new ConvColumns<E>(group, ConvPlane<E>.Of(group, x, memory));
            Multiply(outs, outputs, shape.Taps, new(W + (nint)g * outs * shape.Taps, shape.Taps), columns, new(y, outputs), B != null);
        }
    }

    // One image alone is cut between the threads instead.
    readonly void Multiply(int m, int n, int k, GemmMatrix<E> a, ConvColumns<E> b, GemmMatrix<E> c, bool accumulate)
    {
        if (Chunks == 1) Gemm.RunParallel(m, n, k, a, b, c, accumulate);
        else Gemm.Run(m, n, k, a, b, c, accumulate);
    }

    readonly void Columns(long n)
    {
        int outputs = shape.Window.OutH * shape.Window.OutW, outs = shape.GroupOut;
        for (var g = 0; g < shape.Groups; g++)
        {
            var dy = new GemmMatrix<E>(X + (n * shape.Out + g * outs) * outputs, outputs);
            var w = new GemmMatrix<E>(W + (nint)g * outs * shape.Taps, shape.Taps);
            Gemm.Run(shape.Taps, outputs, outs, w.Transposed, dy, new GemmMatrix<E>(Y + (n * shape.Groups + g) * shape.Taps * outputs, outputs));
        }
    }
}

/// <summary>The weight gradient, in parts of images that the sizes alone decide.</summary>
internal unsafe struct ConvWeightParts<E> : IChunks where E : unmanaged
{
    const int MostParts = 8;
    const long MostElements = 1 << 22; // of all parts together

    readonly ConvShape shape;
    public readonly int Parts;
    public E* X, Dy, Dw;

    public ConvWeightParts(ConvShape shape)
    {
        this.shape = shape;
        var size = Math.Max((long)shape.Out * shape.Taps, 1);
        Parts = (int)Math.Clamp(Math.Min(MostElements / size, shape.Window.N), 1, MostParts);
    }

    public readonly void Run(long part)
    {
        var s = shape.Window;
        int outputs = s.OutH * s.OutW, outs = shape.GroupOut;
        var group = s with { C = shape.GroupIn };
        var dw = Dw + part * shape.Out * shape.Taps;
        long first = part * s.N / Parts, end = (part + 1) * s.N / Parts;
        if (first == end) new Span<byte>(dw, checked(shape.Out * shape.Taps * sizeof(E))).Clear();
        var columns = (E*)Scratch<ConvWeightParts<E>>.Get(((long)shape.Taps * outputs + ConvPlane<E>.Size(group)) * sizeof(E));
        for (var n = first; n < end; n++)
            for (var g = 0; g < shape.Groups; g++)
            {
                var plane = ConvPlane<E>.Of(group, X + (n * s.C + g * shape.GroupIn) * s.H * s.W, columns + (nint)shape.Taps * outputs);
                new ConvColumns<E>(group, plane).Unfold(columns);
                var dy = new GemmMatrix<E>(Dy + (n * shape.Out + g * outs) * outputs, outputs);
                var target = new GemmMatrix<E>(dw + (nint)g * outs * shape.Taps, shape.Taps);
                Gemm.Run(outs, shape.Taps, outputs, dy, new GemmMatrix<E>(columns, outputs).Transposed, target, accumulate: n > first);
            }
    }
}
