using static MiniDL.Conformance.Rows.Shapes;

namespace MiniDL.Conformance.Rows;

/// <summary>Convolutions and pooling.</summary>
internal static class ConvolutionRows
{
    const string NoNumbers = "x is an image";
    const string FixedShapes = "the shapes follow from each other";

    static readonly Domain[] Images = [Domain.Real, Domain.Real, Domain.Real];

    readonly record struct Window(int StrideH, int StrideW, int PadTop, int PadLeft, int PadBottom, int PadRight, int DilationH, int DilationW, int Groups)
    {
        public static Window Plain { get; } = new(1, 1, 0, 0, 0, 0, 1, 1, 1);
    }

    public static IEnumerable<OpRow> All => Rows.Select(r => r.Without(Check.ZeroDim, NoNumbers).Without(Check.Broadcast, FixedShapes) with { Integers = Takes.Nothing });

    static IEnumerable<OpRow> Rows =>
    [
        Conv2d("Conv2d", x => x[0].Conv2d(x[1], x[2]), Window.Plain, [[1, 2, 3, 3], [2, 2, 2, 2], [2]], [[0, 2, 3, 3], [2, 2, 2, 2], [2]], [[3, 4, 9, 7], [5, 4, 3, 3], [5]]),
        Conv2d("Conv2d(unbatched)", x => x[0].Conv2d(x[1], x[2]), Window.Plain, [[[2, 3, 3], [2, 2, 2, 2], [2]]]),
        Conv2d("Conv2d(no bias)", x => x[0].Conv2d(x[1]), Window.Plain, [[1, 2, 3, 3], [1, 2, 2, 3]], [[2, 3, 8, 8], [4, 3, 3, 3]]),
        Conv2d("Conv2d(stride, padding)", x => x[0].Conv2d(x[1], x[2], stride: (2, 1), padding: (1, 2)), new(2, 1, 1, 2, 1, 2, 1, 1, 1), [[1, 1, 4, 3], [2, 1, 3, 2], [2]], [[2, 3, 9, 8], [4, 3, 3, 3], [4]]),
        Conv2d("Conv2d(same, dilation)", x => x[0].Conv2d(x[1], x[2], padding: "same", dilation: (1, 2)), new(1, 1, 0, 1, 1, 1, 1, 2, 1), [[1, 1, 3, 4], [2, 1, 2, 2], [2]], [[2, 2, 6, 7], [3, 2, 2, 2], [3]]),
        Conv2d("Conv2d(groups)", x => x[0].Conv2d(x[1], x[2], padding: 1, groups: 2), new(1, 1, 1, 1, 1, 1, 1, 1, 2), [[1, 4, 2, 2], [2, 2, 2, 1], [2]], [[2, 4, 6, 6], [6, 2, 3, 3], [6]]),
        Conv2d("Conv2d(depthwise)", x => x[0].Conv2d(x[1], groups: 3), new(1, 1, 0, 0, 0, 0, 1, 1, 3), [[1, 3, 2, 2], [3, 1, 2, 1]], [[2, 3, 7, 7], [3, 1, 3, 3]]),
        Conv2d("Conv2d(1x1)", x => x[0].Conv2d(x[1], x[2]), Window.Plain, [[1, 3, 2, 2], [2, 3, 1, 1], [2]], [[2, 9, 5, 5], [8, 9, 1, 1], [8]]),
        Conv1d("Conv1d", x => x[0].Conv1d(x[1], x[2]), Window.Plain, [[2, 2, 4], [2, 2, 2], [2]], [[0, 2, 4], [2, 2, 2], [2]], [[2, 4, 35], [5, 4, 3], [5]]),
        Conv1d("Conv1d(unbatched)", x => x[0].Conv1d(x[1]), Window.Plain, [[[2, 4], [1, 2, 3]]]),
        Conv1d("Conv1d(stride, padding, dilation, groups)", x => x[0].Conv1d(x[1], x[2], stride: 2, padding: 2, dilation: 2, groups: 2), new(1, 2, 0, 2, 0, 2, 1, 2, 2), [[1, 2, 5], [4, 1, 2], [4]]),
        Conv1d("Conv1d(same)", x => x[0].Conv1d(x[1], x[2], padding: "same"), new(1, 1, 0, 0, 0, 1, 1, 1, 1), [[1, 2, 4], [2, 2, 2], [2]]),
        Transposed("ConvTranspose2d", x => x[0].ConvTranspose2d(x[1], x[2]), Window.Plain, (0, 0), [[1, 2, 2, 3], [2, 2, 2, 2], [2]], [[0, 2, 2, 3], [2, 2, 2, 2], [2]], [[2, 4, 5, 6], [4, 3, 3, 3], [3]]),
        Transposed("ConvTranspose2d(unbatched, no bias)", x => x[0].ConvTranspose2d(x[1]), Window.Plain, (0, 0), [[[2, 2, 2], [2, 1, 2, 2]]]),
        Transposed("ConvTranspose2d(options)", x => x[0].ConvTranspose2d(x[1], x[2], stride: (2, 1), padding: (1, 0), outputPadding: (1, 0), groups: 2, dilation: (1, 2)), new(2, 1, 1, 0, 1, 0, 1, 2, 2), (1, 0),
            [[1, 2, 2, 2], [2, 1, 3, 2], [2]], [[2, 4, 3, 4], [4, 2, 3, 3], [4]]),
        Row("ConvTranspose1d", x => x[0].ConvTranspose1d(x[1], x[2], stride: 2, padding: 1, outputPadding: 1), x => Drop(Backward(Lift(x[0]), Lift(x[1]), x[2], new(1, 2, 0, 1, 0, 1, 1, 1, 1), (0, 1))), Images,
            [[2, 2, 3], [2, 2, 3], [2]], [[0, 2, 3], [2, 2, 3], [2]]),
        Row("ConvTranspose1d(unbatched)", x => x[0].ConvTranspose1d(x[1]), x => Drop(Backward(Lift(x[0]), Lift(x[1]), null, Window.Plain, (0, 0))), Images, [[[2, 3], [2, 1, 2]]]),
        Max("MaxPool2d", x => x.MaxPool2d(2), 2, 2, Window.Plain with { StrideH = 2, StrideW = 2 }, false, [1, 2, 4, 4], [2, 4, 3], [0, 2, 4, 4], [2, 3, 9, 8]),
        Max("MaxPool2d(options)", x => x.MaxPool2d((3, 2), stride: (2, 1), padding: (1, 1), dilation: (1, 2)), 3, 2, new(2, 1, 1, 1, 1, 1, 1, 2, 1), false, [1, 1, 5, 5], [2, 3, 9, 9]),
        Max("MaxPool2d(ceil)", x => x.MaxPool2d(2, ceilMode: true), 2, 2, Window.Plain with { StrideH = 2, StrideW = 2 }, true, [1, 1, 5, 3], [2, 3, 9, 7]),
        Several("MaxPool2dWithIndices", x => x[0].MaxPool2dWithIndices(2, padding: 1) is var (values, indices) ? [values, indices] : [], x => MaxPool(x[0], 2, 2, new(2, 2, 1, 1, 1, 1, 1, 1, 1), false), [Domain.Real], [[1, 2, 4, 4]], [[2, 3, 3]], [[0, 1, 2, 2]]),
        Average("AvgPool2d", x => x.AvgPool2d(2), 2, 2, Window.Plain with { StrideH = 2, StrideW = 2 }, false, true, 0, [1, 2, 4, 4], [2, 4, 3], [0, 2, 4, 4], [2, 3, 9, 8]),
        Average("AvgPool2d(options)", x => x.AvgPool2d((3, 2), stride: (2, 1), padding: (1, 1)), 3, 2, new(2, 1, 1, 1, 1, 1, 1, 1, 1), false, true, 0, [1, 1, 5, 4], [2, 3, 9, 8]),
        Average("AvgPool2d(without padding)", x => x.AvgPool2d(2, padding: 1, countIncludePad: false), 2, 2, new(2, 2, 1, 1, 1, 1, 1, 1, 1), false, false, 0, [1, 1, 4, 4], [2, 3, 8, 8]),
        Average("AvgPool2d(ceil, divisor)", x => x.AvgPool2d(2, ceilMode: true, divisorOverride: 3), 2, 2, Window.Plain with { StrideH = 2, StrideW = 2 }, true, true, 3, [1, 1, 5, 3], [2, 3, 9, 7]),
        Average("AvgPool2d(ceil, padding)", x => x.AvgPool2d(3, stride: 2, padding: 1, ceilMode: true), 3, 3, new(2, 2, 1, 1, 1, 1, 1, 1, 1), true, true, 0, [1, 1, 4, 4], [2, 3, 8, 6]),
    ];

