using ILGPU;

namespace MiniDL.Gpu;

internal sealed partial class GpuRealBackend<T>
{
    /// <inheritdoc/>
    public override void Im2Col(in WindowShape shape, in TensorView x, in TensorView y)
        => ForPlanes(shape, shape.KernelH * shape.KernelW * shape.OutH, shape.OutW, new Im2ColKernel<T>
        {
            Shape = shape, OutH = new(shape.OutH), KernelW = new(shape.KernelW),
            X = Whole<T>(x), XStart = x.Offset, XN = x.Stride(0), XC = x.Stride(1), XH = x.Stride(2), XW = x.Stride(3),
            Y = Whole<T>(y), YStart = y.Offset, YN = y.Stride(0), YPlace = y.Stride(1), YPixel = y.Stride(2),
        });

    /// <inheritdoc/>
    public override void Col2Im(in WindowShape shape, in TensorView y, in TensorView x)
        => ForPlanes(shape, shape.H, shape.W, new Col2ImKernel<T>
        {
            Shape = shape, StrideH = new(shape.StrideH), StrideW = new(shape.StrideW),
            X = Whole<T>(x), XStart = x.Offset, XN = x.Stride(0), XC = x.Stride(1), XH = x.Stride(2), XW = x.Stride(3),
            Y = Whole<T>(y), YStart = y.Offset, YN = y.Stride(0), YPlace = y.Stride(1), YPixel = y.Stride(2),
        });

    /// <summary>Runs a kernel with a thread for each of height·width places in every channel of every image.</summary>
    void ForPlanes<TKernel>(in WindowShape shape, int height, int width, TKernel kernel) where TKernel : struct, IPlaneKernel
    {
        if (height == 0 || width == 0) return;
        var planes = (long)shape.N * shape.C;
        var most = Math.Max(Nest.MaxCount / ((long)height * width), 1);
        for (long first = 0; first < planes; first += most)
        {
            var count = (int)Math.Min(most, planes - first) * height * width;
            kernel.Places = new(shape.C, height, width, first, count);
            Gpu.LaunchThreads(kernel, count);
        }
    }
}

/// <summary>A kernel whose threads are places in channels of images.</summary>
internal interface IPlaneKernel : IKernel
{
    /// <summary>The places of a launch.</summary>
    PlanePlaces Places { set; }
}

/// <summary>The numbers of places in channels of images.</summary>
internal readonly struct PlanePlaces(int channels, int height, int width, long first, int count)
{
    readonly Divider channels = new(channels), height = new(height), width = new(width);
    readonly int first = (int)first;

    /// <summary>How many there are.</summary>
    public readonly int Count = count;

    /// <summary>Where place number <paramref name="i"/> lies.</summary>
    public (int N, int C, int H, int W) At(int i)
    {
        var h = width.Divide(ref i);
        var c = height.Divide(ref h) + first;
        var n = channels.Divide(ref c);
        return (n, c, h, i);
    }
}

/// <summary>Windows as columns, an element a thread.</summary>
internal struct Im2ColKernel<T> : IPlaneKernel where T : unmanaged, INumber<T>
{
    public WindowShape Shape;
    public Divider OutH, KernelW;
    public ArrayView<T> X, Y;
    public long XStart, XN, XC, XH, XW, YStart, YN, YPlace, YPixel;

    public PlanePlaces Places { private readonly get; set; }

    public readonly void Run()
    {
        var i = Threads.Index;
        if (i >= Places.Count) return;
        var (n, c, oh, ow) = Places.At(i);
        var tap = OutH.Divide(ref oh);
        var place = c * Shape.KernelH * Shape.KernelW + tap;
        var kh = KernelW.Divide(ref tap);
        int h = Shape.SourceH(oh, kh), w = Shape.SourceW(ow, tap);
        var inside = h >= 0 && h < Shape.H && w >= 0 && w < Shape.W;
        Y[YStart + n * YN + place * YPlace + (oh * Shape.OutW + ow) * YPixel] = inside ? X[XStart + n * XN + c * XC + h * XH + w * XW] : T.Of(0);
    }
}

/// <summary>Columns added back, an image's element a thread: it gathers its terms in the order of the kernel's places, so that no two threads write to one.</summary>
internal struct Col2ImKernel<T> : IPlaneKernel where T : unmanaged, INumber<T>
{
    public WindowShape Shape;
    public Divider StrideH, StrideW;
    public ArrayView<T> X, Y;
    public long XStart, XN, XC, XH, XW, YStart, YN, YPlace, YPixel;

    public PlanePlaces Places { private readonly get; set; }

    public readonly void Run()
    {
        var i = Threads.Index;
        if (i >= Places.Count) return;
        var (n, c, h, w) = Places.At(i);
        var from = YStart + n * YN + (long)c * Shape.KernelH * Shape.KernelW * YPlace;
        var sum = T.Of(0);
        for (var kh = 0; kh < Shape.KernelH; kh++)
        {
            var oh = Windows.Over(h + Shape.PadTop - kh * Shape.DilationH, StrideH, Shape.OutH);
            if (oh < 0) continue;
            for (var kw = 0; kw < Shape.KernelW; kw++)
            {
                var ow = Windows.Over(w + Shape.PadLeft - kw * Shape.DilationW, StrideW, Shape.OutW);
                if (ow >= 0) sum += Y[from + (kh * Shape.KernelW + kw) * YPlace + (oh * Shape.OutW + ow) * YPixel];
            }
        }
        X[XStart + n * XN + c * XC + h * XH + w * XW] = sum;
    }
}

/// <summary>What kernels over windows share.</summary>
internal static class Windows
{
    /// <summary>The window that begins <paramref name="at"/> elements into the padded image, or −1 when none of the <paramref name="count"/> does.</summary>
    public static int Over(int at, Divider stride, int count)
    {
        if (at < 0) return -1;
        var window = stride.Divide(ref at);
        return at == 0 && window < count ? window : -1;
    }
}
