using ILGPU;

namespace MiniDL.Gpu;

internal sealed partial class GpuRealBackend<T> : IPoolKernels
{
    /// <inheritdoc/>
    public void MaxPoolForward(in WindowShape shape, in TensorView x, in TensorView y)
        => ForPlanes(shape, shape.OutH, shape.OutW, new MaxPoolKernel<T> { Shape = shape, X = Dense<T>(x), Y = Dense<T>(y) });

    /// <inheritdoc/>
    public void MaxPoolBackward(in WindowShape shape, in TensorView x, in TensorView dy, in TensorView dx)
        => ForPlanes(shape, shape.H, shape.W, new MaxPoolBackwardKernel<T>
        {
            Shape = shape, StrideH = new(shape.StrideH), StrideW = new(shape.StrideW), X = Dense<T>(x), Dy = Dense<T>(dy), Dx = Dense<T>(dx),
        });

    /// <inheritdoc/>
    public void AvgPoolForward(in AvgPoolShape shape, in TensorView x, in TensorView y)
        => ForPlanes(shape.Window, shape.Window.OutH, shape.Window.OutW, new AvgPoolKernel<T> { Shape = new(shape), X = Dense<T>(x), Y = Dense<T>(y) });

    /// <inheritdoc/>
    public void AvgPoolBackward(in AvgPoolShape shape, in TensorView dy, in TensorView dx)
        => ForPlanes(shape.Window, shape.Window.H, shape.Window.W, new AvgPoolBackwardKernel<T>
        {
            Shape = new(shape), StrideH = new(shape.Window.StrideH), StrideW = new(shape.Window.StrideW), Dy = Dense<T>(dy), Dx = Dense<T>(dx),
        });
}

/// <summary>The first largest element of a window: its place in the image, and itself. A NaN is larger than any number; a window that lies outside alone has −∞.</summary>
internal readonly struct Largest<T> where T : unmanaged, IReal<T>
{
    public readonly int Place;
    public readonly T Value;

    /// <summary>Looks for it in the image that begins at <paramref name="image"/>.</summary>
    public Largest(in WindowShape s, ArrayView<T> x, long image, int oh, int ow)
    {
        Place = -1;
        Value = T.Of(double.NegativeInfinity);
        for (var kh = 0; kh < s.KernelH; kh++)
        {
            var h = s.SourceH(oh, kh);
            if (h < 0 || h >= s.H) continue;
            for (var kw = 0; kw < s.KernelW; kw++)
            {
                var w = s.SourceW(ow, kw);
                if (w < 0 || w >= s.W) continue;
                var value = x[image + h * s.W + w];
                if (Place >= 0 && !(value > Value) && (T.Same(value, value) || !T.Same(Value, Value))) continue;
                Place = h * s.W + w;
                Value = value;
            }
        }
    }
}

/// <summary>y = the largest of each window.</summary>
internal struct MaxPoolKernel<T> : IPlaneKernel where T : unmanaged, IReal<T>
{
    public WindowShape Shape;
    public ArrayView<T> X, Y;

    public PlanePlaces Places { private readonly get; set; }

    public readonly void Run()
    {
        var i = Threads.Index;
        if (i >= Places.Count) return;
        var (n, c, oh, ow) = Places.At(i);
        var plane = (long)n * Shape.C + c;
        Y[plane * (Shape.OutH * Shape.OutW) + oh * Shape.OutW + ow] = new Largest<T>(Shape, X, plane * (Shape.H * Shape.W), oh, ow).Value;
    }
}

/// <summary>dx, an element a thread: it gathers the gradients of the windows whose first largest it is, in their order.</summary>
internal struct MaxPoolBackwardKernel<T> : IPlaneKernel where T : unmanaged, IReal<T>
{
    public WindowShape Shape;
    public Divider StrideH, StrideW;
    public ArrayView<T> X, Dy, Dx;

    public PlanePlaces Places { private readonly get; set; }