    static OpRow Conv2d(string name, Func<Tensor[], Tensor> op, Window window, params int[][][] shapes)
        => Row(name, op, x => Forward(x[0], x[1], x.Length > 2 ? x[2] : null, window), Images, shapes) with { HasKernel = true };

    static OpRow Conv1d(string name, Func<Tensor[], Tensor> op, Window window, params int[][][] shapes)
        => Row(name, op, x => Drop(Forward(Lift(x[0]), Lift(x[1]), x.Length > 2 ? x[2] : null, window)), Images, shapes) with { HasKernel = true };

    static OpRow Transposed(string name, Func<Tensor[], Tensor> op, Window window, (int H, int W) outputPadding, params int[][][] shapes)
        => Row(name, op, x => Backward(x[0], x[1], x.Length > 2 ? x[2] : null, window, outputPadding), Images, shapes) with { HasKernel = true };

    static OpRow Max(string name, Func<Tensor, Tensor> op, int kernelH, int kernelW, Window window, bool ceil, params int[][] shapes)
        => Row(name, op, x => MaxPool(x, kernelH, kernelW, window, ceil)[0], Domain.Real, shapes) with { HasKernel = true };

    static OpRow Average(string name, Func<Tensor, Tensor> op, int kernelH, int kernelW, Window window, bool ceil, bool countPadding, int divisor, params int[][] shapes)
        => Row(name, op, x => AvgPool(x, kernelH, kernelW, window, ceil, countPadding, divisor), Domain.Real, shapes) with { HasKernel = true };

