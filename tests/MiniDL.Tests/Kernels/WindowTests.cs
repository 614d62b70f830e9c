namespace MiniDL.Tests;

public class WindowTests
{
    public static readonly TheoryData<WindowShape> Shapes = new(
        Shape(2, 3, 7, 6, 3, 3, 1, 1, 1, 1, 1, 1),
        Shape(1, 2, 8, 9, 3, 2, 2, 3, 0, 0, 1, 1),
        Shape(2, 1, 9, 40, 3, 5, 1, 1, 2, 4, 2, 2),
        Shape(1, 1, 3, 3, 3, 3, 2, 2, 4, 5, 1, 1),
        Shape(3, 2, 5, 5, 1, 1, 3, 3, 0, 0, 1, 1),
        Shape(2, 2, 1, 30, 1, 7, 1, 2, 0, 3, 1, 1),
        Shape(0, 2, 4, 4, 2, 2, 1, 1, 0, 0, 1, 1));

    static WindowShape Shape(int n, int c, int h, int w, int kh, int kw, int sh, int sw, int ph, int pw, int dh, int dw)
        => new(n, c, h, w, kh, kw, sh, sw, ph, pw, dh, dw, (h + 2 * ph - dh * (kh - 1) - 1) / sh + 1, (w + 2 * pw - dw * (kw - 1) - 1) / sw + 1);

    static IEnumerable<(int Column, int Image)> Pairs(WindowShape s)
    {
        var column = 0;
        for (var n = 0; n < s.N; n++)
            for (var c = 0; c < s.C; c++)
                for (var kh = 0; kh < s.KernelH; kh++)
                    for (var kw = 0; kw < s.KernelW; kw++)
                        for (var oh = 0; oh < s.OutH; oh++)
                            for (var ow = 0; ow < s.OutW; ow++, column++)
                            {
                                var (h, w) = (oh * s.StrideH - s.PadTop + kh * s.DilationH, ow * s.StrideW - s.PadLeft + kw * s.DilationW);
                                var inside = h >= 0 && h < s.H && w >= 0 && w < s.W;
                                yield return (column, inside ? ((n * s.C + c) * s.H + h) * s.W + w : -1);
                            }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void ColumnsThereAndBack(WindowShape s)
    {
        foreach (var strides in new[] { Strides.Contiguous, Strides.Spread, Strides.Transposed, Strides.Flipped })
            foreach (var columns in new[] { Strides.Contiguous, Strides.Transposed })
            {
                var x = new Cells<float>([s.N, s.C, s.H, s.W], k => k + 1, strides);
                var y = new Cells<float>([s.N, s.C * s.KernelH * s.KernelW, s.OutH * s.OutW], columns);
                var backend = Device.Cpu.Backend(DType.Float32);
                backend.Im2Col(s, x.View, y.View);
                foreach (var (column, image) in Pairs(s)) Assert.Equal(image < 0 ? 0 : x[image], y[column]);
                y.AssertUntouchedAround();

                var dy = new Cells<float>([s.N, s.C * s.KernelH * s.KernelW, s.OutH * s.OutW], k => k % 37 / 7f, columns);
                var expected = new float[x.Count];
                foreach (var (column, image) in Pairs(s))
                    if (image >= 0) expected[image] += dy[column];
                backend.Col2Im(s, dy.View, x.View);
                Assert.Equal(expected, x.ToArray());
                x.AssertUntouchedAround();
            }
    }
}
