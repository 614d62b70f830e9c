namespace MiniDL.Tests;

/// <summary>Dot-product attention: the kernels against its definition, the composite and each other.</summary>
[Collection(nameof(Serial))]
public sealed class AttentionTests : IDisposable
{
    const int Tile = 128; // keys of a tile

    readonly int threads = WorkerPool.Threads;

    public void Dispose() => WorkerPool.Threads = threads;

    static Tensor Values(int seed, params int[] shape)
    {
        var layout = Layout.Of(shape);
        var random = new Random(seed);
        var values = new double[layout.Count];
        for (var i = 0; i < values.Length; i++) values[i] = random.NextDouble() * 3 - 1.5;
        return Tensor.From(values).Reshape(shape);
    }

    static Tensor Truths(int seed, params int[] shape) => Values(seed, shape) > -0.75;

    /// <summary>Operands of a shape: q, k, v.</summary>
    static Tensor[] Operands(int[] batch, int tq, int tk, int d, int dv, DType dtype = DType.Float64)
        => [Values(1, [.. batch, tq, d]).To(dtype), Values(2, [.. batch, tk, d]).To(dtype), Values(3, [.. batch, tk, dv]).To(dtype)];

    static Tensor Fused(Tensor[] x, Tensor? mask = null, bool causal = false, double? scale = null)
    {
        using var fused = Fusion.Use(FusedKernels.Required);
        return x[0].ScaledDotProductAttention(x[1], x[2], mask, causal, scale: scale);
    }

    static Tensor Composite(Tensor[] x, Tensor? mask = null, bool causal = false, double? scale = null)
    {
        using var off = Fusion.Use(FusedKernels.Off);
        return x[0].ScaledDotProductAttention(x[1], x[2], mask, causal, scale: scale);
    }

    /// <summary>The result and the three gradients.</summary>
    static Tensor[] WithGradients(Func<Tensor[], Tensor> f, Tensor[] x)
    {
        Tensor[] leaves = [.. x.Select(u => u.Detach())];
        foreach (var leaf in leaves) leaf.RequiresGrad = true;
        var y = f(leaves);
        var dy = Values(9, y.Shape.ToArray()).To(y.DType);
        return [y.Detach(), .. Autograd.Grad((y * dy).Sum(), leaves).Select(g => g!)];
    }

    static void AssertClose(Tensor expected, Tensor actual, double tolerance, string what)
    {
        Assert.Equal(expected.Shape.ToArray(), actual.Shape.ToArray());
        double[] e = expected.To(DType.Float64).ToArray<double>(), a = actual.To(DType.Float64).ToArray<double>();
        for (var i = 0; i < e.Length; i++)
            if (!(Math.Abs(e[i] - a[i]) <= tolerance * (1 + Math.Abs(e[i]))) && !e[i].Equals(a[i]))
                Assert.Fail(FormattableString.Invariant($"{what}: element {i} is {a[i]:R}, expected {e[i]:R}"));
    }

    static void AssertSameBits(Tensor expected, Tensor actual) => Assert.Equal(expected.ToArray<float>(), actual.ToArray<float>());

    static void AgreesWithComposite(Tensor[] x, Tensor? mask = null, bool causal = false, double? scale = null)
    {
        foreach (var (dtype, tolerance) in ((DType, double)[])[(DType.Float64, 1e-12), (DType.Float32, 1e-5)])
        {
            Tensor[] operands = [.. x.Select(u => u.To(dtype))];
            var m = mask is null || mask.DType == DType.Bool ? mask : mask.To(dtype);
            var expected = WithGradients(u => Composite(u, m, causal, scale), operands);
            var actual = WithGradients(u => Fused(u, m, causal, scale), operands);
            for (var i = 0; i < 4; i++)
                AssertClose(expected[i], actual[i], i == 0 ? tolerance : 4 * tolerance, $"{((string[])["y", "dq", "dk", "dv"])[i]} of q {x[0].Shape}, k {x[1].Shape}, v {x[2].Shape}, {dtype}, causal {causal}, mask {mask?.Shape}");
        }
    }