    static Nd Lift(Nd x) => x.Reshape([.. x.Shape[..^1], 1, x.Shape[^1]]);

    static Nd Drop(Nd y) => y.Reshape([.. y.Shape[..^2], y.Shape[^1]]);

    static Nd Forward(Nd x, Nd w, Nd? b, Window s)
    {
        if (x.Shape.Length == 3) return Unbatched(Forward(x.Reshape([1, .. x.Shape]), w, b, s));
        var (kh, kw, groupIn, groupOut) = (w.Size(2), w.Size(3), w.Size(1), w.Size(0) / s.Groups);
        var outH = ((x.Size(2) + s.PadTop + s.PadBottom - (s.DilationH * (kh - 1)) - 1) / s.StrideH) + 1;
        var outW = ((x.Size(3) + s.PadLeft + s.PadRight - (s.DilationW * (kw - 1)) - 1) / s.StrideW) + 1;
        return Nd.Make([x.Size(0), w.Size(0), outH, outW], i =>
        {
            var sum = b is null ? 0 : b[i[1]];
            for (var c = 0; c < groupIn; c++)
                for (var u = 0; u < kh; u++)
                    for (var v = 0; v < kw; v++)
                    {
                        var (h, l) = ((i[2] * s.StrideH) - s.PadTop + (u * s.DilationH), (i[3] * s.StrideW) - s.PadLeft + (v * s.DilationW));
                        if (h >= 0 && h < x.Size(2) && l >= 0 && l < x.Size(3)) sum += x[i[0], (i[1] / groupOut * groupIn) + c, h, l] * w[i[1], c, u, v];
                    }
            return sum;
        });
    }

