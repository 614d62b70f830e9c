namespace MiniDL;

/// <summary>Sizes of a 2-d convolution; every shape rule and message of the family stands here.</summary>
/// <param name="Window">How the kernel slides over the image: x is [N, C, H, W].</param>
/// <param name="Out">Output channels; w is [Out, C/Groups, KernelH, KernelW], y [N, Out, OutH, OutW].</param>
/// <param name="Groups">Independent groups of channels.</param>
public readonly record struct ConvShape(WindowShape Window, int Out, int Groups)
{
    /// <summary>Input channels of a group.</summary>
    public int GroupIn => Window.C / Groups;

    /// <summary>Output channels of a group.</summary>
    public int GroupOut => Out / Groups;

    /// <summary>Taps of one output: GroupIn·KernelH·KernelW.</summary>
    public int Taps => GroupIn * Window.KernelH * Window.KernelW;

    /// <summary>The input gradient as a convolution of dy with the flipped kernels, which a stride of 1 makes it.</summary>
    /// <remarks>Null where columns are made of dy and added back: the stride is another one, or dx has so few channels beside dy that its columns are far fewer than the windows of dy to unfold.</remarks>
    internal ConvShape? OfInputGradient()
    {
        var s = Window;
        int padTop = s.DilationH * (s.KernelH - 1) - s.PadTop, padLeft = s.DilationW * (s.KernelW - 1) - s.PadLeft;
        var fewColumns = GroupIn == 1 || 4L * GroupIn * s.OutH * s.OutW < (long)GroupOut * s.H * s.W;
        if (s is not { StrideH: 1, StrideW: 1 } || padTop < 0 || padLeft < 0 || fewColumns) return null;
        return new(new(s.N, Out, s.OutH, s.OutW, s.KernelH, s.KernelW, 1, 1, padTop, padLeft, s.DilationH, s.DilationW, s.H, s.W), s.C, Groups);
    }

    internal Layout XLayout => Layout.Of([Window.N, Window.C, Window.H, Window.W]);

    internal Layout WLayout => Layout.Of([Out, GroupIn, Window.KernelH, Window.KernelW]);

    internal Layout YLayout => Layout.Of([Window.N, Out, Window.OutH, Window.OutW]);

    /// <summary>The sizes of y = conv(x, w).</summary>
    internal static ConvShape From(string op, Tensor x, Tensor w, Tensor? b, in ConvOptions o)
    {
        Types.Expect(x, x.dtype.IsDifferentiable(), op, "x", "it must be Float32 or Float64");
        Types.Expect(w, w.dtype == x.dtype, op, "w", $"x is {x.dtype}");
        Types.SameDevice(x, w, op);
        if (x.Rank != 4 || w.Rank != 4) throw new ShapeException(op, $"x must be [N, C, H, W] and w [Out, C/groups, KH, KW]: x {x.Shape}, w {w.Shape}");
        o.Check(op);
        var (c, groups) = (x.Size(1), o.Groups);
        if (c % groups != 0 || w.Size(0) % groups != 0)
            throw new ShapeException(op, $"{groups} groups do not divide the {c} channels of x and the {w.Size(0)} of w (x {x.Shape}, w {w.Shape})", "groups");
        if (w.Size(1) * groups != c)
            throw new ShapeException(op, $"x has {c} channels, w takes {w.Size(1) * groups} (x {x.Shape}, w {w.Shape}, groups {groups})", "x", 1, w.Size(1) * groups, c);
        CheckBias(op, b, w.Size(0), x, w);
        var (kh, kw) = (w.Size(2), w.Size(3));
        var (padTop, padLeft, padH, padW) = o.Resolve(op, kh, kw);
        var outH = OutSize(op, x, w, "height", x.Size(2), kh, o.StrideH, padH, o.DilationH);
        var outW = OutSize(op, x, w, "width", x.Size(3), kw, o.StrideW, padW, o.DilationW);
        return new(new(x.Size(0), c, x.Size(2), x.Size(3), kh, kw, o.StrideH, o.StrideW, padTop, padLeft, o.DilationH, o.DilationW, outH, outW), w.Size(0), groups);
    }

    /// <summary>The sizes of x = convTranspose(y, w), as the convolution that leads back from x to y.</summary>
    internal static ConvShape Transposed(string op, Tensor y, Tensor w, Tensor? b, in ConvOptions o, int outputPaddingH, int outputPaddingW)
    {
        Types.Expect(y, y.dtype.IsDifferentiable(), op, "x", "it must be Float32 or Float64");
        Types.Expect(w, w.dtype == y.dtype, op, "w", $"x is {y.dtype}");
        Types.SameDevice(y, w, op);
        if (y.Rank != 4 || w.Rank != 4) throw new ShapeException(op, $"x must be [N, C, H, W] and w [C, Out/groups, KH, KW]: x {y.Shape}, w {w.Shape}");
        o.Check(op);
        if (y.Size(1) != w.Size(0))
            throw new ShapeException(op, $"x has {y.Size(1)} channels, w takes {w.Size(0)} (x {y.Shape}, w {w.Shape}, groups {o.Groups})", "x", 1, w.Size(0), y.Size(1));
        if (y.Size(1) % o.Groups != 0)
            throw new ShapeException(op, $"{o.Groups} groups do not divide the {y.Size(1)} channels of x {y.Shape}", "groups");
        var outChannels = w.Size(1) * o.Groups;
        CheckBias(op, b, outChannels, y, w);
        if (outputPaddingH < 0 || outputPaddingW < 0 || outputPaddingH >= Math.Max(o.StrideH, o.DilationH) || outputPaddingW >= Math.Max(o.StrideW, o.DilationW))
            throw new ShapeException(op, $"outputPadding {outputPaddingH}, {outputPaddingW} must be at least 0 and below the stride {o.StrideH}, {o.StrideW} or the dilation {o.DilationH}, {o.DilationW}", "outputPadding");
        var (kh, kw) = (w.Size(2), w.Size(3));
        var h = (y.Size(2) - 1) * o.StrideH - 2 * o.PaddingH + o.DilationH * (kh - 1) + outputPaddingH + 1;
        var width = (y.Size(3) - 1) * o.StrideW - 2 * o.PaddingW + o.DilationW * (kw - 1) + outputPaddingW + 1;
        if (h < 1 || width < 1) throw new ShapeException(op, $"the output would have height {h} and width {width} (x {y.Shape}, w {w.Shape}, padding {o.PaddingH}, {o.PaddingW})");
        return new(new(y.Size(0), outChannels, h, width, kh, kw, o.StrideH, o.StrideW, o.PaddingH, o.PaddingW, o.DilationH, o.DilationW, y.Size(2), y.Size(3)), y.Size(1), o.Groups);
    }

    static void CheckBias(string op, Tensor? b, int channels, Tensor x, Tensor w)
    {
        if (b is null) return;
        if (b.Rank != 1 || b.Size(0) != channels)
            throw new ShapeException(op, $"b has shape {b.Shape}, w {w.Shape} gives {channels} channels", "b", 0, channels);
        Types.Expect(b, b.dtype == x.dtype, op, "b", $"x is {x.dtype}");
        Types.SameDevice(x, b, op);
    }

    static int OutSize(string op, Tensor x, Tensor w, string axis, int size, int kernel, int stride, int padding, int dilation)
    {
        var reach = dilation * (kernel - 1) + 1;
        if (kernel < 1 || size + padding < reach)
            throw new ShapeException(op, $"the kernel reaches over {reach}, the padded {axis} of x is {size + padding} (x {x.Shape}, w {w.Shape})", "w");
        return (size + padding - reach) / stride + 1;
    }
}