    [Theory]
    [InlineData(1, 1, 1, 1, false)]
    [InlineData(5, 7, 3, 4, false)]
    [InlineData(7, 5, 4, 3, true)]
    [InlineData(65, 130, 8, 17, true)]
    public void IsItsDefinition(int tq, int tk, int d, int dv, bool causal)
    {
        var x = Operands([2], tq, tk, d, dv);
        double[] q = x[0].ToArray<double>(), k = x[1].ToArray<double>(), v = x[2].ToArray<double>();
        var expected = new double[2 * tq * dv];
        for (var b = 0; b < 2; b++)
            for (var i = 0; i < tq; i++)
            {
                var weights = new double[causal ? Math.Min(tk, i + 1) : tk];
                for (var j = 0; j < weights.Length; j++)
                {
                    for (var p = 0; p < d; p++) weights[j] += q[(b * tq + i) * d + p] * k[(b * tk + j) * d + p];
                    weights[j] = Math.Exp(weights[j] / Math.Sqrt(d));
                }
                for (var j = 0; j < weights.Length; j++)
                    for (var p = 0; p < dv; p++) expected[(b * tq + i) * dv + p] += weights[j] / weights.Sum() * v[(b * tk + j) * dv + p];
            }
        Numbers.AssertNear(Fused(x, causal: causal), [2, tq, dv], expected);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(Tile - 1)]
    [InlineData(Tile)]
    [InlineData(Tile + 1)]
    [InlineData(3 * Tile + 5)]
    public void AgreesAroundTiles(int t)
    {
        foreach (var causal in (bool[])[false, true])
        {
            AgreesWithComposite(Operands([2], t, t, 16, 24), causal: causal);
            AgreesWithComposite(Operands([], t, Tile + 3, 5, 1), causal: causal);
            AgreesWithComposite(Operands([1, 2], 70, t, 8, 9), causal: causal, scale: 0.3);
        }
    }

    [Fact]
    public void MasksOfAnyStrides()
    {
        const int tq = 67, tk = Tile + 9;
        var x = Operands([2, 3], tq, tk, 8, 8);
        var kept = Tensor.Ones([tq, 1], DType.Bool);
        foreach (var causal in (bool[])[false, true])
        {
            // Key 0 stays in sight, so that no row is empty.
            AgreesWithComposite(x, Tensor.Cat([kept, Truths(4, tq, tk - 1)], 1), causal);
            AgreesWithComposite(x, Tensor.Cat([Tensor.Ones([2, 1, 1, 1], DType.Bool), Truths(5, 2, 1, 1, tk - 1)], 3), causal);
            AgreesWithComposite(x, Tensor.Cat([Tensor.Ones([1, tq], DType.Bool), Truths(6, tk - 1, tq)], 0).T(), causal);
            AgreesWithComposite(x, Values(7, tq, tk), causal);
            AgreesWithComposite(x, Values(7, 3, 1, tk), causal);
            AgreesWithComposite(x, Values(7, 2, 3, tq, 1), causal);
            AgreesWithComposite(x, Values(7, tk, tq, 3).Permute([2, 1, 0]), causal);
            AgreesWithComposite(x, Values(7, 1), causal);
        }
    }

    [Fact]
    public void KeysHiddenForTilesAtATime()
    {
        // Whole tiles out of sight before, between and after what is seen; a rising maximum; scores of −∞.
        const int t = 3 * Tile + 5;
        var x = Operands([2], t, t, 8, 8);
        var key = Tensor.Arange(t, dtype: DType.Float64);
        foreach (var seen in (Tensor[])[key >= 2 * Tile + 3, key < 2, (key < 3) | (key >= 3 * Tile)])
        {
            AgreesWithComposite(x, seen);
            AgreesWithComposite(x, Tensor.Where(seen, Tensor.Zeros([t], DType.Float64), Tensor.Full([t], double.NegativeInfinity, DType.Float64)));
        }
        AgreesWithComposite(x, key * 0.05);
        AgreesWithComposite(x, key * -0.05, causal: true);
    }