    public readonly void Run()
    {
        var i = Threads.Index;
        if (i >= Places.Count) return;
        var (n, c, h, w) = Places.At(i);
        var plane = (long)n * Shape.C + c;
        long image = plane * (Shape.H * Shape.W), result = plane * (Shape.OutH * Shape.OutW);
        var place = h * Shape.W + w;
        var sum = T.Of(0);
        for (var kh = Shape.KernelH - 1; kh >= 0; kh--)
        {
            var oh = Windows.Over(h + Shape.PadTop - kh * Shape.DilationH, StrideH, Shape.OutH);
            if (oh < 0) continue;
            for (var kw = Shape.KernelW - 1; kw >= 0; kw--)
            {
                var ow = Windows.Over(w + Shape.PadLeft - kw * Shape.DilationW, StrideW, Shape.OutW);
                if (ow >= 0 && new Largest<T>(Shape, X, image, oh, ow).Place == place) sum += Dy[result + oh * Shape.OutW + ow];
            }
        }
        Dx[image + place] = sum;
    }
}

/// <summary>An <see cref="AvgPoolShape"/> as kernels take it: without a truth value, whose size differs between languages.</summary>
internal readonly struct AvgShape(AvgPoolShape shape)
{
    readonly int countIncludePad = shape.CountIncludePad ? 1 : 0, divisorOverride = shape.DivisorOverride;

    /// <summary>The windows.</summary>
    public readonly WindowShape Window = shape.Window;

    /// <inheritdoc cref="AvgPoolShape.Divisor"/>
    public T Divisor<T>(int oh, int ow) where T : unmanaged, IReal<T>
        => T.From((long)new AvgPoolShape(Window, countIncludePad != 0, divisorOverride).Divisor(oh, ow));
}

/// <summary>y = the sum of each window over its divisor.</summary>
internal struct AvgPoolKernel<T> : IPlaneKernel where T : unmanaged, IReal<T>
{
    public AvgShape Shape;
    public ArrayView<T> X, Y;

    public PlanePlaces Places { private readonly get; set; }

    public readonly void Run()
    {
        var i = Threads.Index;
        if (i >= Places.Count) return;
        var (n, c, oh, ow) = Places.At(i);
        var s = Shape.Window;
        var plane = (long)n * s.C + c;
        int top = s.SourceH(oh, 0), left = s.SourceW(ow, 0);
        int bottom = Math.Min(top + s.KernelH, s.H), right = Math.Min(left + s.KernelW, s.W);
        var sum = T.Of(0);
        for (var h = Math.Max(top, 0); h < bottom; h++)
            for (var w = Math.Max(left, 0); w < right; w++) sum += X[plane * (s.H * s.W) + h * s.W + w];
        Y[plane * (s.OutH * s.OutW) + oh * s.OutW + ow] = sum / Shape.Divisor<T>(oh, ow);
    }
}

/// <summary>dx, an element a thread: it gathers its share of every window that it is in, in their order.</summary>
internal struct AvgPoolBackwardKernel<T> : IPlaneKernel where T : unmanaged, IReal<T>
{
    public AvgShape Shape;
    public Divider StrideH, StrideW;
    public ArrayView<T> Dy, Dx;

    public PlanePlaces Places { private readonly get; set; }

    public readonly void Run()
    {
        var i = Threads.Index;
        if (i >= Places.Count) return;
        var (n, c, h, w) = Places.At(i);
        var s = Shape.Window;
        var plane = (long)n * s.C + c;
        var sum = T.Of(0);
        for (var kh = s.KernelH - 1; kh >= 0; kh--)
        {
            var oh = Windows.Over(h + s.PadTop - kh, StrideH, s.OutH);
            if (oh < 0) continue;
            for (var kw = s.KernelW - 1; kw >= 0; kw--)
            {
                var ow = Windows.Over(w + s.PadLeft - kw, StrideW, s.OutW);
                if (ow >= 0) sum += Dy[plane * (s.OutH * s.OutW) + oh * s.OutW + ow] / Shape.Divisor<T>(oh, ow);
            }
        }
        Dx[plane * (s.H * s.W) + h * s.W + w] = sum;
    }
}