/// <summary>The options of a convolution; 1-d ones use the W half.</summary>
internal readonly record struct ConvOptions(int StrideH, int StrideW, int PaddingH, int PaddingW, int DilationH, int DilationW, int Groups, bool Same)
{
    public void Check(string op)
    {
        if (StrideH < 1 || StrideW < 1) throw new ArgumentOutOfRangeException(nameof(StrideH), $"{Gate.Describe(op)}: stride {StrideH}, {StrideW} must be at least 1");
        if (DilationH < 1 || DilationW < 1) throw new ArgumentOutOfRangeException(nameof(DilationH), $"{Gate.Describe(op)}: dilation {DilationH}, {DilationW} must be at least 1");
        if (PaddingH < 0 || PaddingW < 0) throw new ArgumentOutOfRangeException(nameof(PaddingH), $"{Gate.Describe(op)}: padding {PaddingH}, {PaddingW} must not be negative");
        if (Groups < 1) throw new ArgumentOutOfRangeException(nameof(Groups), $"{Gate.Describe(op)}: groups {Groups} must be at least 1");
        if (Same && (StrideH != 1 || StrideW != 1)) throw new ArgumentException($"{Gate.Describe(op)}: padding \"same\" goes with a stride of 1, not {StrideH}, {StrideW}");
    }

    /// <summary>Padding above and left, and both sides' sum for each axis; "same" puts the odd one below and right.</summary>
    public (int Top, int Left, int SumH, int SumW) Resolve(string op, int kernelH, int kernelW)
    {
        if (!Same) return (PaddingH, PaddingW, 2 * PaddingH, 2 * PaddingW);
        var (h, w) = (DilationH * (kernelH - 1), DilationW * (kernelW - 1));
        return (h / 2, w / 2, h, w);
    }
}

/// <summary>Padding of a convolution: a number of zeros on each side, or <see cref="Same"/>.</summary>
public readonly record struct Padding
{
    internal int H { get; }

    internal int W { get; }

    internal bool IsSame { get; }

    Padding(int h, int w, bool same) => (H, W, IsSame) = (h, w, same);

    /// <summary>As many zeros as keep the size (stride 1).</summary>
    public static Padding Same { get; } = new(0, 0, true);

    /// <summary>Zeros above and below, and left and right.</summary>
    public static implicit operator Padding((int H, int W) both) => new(both.H, both.W, false);

    /// <summary>The same on every side.</summary>
    public static implicit operator Padding(int all) => new(all, all, false);

    /// <summary>"same".</summary>
    public static implicit operator Padding(string same) => same == "same" ? Same : same == "valid" ? 0
        : throw new ArgumentException($"padding \"{same}\"; it is a number, \"same\" or \"valid\"", nameof(same));
}

/// <summary>One number for both axes of a window, or one for each.</summary>
/// <param name="H">Along the height.</param>
/// <param name="W">Along the width.</param>
public readonly record struct Size2(int H, int W)
{
    /// <summary>The same for both.</summary>
    public static implicit operator Size2(int both) => new(both, both);

    /// <summary>Height and width.</summary>
    public static implicit operator Size2((int H, int W) pair) => new(pair.H, pair.W);
}