    [Fact]
    public void ARowWithoutKeysIsNaNAsInTheComposite()
    {
        var seen = (Tensor.Arange(6, dtype: DType.Float64) > 1).Reshape([6, 1]).Expand([6, 5]);
        AgreesWithComposite(Operands([2], 6, 5, 4, 3), seen);
        var y = Fused(Operands([2], 6, 5, 4, 3), seen).ToArray<double>();
        Assert.All(y[..6], u => Assert.True(double.IsNaN(u)));
        Assert.All(y[6..18], u => Assert.True(double.IsFinite(u)));
    }

    [Fact]
    public void NaNsAndInfinitiesGoWhereTheCompositeHasThem()
    {
        foreach (var value in (double[])[double.NaN, double.PositiveInfinity, double.NegativeInfinity])
        {
            var x = Operands([], 5, 6, 3, 3);
            x[1].Narrow(0, 2, 1).Fill(value);
            AssertClose(Composite(x), Fused(x), 1e-12, "y");
        }
    }

    [Fact]
    public void OperandsOfAnyStrides()
    {
        // Heads next to each other, as a projection leaves them: [B, T, H·D] → [B, H, T, D].
        Tensor Heads(int seed, int t, int d) => Values(seed, 2, t, 3 * d).Reshape([2, t, 3, d]).Permute([0, 2, 1, 3]);
        AgreesWithComposite([Heads(1, 9, 4), Heads(2, 11, 4), Heads(3, 11, 5)], causal: true);
        AgreesWithComposite([Heads(1, 9, 4), Values(2, 2, 1, 11, 4).Expand([2, 3, 11, 4]), Values(3, 2, 3, 5, 11).T()]);
    }

    [Fact]
    public void GradientsOfBothOrders()
    {
        Check([], 3, 4, 2, 3);
        Check([2], 4, 3, 3, 2, causal: true);
        Check([2, 1], 3, 3, 2, 2, mask: Tensor.Of([true, true, false, true, false, true, false, true, true]).Reshape([3, 3]));
        Check([1, 2, 1], 2, 3, 2, 2, mask: Values(4, 3), causal: true);

        static void Check(int[] batch, int tq, int tk, int d, int dv, Tensor? mask = null, bool causal = false)
            => GradientCheck.Run(u => Fused([u[0], u[1], u[2]], mask, causal), Operands(batch, tq, tk, d, dv), order: 2, rtol: 1e-4);
    }

    [Fact]
    public void GradientsOfSomeOperandsOnly()
    {
        var x = Operands([2], 70, 140, 8, 8);
        var all = WithGradients(u => Fused(u), x);
        for (var i = 0; i < 3; i++)
        {
            Tensor[] operands = [.. x];
            operands[i] = x[i].Detach();
            operands[i].RequiresGrad = true;
            var y = Fused(operands);
            var dx = Autograd.Grad((y * Values(9, y.Shape.ToArray())).Sum(), [operands[i]])[0]!;
            Assert.Equal(all[i + 1].ToArray<double>(), dx.ToArray<double>());
        }
    }