    /// <summary>Every element of x spreads over the window of the output that it would have been made of.</summary>
    static Nd Backward(Nd x, Nd w, Nd? b, Window s, (int H, int W) outputPadding)
    {
        if (x.Shape.Length == 3) return Unbatched(Backward(x.Reshape([1, .. x.Shape]), w, b, s, outputPadding));
        var (kh, kw, groupOut, groupIn) = (w.Size(2), w.Size(3), w.Size(1), w.Size(0) / s.Groups);
        var outH = ((x.Size(2) - 1) * s.StrideH) - (2 * s.PadTop) + (s.DilationH * (kh - 1)) + outputPadding.H + 1;
        var outW = ((x.Size(3) - 1) * s.StrideW) - (2 * s.PadLeft) + (s.DilationW * (kw - 1)) + outputPadding.W + 1;
        return Nd.Make([x.Size(0), groupOut * s.Groups, outH, outW], i =>
        {
            var sum = b is null ? 0 : b[i[1]];
            var group = i[1] / groupOut;
            for (var c = 0; c < groupIn; c++)
                for (var h = 0; h < x.Size(2); h++)
                    for (var l = 0; l < x.Size(3); l++)
                        for (var u = 0; u < kh; u++)
                            for (var v = 0; v < kw; v++)
                                if ((h * s.StrideH) - s.PadTop + (u * s.DilationH) == i[2] && (l * s.StrideW) - s.PadLeft + (v * s.DilationW) == i[3])
                                    sum += x[i[0], (group * groupIn) + c, h, l] * w[(group * groupIn) + c, i[1] - (group * groupOut), u, v];
            return sum;
        });
    }

    static Nd[] MaxPool(Nd x, int kernelH, int kernelW, Window s, bool ceil)
    {
        if (x.Shape.Length == 3) return [.. MaxPool(x.Reshape([1, .. x.Shape]), kernelH, kernelW, s, ceil).Select(Unbatched)];
        var indices = new List<double>();
        var values = Pool(x, kernelH, kernelW, s, ceil, (n, c, taps) =>
        {
            var (h, l) = taps.Where(t => Inside(x, t)).MaxBy(t => x[n, c, t.H, t.W]);
            indices.Add((h * x.Size(3)) + l);
            return x[n, c, h, l];
        });
        return [values, new(values.Shape, [.. indices])];
    }

    static Nd AvgPool(Nd x, int kernelH, int kernelW, Window s, bool ceil, bool countPadding, int divisor)
    {
        if (x.Shape.Length == 3) return Unbatched(AvgPool(x.Reshape([1, .. x.Shape]), kernelH, kernelW, s, ceil, countPadding, divisor));
        return Pool(x, kernelH, kernelW, s, ceil, (n, c, taps) =>
        {
            var inside = taps.Where(t => Inside(x, t)).ToArray();
            var padded = taps.Count(t => t.H < x.Size(2) + s.PadBottom && t.W < x.Size(3) + s.PadRight);
            return inside.Sum(t => x[n, c, t.H, t.W]) / (divisor != 0 ? divisor : countPadding ? padded : inside.Length);
        });
    }

    static bool Inside(Nd x, (int H, int W) t) => t.H >= 0 && t.H < x.Size(2) && t.W >= 0 && t.W < x.Size(3);

    static Nd Pool(Nd x, int kernelH, int kernelW, Window s, bool ceil, Func<int, int, (int H, int W)[], double> f)
    {
        var outH = OutSize(x.Size(2), kernelH, s.StrideH, s.PadTop, s.DilationH, ceil);
        var outW = OutSize(x.Size(3), kernelW, s.StrideW, s.PadLeft, s.DilationW, ceil);
        return Nd.Make([x.Size(0), x.Size(1), outH, outW], i => f(i[0], i[1],
            [.. Enumerable.Range(0, kernelH * kernelW).Select(t => ((i[2] * s.StrideH) - s.PadTop + (t / kernelW * s.DilationH), (i[3] * s.StrideW) - s.PadLeft + (t % kernelW * s.DilationW)))]));
    }

    /// <summary>In ceiling mode no window may begin beyond the end and its left padding.</summary>
    static int OutSize(int size, int kernel, int stride, int padding, int dilation, bool ceil)
    {
        var room = size + (2 * padding) - (dilation * (kernel - 1)) - 1;
        var count = ((ceil ? room + stride - 1 : room) / stride) + 1;
        return ceil && (count - 1) * stride >= size + padding ? count - 1 : count;
    }

    static Nd Unbatched(Nd y) => y.Reshape(y.Shape[1..]);
}
