namespace MiniDL.Tests;

public class CopyTests
{
    static readonly int[][] shapes = [[], [1], [67], [3, 5], [40, 70], [2, 33, 3, 65], [5, 0]];

    [Fact]
    public void CopiesBetweenAnyStrides()
    {
        foreach (var sizes in shapes)
            foreach (var from in Enum.GetValues<Strides>())
                foreach (var to in new[] { Strides.Contiguous, Strides.Spread, Strides.Transposed, Strides.Flipped })
                {
                    Copies(sizes, k => k + 1f, from, to);
                    Copies(sizes, k => k + 1.0, from, to);
                    Copies(sizes, k => (byte)(k & 1), from, to);
                    Copies(sizes, k => (Half)(k & 255), from, to);
                }
    }

    static void Copies<T>(int[] sizes, Func<long, T> value, Strides from, Strides to) where T : unmanaged
    {
        var (x, y) = (new Cells<T>(sizes, value, from), new Cells<T>(sizes, to));
        Device.Cpu.Backend(x.View.DType).Copy(x.View, y.View);
        for (long k = 0; k < y.Count; k++) Assert.Equal(x[k], y[k]);
        y.AssertUntouchedAround();
    }

    [Fact]
    public void UploadsAndDownloads()
    {
        var backend = Device.Cpu.Backend(DType.Int32);
        var y = new TensorView(Layout.Of([2, 3]), backend.Allocate(24), 0, DType.Int32);
        var bytes = Enumerable.Range(0, 24).Select(i => (byte)i).ToArray();
        backend.Upload(bytes, y);
        var back = new byte[24];
        backend.Download(y, back);
        Assert.Equal(bytes, back);
    }

    [Fact]
    public void CastsAsCSharpDoes()
    {
        double[] values = [0, -0.0, 1, -1, 2.5, -2.5, 1e10, -1e10, 1e300, 0.1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 16777217];
        var x = new Cells<double>([values.Length], k => values[k]);
        Casts(x, v => (float)v);
        Casts(x, v => (int)v);
        Casts(x, v => (long)v);
        Casts(x, v => v != 0 ? (byte)1 : (byte)0);
        Casts(x, v => (Half)v);
        Casts(x, v => (BFloat16)(float)v);
        long[] integers = [0, 1, -1, long.MaxValue, long.MinValue, (1L << 53) + 1, 1L << 31];
        var whole = new Cells<long>([integers.Length], k => integers[k], Strides.Flipped);
        Casts(whole, v => (float)v);
        Casts(whole, v => (double)v);
        Casts(whole, v => (int)v);
        Casts(whole, v => v != 0 ? (byte)1 : (byte)0);
        Casts(whole, v => (Half)v);
        Casts(new Cells<byte>([3, 4], k => (byte)(k & 1), Strides.Transposed), v => (float)v);
        Casts(new Cells<float>([3, 4], k => k, Strides.Spread), v => (double)v);
        Casts(new Cells<float>([3, 4], k => k, Strides.Spread), v => v);
        Casts(new Cells<Half>([3, 4], k => (Half)k, Strides.Repeated), v => (float)v);
        Casts(new Cells<BFloat16>([3, 4], k => (BFloat16)(float)k), v => (float)v);
    }

    static void Casts<T, U>(Cells<T> x, Func<T, U> expected) where T : unmanaged where U : unmanaged
    {
        foreach (var strides in new[] { Strides.Contiguous, Strides.Spread, Strides.Flipped })
        {
            var y = new Cells<U>([.. x.View.Sizes], strides);
            Device.Cpu.Backend(x.View.DType).Cast(x.View, y.View);
            for (long k = 0; k < y.Count; k++) Assert.Equal(expected(x[k]), y[k]);
            y.AssertUntouchedAround();
        }
    }
}