    [Fact]
    public void AMaskMayRequireAGradient()
    {
        var x = Operands([2], 3, 4, 2, 2);
        GradientCheck.Run(u => x[0].ScaledDotProductAttention(x[1], x[2], u), Values(4, 3, 4), order: 2, rtol: 1e-4);
        var mask = Values(4, 3, 4);
        mask.RequiresGrad = true;
        var e = Assert.Throws<InvalidOperationException>(() => Fused(x, mask));
        Assert.Contains("mask requires a gradient", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheWeights()
    {
        var x = Operands([2], 3, 4, 2, 2);
        var (y, weights) = x[0].ScaledDotProductAttentionWithWeights(x[1], x[2], causal: true);
        AssertClose(Fused(x, causal: true), y, 1e-12, "y");
        Assert.Equal([2, 3, 4], weights.Shape.ToArray());
        AssertClose(Tensor.Ones([2, 3], DType.Float64), weights.Sum([-1]), 1e-12, "sum of weights");
        Assert.Equal(0, weights[0, 0, 1].Item());
        GradientCheck.Run(u => u[0].ScaledDotProductAttentionWithWeights(u[1], u[2]).Weights, x, order: 2, rtol: 1e-4);
    }

    [Fact]
    public void DropoutDropsWeights()
    {
        var x = Operands([1], 50, 40, 4, 4);
        var (_, weights) = x[0].ScaledDotProductAttentionWithWeights(x[1], x[2], dropout: 0.5);
        var zeros = weights.ToArray<double>().Count(w => w == 0);
        Assert.InRange(zeros, 800, 1200);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheSameBitsAtAnyNumberOfThreads(bool causal)
    {
        foreach (var batch in (int[])[1, 3, 9])
        {
            var x = Operands([batch], 200, 300, 16, 24, DType.Float32);
            WorkerPool.Threads = 1;
            var expected = WithGradients(u => Fused(u, causal: causal), x);
            foreach (var count in (int[])[2, 3])
            {
                WorkerPool.Threads = count;
                var actual = WithGradients(u => Fused(u, causal: causal), x);
                for (var i = 0; i < 4; i++) AssertSameBits(expected[i], actual[i]);
            }
        }
    }

    [Fact]
    public void ARowDoesNotDependOnOthers()
    {
        const int tq = 150, tk = 2 * Tile + 30;
        var x = Operands([3], tq, tk, 20, 33, DType.Float32);
        var all = WithGradients(u => Fused(u), x);
        var dy = Values(9, 3, tq, 33).To(DType.Float32);
        foreach (var (b, i) in ((int, int)[])[(0, 0), (1, 5), (2, 63), (0, 64), (2, 149)])
        {
            var q = x[0].Narrow(0, b, 1).Narrow(1, i, 1).Clone();
            q.RequiresGrad = true;
            var y = Fused([q, x[1].Narrow(0, b, 1), x[2].Narrow(0, b, 1)]);
            AssertSameBits(all[0].Narrow(0, b, 1).Narrow(1, i, 1), y.Detach());
            AssertSameBits(all[1].Narrow(0, b, 1).Narrow(1, i, 1), Autograd.Grad((y * dy.Narrow(0, b, 1).Narrow(1, i, 1)).Sum(), [q])[0]!);
        }

        // A causal row, beside those above it or beside all.
        var causal = Fused(x, causal: true);
        foreach (var count in (int[])[1, 2, 63, 64, 65, 140])
            AssertSameBits(causal.Narrow(1, 0, count), Fused([x[0].Narrow(1, 0, count), x[1], x[2]], causal: true));
        // Keys to come do not matter.
        AssertSameBits(causal, Fused([x[0], x[1].Narrow(1, 0, tq), x[2].Narrow(1, 0, tq)], causal: true));
    }

    [Fact]
    public void EveryWidth()
    {
        foreach (var (tq, tk, d, dv) in ((int, int, int, int)[])[(3, 5, 3, 2), (70, 140, 16, 19), (130, 300, 24, 33)])
            foreach (var causal in (bool[])[false, true])
            {
                EqualAtEveryWidth<float>(tq, tk, d, dv, causal);
                EqualAtEveryWidth<double>(tq, tk, d, dv, causal);
            }
    }

    static void EqualAtEveryWidth<E>(int tq, int tk, int d, int dv, bool causal) where E : unmanaged
    {
        var shape = new AttentionShape(2, tq, tk, d, dv, 0.4, causal);
        var expected = At<E, V128<E>, Twice<Twice<V128<E>, E>, E>>(shape);
        Assert.Equal(expected, At<E, V256<E>, Twice<V256<E>, E>>(shape));
        Assert.Equal(expected, At<E, V512<E>, V512<E>>(shape));
    }

    // y, log Σ exp and the gradients, one behind the other.
    static unsafe E[] At<E, T, W>(AttentionShape s)
        where E : unmanaged
        where T : struct, IVectorLanes<T, E>
        where W : struct, IVectorLanes<W, E>
    {
        int queries = s.Batch * s.Tq, keys = s.Batch * s.Tk;
        var x = Values(1, queries * (s.D + s.Dv) + keys * (s.D + s.Dv) + s.Tq * s.Tk).To(DTypes.Of<E>()).ToArray<E>();
        var results = new E[queries * (s.Dv + 1 + s.D) + keys * (s.D + s.Dv)];
        fixed (E* q = x, y = results)
        {
            E* k = q + queries * s.D, v = k + keys * s.D, dy = v + keys * s.Dv, mask = dy + queries * s.Dv;
            E* sums = y + queries * s.Dv, dq = sums + queries, dk = dq + queries * s.D, dv = dk + keys * s.D;
            var tiles = new CpuBackend<E>.AttentionTiles { Shape = s, Q = q, K = k, V = v, Mask = (byte*)mask, MaskLayout = Layout.Of([s.Batch, s.Tq, s.Tk], [0, s.Tk, 1]) };
            CpuBackend<E>.AttentionForward<T, W>(tiles, y, sums);
            CpuBackend<E>.AttentionBackward<T, W>(tiles, new() { Y = y, LogSumExp = sums, Dy = dy, Dq = dq, Dk = dk, Dv = dv });
        }
        return results;
    }

    [Fact]
    public void EmptyOperands()
    {
        Assert.Equal([2, 0, 3], Run([2], 0, 4, 5, 3).Shape.ToArray());
        Assert.Equal([0, 2, 3], Run([0], 2, 4, 5, 3).Shape.ToArray());
        Assert.Equal([2, 4, 0], Run([2], 4, 4, 5, 0).Shape.ToArray());
        Numbers.AssertIs(Run([1], 2, 0, 5, 3), [1, 2, 3], new double[6]);

        static Tensor Run(int[] batch, int tq, int tk, int d, int dv)
        {
            var x = Operands(batch, tq, tk, d, dv);
            return x[0].ScaledDotProductAttention(x[1], x[2]);
        }
    }

    [Fact]
    public void Errors()
    {
        var x = Operands([2], 3, 4, 5, 6);
        Refuses("one rank of at least 2", Values(1, 5), x[1], x[2]);
        Refuses("batch axes differ at axis 0", Values(1, 3, 3, 5), x[1], x[2]);
        Refuses("has vectors of 4", Values(1, 2, 3, 4), x[1], x[2]);
        Refuses("has 4 keys", x[0], x[1], Values(3, 2, 5, 6));
        Refuses("mask [3,5] does not broadcast to the scores [2,3,4]", x[0], x[1], x[2], Values(4, 3, 5));
        Refuses("does not broadcast to the scores", x[0], x[1], x[2], Values(4, 7, 2, 3, 4));
        Assert.ThrowsAny<ArgumentException>(() => x[0].ScaledDotProductAttention(x[1].To(DType.Float32), x[2]));
        Assert.ThrowsAny<ArgumentException>(() => x[0].ScaledDotProductAttention(x[1], x[2], Tensor.Ones([3, 4], DType.Int64)));

        static void Refuses(string text, Tensor q, Tensor k, Tensor v, Tensor? mask = null)
            => Assert.Contains(text, Assert.Throws<ShapeException>(() => q.ScaledDotProductAttention(k, v, mask)).Message, StringComparison.Ordinal);
    }
}
