namespace MiniDL;

/// <summary>Sizes of a pooling; every shape rule and message of both kinds stands here.</summary>
internal static class PoolShape
{
    /// <summary>The windows over x [N, C, H, W].</summary>
    public static WindowShape From(string op, Tensor x, Size2 kernel, Size2? stride, Size2 padding, Size2 dilation, bool ceilMode)
    {
        Types.Expect(x, x.dtype.IsDifferentiable(), op, "x", "it must be Float32 or Float64");
        if (x.Rank != 4) throw new ShapeException(op, $"x has shape {x.Shape}; it must be [N, C, H, W] or [C, H, W]", "x", null, 4, x.Rank);
        var s = stride ?? kernel;
        if (kernel.H < 1 || kernel.W < 1) throw new ArgumentOutOfRangeException(nameof(kernel), $"{Gate.Describe(op)}: kernelSize {kernel.H}, {kernel.W} must be at least 1");
        if (s.H < 1 || s.W < 1) throw new ArgumentOutOfRangeException(nameof(stride), $"{Gate.Describe(op)}: stride {s.H}, {s.W} must be at least 1");
        if (dilation.H < 1 || dilation.W < 1) throw new ArgumentOutOfRangeException(nameof(dilation), $"{Gate.Describe(op)}: dilation {dilation.H}, {dilation.W} must be at least 1");
        if (padding.H < 0 || padding.W < 0 || 2 * padding.H > kernel.H || 2 * padding.W > kernel.W)
            throw new ArgumentOutOfRangeException(nameof(padding), $"{Gate.Describe(op)}: padding {padding.H}, {padding.W} must lie between 0 and half the kernelSize {kernel.H}, {kernel.W}");
        var outH = OutSize(op, x, "height", x.Size(2), kernel.H, s.H, padding.H, dilation.H, ceilMode);
        var outW = OutSize(op, x, "width", x.Size(3), kernel.W, s.W, padding.W, dilation.W, ceilMode);
        return new(x.Size(0), x.Size(1), x.Size(2), x.Size(3), kernel.H, kernel.W, s.H, s.W, padding.H, padding.W, dilation.H, dilation.W, outH, outW);
    }

    static int OutSize(string op, Tensor x, string axis, int size, int kernel, int stride, int padding, int dilation, bool ceilMode)
    {
        var reach = dilation * (kernel - 1) + 1;
        var room = size + 2 * padding - reach;
        if (room < 0)
            throw new ShapeException(op, $"the window reaches over {reach}, the padded {axis} of x is {size + 2 * padding} (x {x.Shape})", "kernelSize");
        if (!ceilMode) return room / stride + 1;
        var count = (room + stride - 1) / stride + 1;
        return (count - 1) * stride >= size + padding ? count - 1 : count; // the last window must begin inside the image
    }

    /// <summary>Images with their channels as images of one channel, as columns are made of them.</summary>
    public static WindowShape Planes(in WindowShape s) => s with { N = s.N * s.C, C = 1 };

    /// <summary>The sizes of y.</summary>
    public static Layout OutLayout(in WindowShape s) => Layout.Of([s.N, s.C, s.OutH, s.OutW]);

    /// <summary>The sizes of x.</summary>
    public static Layout InLayout(in WindowShape s) => Layout.Of([s.N, s.C, s.H, s.W]);
}

/// <summary>The kernels that pooling wants; all views are contiguous.</summary>
internal interface IPoolKernels
{
    /// <summary>y = the largest of each window; NaN when one is in it.</summary>
    void MaxPoolForward(in WindowShape shape, in TensorView x, in TensorView y);

    /// <summary>dx: each dy goes to the first largest of its window.</summary>
    void MaxPoolBackward(in WindowShape shape, in TensorView x, in TensorView dy, in TensorView dx);

    /// <summary>y = the sum of each window over its divisor.</summary>
    void AvgPoolForward(in AvgPoolShape shape, in TensorView x, in TensorView y);

    /// <summary>dx: each dy over its divisor goes to all of its window.</summary>
    void AvgPoolBackward(in AvgPoolShape shape, in TensorView dy, in TensorView dx);
}
