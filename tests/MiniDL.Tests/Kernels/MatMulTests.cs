namespace MiniDL.Tests;

/// <summary>The matrix product against its definition, one chain of fused multiply-adds an element in the order of k: to the last bit, whatever the way.</summary>
[Collection(nameof(Serial))]
public sealed class MatMulTests : IDisposable
{
    readonly int threads = WorkerPool.Threads;

    public void Dispose() => WorkerPool.Threads = threads;

    static readonly int[] edges = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 15, 16, 17, 25, 31, 33];

    static CpuBackend<E> Backend<E>() where E : unmanaged => (CpuBackend<E>)Device.Cpu.Backend(DTypes.Of<E>());

    static float Value(long i) => (float)Math.Sin(i * 0.7 + 1) * (i % 5 == 0 ? 1e3f : 1);

    static float Chain(float a, float b, float c) => Widths.Fma ? float.FusedMultiplyAdd(a, b, c) : a * b + c;

    static double Chain(double a, double b, double c) => Widths.Fma ? double.FusedMultiplyAdd(a, b, c) : a * b + c;

    static E Chain<E>(E a, E b, E c) where E : unmanaged
        => typeof(E) == typeof(float) ? (E)(object)Chain((float)(object)a, (float)(object)b, (float)(object)c)
            : (E)(object)Chain((double)(object)a, (double)(object)b, (double)(object)c);

    static void Check(int[] batch, int m, int n, int k, Strides aStrides = Strides.Contiguous, Strides bStrides = Strides.Contiguous)
    {
        var a = new Cells<float>([.. batch, m, k], Value, aStrides);
        var b = new Cells<float>([.. batch, k, n], i => Value(i + 17), bStrides);
        var y = new Cells<float>([.. batch, m, n]);
        Backend<float>().MatMul(a.View, b.View, y.View);
        float[] x = a.ToArray(), w = b.ToArray(), found = y.ToArray();
        for (var at = 0; at < found.Length; at++)
        {
            int j = at % n, i = at / n % m, of = at / n / m;
            var sum = 0f;
            for (var p = 0; p < k; p++) sum = Chain(x[(of * m + i) * k + p], w[(of * k + p) * n + j], sum);
            if (sum != found[at]) Assert.Fail($"{m}x{k}x{n} {aStrides} {bStrides}, batch {of}: y[{i},{j}] is {found[at]:R}, not {sum:R}");
        }
        y.AssertUntouchedAround();
    }

    [Fact]
    public void SmallSizes()
    {
        foreach (var m in edges)
            foreach (var n in edges)
                foreach (var k in (int[])[0, 1, 2, 3, 4, 5, 7, 8, 16, 19])
                    Check([], m, n, k);
    }

    [Fact]
    public void EveryPairOfStrides()
    {
        foreach (var aStrides in Enum.GetValues<Strides>())
            foreach (var bStrides in Enum.GetValues<Strides>())
                foreach (var (m, n, k) in ((int, int, int)[])[(1, 1, 9), (1, 40, 21), (40, 1, 21), (3, 70, 11), (8, 129, 37), (129, 8, 37), (33, 35, 34), (65, 98, 101)])
                {
                    Check([], m, n, k, aStrides, bStrides);
                    Check([3], m, n, k, aStrides, bStrides);
                }
    }

    [Theory]
    [InlineData(3, 40, 515)]
    [InlineData(14, 33, 1029)]
    [InlineData(201, 50, 513)]
    [InlineData(197, 131, 520)]
    [InlineData(5, 2100, 18)]
    [InlineData(20, 2087, 30)]
    [InlineData(2, 5000, 9)]
    [InlineData(260, 2051, 14)]
    public void AroundBlocks(int m, int n, int k)
    {
        foreach (var aStrides in (Strides[])[Strides.Contiguous, Strides.Transposed])
            foreach (var bStrides in (Strides[])[Strides.Contiguous, Strides.Transposed])
                Check([], m, n, k, aStrides, bStrides);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void AnyNumberOfThreads(int count)
    {
        WorkerPool.Threads = count;
        Check([], 130, 140, 150);
        Check([], 1, 1100, 600);
        Check([], 2, 3, 400_000, Strides.Contiguous, Strides.Transposed);
        Check([], 700, 9, 800);
        Check([30], 50, 40, 30);
        Check([2], 120, 110, 100);
        Check([2, 3], 90, 10, 300);
    }

    [Fact]
    public void BatchAxesBroadcast()
    {
        var a = new Cells<float>([4, 1, 5, 7], Value);
        var b = new Cells<float>([1, 3, 7, 9], i => Value(i + 3));
        var y = new Cells<float>([4, 3, 5, 9]);
        var x = a.View.With(Layout.Of([4, 3, 5, 7], [35, 0, 7, 1]));
        var w = b.View.With(Layout.Of([4, 3, 7, 9], [0, 63, 9, 1]));
        Backend<float>().MatMul(x, w, y.View);
        AssertBatches(4 * 3, i => (i / 3 * 35, i % 3 * 63));

        // b has no batch axis: the rows of all batches are one product.
        var flat = b.View.With(Layout.Of([4, 1, 7, 9], [0, 0, 9, 1]));
        y = new Cells<float>([4, 1, 5, 9]);
        Backend<float>().MatMul(a.View, flat, y.View);
        AssertBatches(4, i => (i * 35, 0));

        // One row a batch, and rows that lie in a column.
        y = new Cells<float>([4, 6, 1, 9]);
        Backend<float>().MatMul(a.View.With(Layout.Of([4, 6, 1, 7], [30, 1, 99, 2])), b.View.With(Layout.Of([4, 6, 7, 9], [0, 0, 9, 1])), y.View);
        for (var i = 0; i < 4; i++)
            for (var r = 0; r < 6; r++)
                AssertRow(y, (i * 6 + r) * 9, p => a[i * 30 + r + p * 2], (p, j) => b[p * 9 + j]);

        void AssertBatches(int count, Func<int, (int A, int B)> start)
        {
            for (var i = 0; i < count; i++)
                for (var r = 0; r < 5; r++)
                    AssertRow(y, (i * 5 + r) * 9, p => a[start(i).A + r * 7 + p], (p, j) => b[start(i).B + p * 9 + j]);
        }

        static void AssertRow(Cells<float> y, int first, Func<int, float> a, Func<int, int, float> b)
        {
            for (var j = 0; j < 9; j++)
            {
                var sum = 0f;
                for (var p = 0; p < 7; p++) sum = Chain(a(p), b(p, j), sum);
                Assert.Equal(sum, y[first + j]);
            }
        }
    }

    [Fact]
    public void ARowDoesNotDependOnItsBatch()
    {
        const int m = 70, n = 50, k = 600;
        var a = new Cells<float>([m, k], Value);
        var b = new Cells<float>([k, n], i => Value(i + 5));
        var all = new Cells<float>([m, n]);
        Backend<float>().MatMul(a.View, b.View, all.View);
        for (var i = 0; i < m; i++)
        {
            var alone = new Cells<float>([1, n]);
            Backend<float>().MatMul(a.View.With(Layout.Of([1, k]), i * k), b.View, alone.View);
            Assert.Equal(all.ToArray()[(i * n)..(i * n + n)], alone.ToArray());
        }
    }

    [Fact]
    public void EveryWidth()
    {
        foreach (var (m, n, k) in ((int, int, int)[])[(1, 1, 1), (2, 40, 9), (5, 7, 30), (12, 8, 5), (13, 16, 700), (30, 37, 20), (64, 100, 33), (23, 130, 515), (500, 20, 300)])
            foreach (var accumulate in (bool[])[false, true])
            {
                At<float, V128<float>>(m, n, k, accumulate);
                At<float, V256<float>>(m, n, k, accumulate);
                At<float, V512<float>>(m, n, k, accumulate);
                At<double, V128<double>>(m, n, k, accumulate);
                At<double, V256<double>>(m, n, k, accumulate);
                At<double, V512<double>>(m, n, k, accumulate);
            }
    }

    static unsafe void At<E, T>(int m, int n, int k, bool accumulate)
        where E : unmanaged
        where T : struct, IVectorLanes<T, E>
    {
        var a = new E[m * k];
        var b = new E[k * n];
        for (var i = 0; i < a.Length; i++) a[i] = Element.Of<E>(Value(i));
        for (var i = 0; i < b.Length; i++) b[i] = Element.Of<E>(Value(i + 9));
        fixed (E* pa = a, pb = b)
            for (var form = 0; form < 8; form++)
            {
                bool aTurned = (form & 1) != 0, bTurned = (form & 2) != 0, cTurned = (form & 4) != 0;
                GemmMatrix<E> x = aTurned ? new(pa, 1, m) : new(pa, k), w = bTurned ? new(pb, 1, k) : new(pb, n);
                var c = new E[m * n + 1];
                for (var i = 0; i < c.Length; i++) c[i] = Element.Of<E>(i);
                fixed (E* pc = c)
                {
                    GemmMatrix<E> y = cTurned ? new(pc, 1, m) : new(pc, n);
                    var stored = new StoredB<E>(w);
                    GemmBlocks<T, E>.Product(m, n, k, x, ref stored, 0, y, accumulate);
                    for (var i = 0; i < m; i++)
                        for (var j = 0; j < n; j++)
                        {
                            var sum = accumulate ? Element.Of<E>((int)(y.At(i, j) - pc)) : default;
                            for (var p = 0; p < k; p++) sum = Chain(*x.At(i, p), *w.At(p, j), sum);
                            if (!sum.Equals(*y.At(i, j))) Assert.Fail($"{typeof(T)} {m}x{k}x{n} form {form}: y[{i},{j}] is {*y.At(i, j)}, not {sum}");
                        }
                    Assert.Equal(Element.Of<E>(m * n), c[m * n]);
                }
            }
    }

    [Fact]
    public void Integers()
    {
        var a = new Cells<int>([2, 3, 4], i => (int)i - 7, Strides.Transposed);
        var b = new Cells<int>([2, 4, 5], i => (int)i * 3 - 20);
        var y = new Cells<int>([2, 3, 5]);
        Backend<int>().MatMul(a.View, b.View, y.View);
        var c = new Cells<long>([1, 1], i => 3_000_000_000);
        var z = new Cells<long>([1, 1]);
        Backend<long>().MatMul(c.View, c.View, z.View);
        Assert.Equal(9_000_000_000_000_000_000, z[0]);
        for (var at = 0; at < 30; at++)
        {
            int j = at % 5, i = at / 5 % 3, of = at / 15, sum = 0;
            for (var p = 0; p < 4; p++) sum += a[(of * 3 + i) * 4 + p] * b[(of * 4 + p) * 5 + j];
            Assert.Equal(sum, y[at]);
        }
    }

    [Fact]
    public void NothingIsAllocated()
    {
        foreach (var (m, n, k) in ((int, int, int)[])[(2, 2, 16), (64, 10, 84), (1, 700, 900), (150, 160, 170)])
        {
            var a = new Cells<float>([m, k], Value);
            var b = new Cells<float>([k, n], Value);
            var y = new Cells<float>([m, n]);
            for (var i = 0; i < 20; i++) Backend<float>().MatMul(a.View, b.View, y.View);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 20; i++) Backend<float>().MatMul(a.View, b.View, y.View);
            // The views themselves are structs; 20 calls that allocated would show far more than the runtime's own noise.
            Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        }
    }
}
