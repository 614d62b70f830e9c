namespace MiniDL.Tests;

public class NormalizationTests
{
    const double Eps = 1e-5;

    /// <summary>(x − mean)/√(var + ε) of the elements at these places.</summary>
    static void Normalize(double[] x, double[] y, int[] places)
    {
        double mean = 0, variance = 0;
        foreach (var i in places) mean += x[i] / places.Length;
        foreach (var i in places) variance += (x[i] - mean) * (x[i] - mean) / places.Length;
        foreach (var i in places) y[i] = (x[i] - mean) / Math.Sqrt(variance + Eps);
    }

    /// <summary>y·w + b, each with the element that <paramref name="at"/> says.</summary>
    static void Affine(double[] y, Tensor? w, Tensor? b, Func<int, int> at)
    {
        var (scale, shift) = (w?.ToArray<double>(), b?.ToArray<double>());
        for (var i = 0; i < y.Length; i++) y[i] = y[i] * (scale?[at(i)] ?? 1) + (shift?[at(i)] ?? 0);
    }

    static int[] Places(int count, Func<int, bool> belongs) => [.. Enumerable.Range(0, count).Where(belongs)];

    static readonly bool[] NoYes = [false, true];

    [Fact]
    public void LayerNormIsTheFormula()
    {
        foreach (var (shape, axes) in new (int[], int)[] { ([4, 5], 1), ([3, 256], 1), ([2, 3, 7], 2), ([1, 20000], 1), ([100, 70], 1), ([6], 1), ([300, 64], 1) })
            foreach (var scaled in NoYes)
                foreach (var shifted in NoYes)
                    foreach (var fusion in Given.BothWays)
                    {
                        using var mode = Fusion.Use(fusion);
                        var x = Given.Of(shape);
                        int[] rowShape = shape[^axes..];
                        var w = scaled ? Given.Of(rowShape, 1) : null;
                        var b = shifted ? Given.Of(rowShape, 2) : null;
                        var d = (int)Layout.Of(rowShape).Count;
                        var (values, expected) = (x.ToArray<double>(), new double[x.Length]);
                        for (var row = 0; row < x.Length / d; row++) Normalize(values, expected, [.. Enumerable.Range(row * d, d)]);
                        Affine(expected, w, b, i => i % d);
                        Given.AssertNear(expected, x.LayerNorm(rowShape, w, b), 1e-11);
                        Given.AssertNear(expected, Given.Strided(x).LayerNorm(rowShape, w is null ? null : Given.Strided(w), b is null ? null : Given.Strided(b)), 1e-11);
                        Given.AssertNear(expected, x.To(DType.Float32).LayerNorm(rowShape, w?.To(DType.Float32), b?.To(DType.Float32)), 1e-4);
                    }
    }

    [Fact]
    public void LayerNormGradients()
    {
        Given.AssertFused(x => x[0].LayerNorm([5], x[1], x[2]), Given.Of([3, 5]), Given.Of([5], 1), Given.Of([5], 2));
        Given.AssertFused(x => x[0].LayerNorm([2, 3], x[1]), Given.Of([2, 2, 3]), Given.Of([2, 3], 1));
        Given.AssertFused(x => x[0].LayerNorm([4], null, x[1]), Given.Of([2, 4]), Given.Of([4], 1));
        Given.AssertFused(x => x[0].LayerNorm([4]), Given.Of([2, 4]));
        foreach (var shape in new int[][] { [100, 70], [3, 300], [2, 20000] })
        {
            Tensor[] x = [Given.Of(shape), Given.Of(shape[1..], 1), Given.Of(shape[1..], 2)];
            AssertSame(u => u[0].LayerNorm(shape.AsSpan(1), u[1], u[2]), x);
            AssertSame(u => u[0].LayerNorm(shape.AsSpan(1)), x[0]);
        }
    }

    static void AssertSame(Func<Tensor[], Tensor> f, params Tensor[] x)
    {
        var (y, dx) = Given.Gradients(FusedKernels.Required, f, x);
        var (expectedY, expectedDx) = Given.Gradients(FusedKernels.Off, f, x);
        Given.AssertNear(expectedY, y, 1e-11);
        for (var i = 0; i < dx.Length; i++) Given.AssertNear(expectedDx[i], dx[i], 1e-10);
    }

    [Fact]
    public void ALayerNormRowIsTheSameInEveryBatch()
    {
        var x = Given.Of([40, 100], dtype: DType.Float32);
        var (w, b) = (Given.Of([100], 1, DType.Float32), Given.Of([100], 2, DType.Float32));
        var all = x.LayerNorm([100], w, b);
        for (var i = 0; i < 40; i += 13)
            Assert.Equal(all.Narrow(0, i, 1).ToArray<float>(), x.Narrow(0, i, 1).LayerNorm([100], w, b).ToArray<float>());
    }

    static readonly int[][] Images = [[2, 3], [50, 3], [70, 130], [2, 3, 5], [3, 2, 4, 4], [5, 2, 50, 80], [17000, 2], [2, 1, 1, 9]];

    static double[] BatchNormed(Tensor x, Tensor? w, Tensor? b)
    {
        var (values, y) = (x.ToArray<double>(), new double[x.Length]);
        int channels = x.Size(1), spatial = (int)(x.Length / x.Size(0) / channels);
        for (var c = 0; c < channels; c++)
        {
            var places = Places(values.Length, i => i / spatial % channels == c);
            Normalize(values, y, places);
        }
        Affine(y, w, b, i => i / spatial % channels);
        return y;
    }

    [Fact]
    public void BatchNormInTrainingIsTheFormula()
    {
        foreach (var shape in Images)
            foreach (var scaled in NoYes)
            {
                var x = Given.Of(shape);
                var w = scaled ? Given.Of([shape[1]], 1) : null;
                var b = scaled ? Given.Of([shape[1]], 2) : null;
                var expected = BatchNormed(x, w, b);
                foreach (var fusion in Given.BothWays)
                {
                    using var mode = Fusion.Use(fusion);
                    Given.AssertNear(expected, x.BatchNorm(null, null, w, b, training: true), 1e-10);
                    Given.AssertNear(expected, Given.Strided(x).BatchNorm(null, null, w, b, training: true), 1e-10);
                    Given.AssertNear(expected, x.To(DType.Float32).BatchNorm(null, null, w?.To(DType.Float32), b?.To(DType.Float32), training: true), 1e-4);
                }
            }
    }

    [Fact]
    public void RunningStatisticsMoveAsInPyTorch()
    {
        foreach (var shape in new int[][] { [4, 3], [2, 3, 5] })
            foreach (var fusion in Given.BothWays)
            {
                using var mode = Fusion.Use(fusion);
                var x = Given.Of(shape);
                var (mean, variance) = (Given.Of([3], 1), Given.Of([3], 2).Square());
                var (oldMean, oldVariance) = (mean.ToArray<double>(), variance.ToArray<double>());
                x.BatchNorm(mean, variance, training: true, momentum: 0.3);
                var values = x.ToArray<double>();
                var spatial = shape.Length == 2 ? 1 : shape[2];
                var (newMean, newVariance) = (new double[3], new double[3]);
                for (var c = 0; c < 3; c++)
                {
                    var channel = Places(values.Length, i => i / spatial % 3 == c).Select(i => values[i]).ToArray();
                    var m = channel.Average();
                    var unbiased = channel.Sum(v => (v - m) * (v - m)) / (channel.Length - 1);
                    newMean[c] = 0.7 * oldMean[c] + 0.3 * m;
                    newVariance[c] = 0.7 * oldVariance[c] + 0.3 * unbiased;
                }
                Given.AssertNear(newMean, mean);
                Given.AssertNear(newVariance, variance);
            }
    }

    [Fact]
    public void BatchNormOutsideTrainingUsesTheRunningOnes()
    {
        foreach (var shape in new int[][] { [4, 3], [1, 3, 5], [2, 3, 4, 4] })
            foreach (var fusion in Given.BothWays)
            {
                using var mode = Fusion.Use(fusion);
                var x = Given.Of(shape);
                var (mean, variance, w, b) = (Given.Of([3], 1), Given.Of([3], 2).Square(), Given.Of([3], 3), Given.Of([3], 4));
                var expected = x.ToArray<double>();
                var spatial = expected.Length / shape[0] / 3;
                for (var i = 0; i < expected.Length; i++)
                {
                    var c = i / spatial % 3;
                    expected[i] = (expected[i] - mean.ToArray<double>()[c]) / Math.Sqrt(variance.ToArray<double>()[c] + Eps) * w.ToArray<double>()[c] + b.ToArray<double>()[c];
                }
                Given.AssertNear(expected, x.BatchNorm(mean, variance, w, b));
                Assert.Equal(Given.Values(3, 1), mean.ToArray<double>());
            }
    }

    [Fact]
    public void BatchNormGradients()
    {
        foreach (var shape in new int[][] { [4, 2], [2, 2, 3] })
        {
            Given.AssertFused(x => x[0].BatchNorm(null, null, x[1], x[2], training: true), Given.Of(shape), Given.Of([2], 1), Given.Of([2], 2));
            Given.AssertFused(x => x[0].BatchNorm(null, null, training: true), Given.Of(shape));
            var (mean, variance) = (Given.Of([2], 3), Given.Of([2], 4).Square());
            Given.AssertFused(x => x[0].BatchNorm(mean, variance, x[1], x[2]), Given.Of(shape), Given.Of([2], 1), Given.Of([2], 2));
        }
        foreach (var shape in Images)
        {
            int[] channels = [shape[1]];
            Tensor[] x = [Given.Of(shape), Given.Of(channels, 1), Given.Of(channels, 2)];
            AssertSame(u => u[0].BatchNorm(null, null, u[1], u[2], training: true), x);
            AssertSame(u => u[0].BatchNorm(x[1], x[2].Square(), u[1], u[2]), x);
        }
    }

    [Fact]
    public void GroupNormIsTheFormula()
    {
        foreach (var (shape, groups) in new (int[], int)[] { ([2, 4], 2), ([2, 6, 5], 3), ([3, 4, 3, 3], 1), ([2, 4, 3], 4) })
            foreach (var fusion in Given.BothWays)
            {
                using var mode = Fusion.Use(fusion);
                var x = Given.Of(shape);
                var (w, b) = (Given.Of([shape[1]], 1), Given.Of([shape[1]], 2));
                var (values, expected) = (x.ToArray<double>(), new double[x.Length]);
                var row = values.Length / shape[0] / groups;
                for (var i = 0; i < values.Length; i += row) Normalize(values, expected, [.. Enumerable.Range(i, row)]);
                Given.AssertNear(expected, x.GroupNorm(groups));
                var spatial = values.Length / shape[0] / shape[1];
                Affine(expected, w, b, i => i / spatial % shape[1]);
                Given.AssertNear(expected, x.GroupNorm(groups, w, b));
                Given.AssertNear(expected, Given.Strided(x).GroupNorm(groups, w, b));
            }
        Given.AssertFused(x => x[0].GroupNorm(2, x[1], x[2]), Given.Of([2, 4, 3]), Given.Of([4], 1), Given.Of([4], 2));
    }

    [Fact]
    public void EmptyBatches()
    {
        foreach (var fusion in Given.BothWays)
        {
            using var mode = Fusion.Use(fusion);
            Assert.Equal([0, 4], Tensor.Zeros([0, 4]).LayerNorm([4], Tensor.Ones([4])).Shape.ToArray());
            Assert.Equal([0, 4, 2], Tensor.Zeros([0, 4, 2]).BatchNorm(null, null, training: true).Shape.ToArray());
            Assert.Equal([0, 4], Tensor.Zeros([0, 4]).GroupNorm(2).Shape.ToArray());
            var (_, dx) = Given.Gradients(fusion, x => x[0].LayerNorm([4], x[1], x[2]), Tensor.Zeros([0, 4]), Tensor.Zeros([4]), Tensor.Zeros([4]));
            Given.AssertNear(new double[4], dx[1]);
            Given.AssertNear(new double[4], dx[2]);
        }
    }

    [Fact]
    public void ErrorsNameTheShapes()
    {
        var x = Tensor.Zeros([2, 3]);
        Assert.Contains("x [2,3] does not end in the normalized shape [4]", Assert.Throws<ShapeException>(() => x.LayerNorm([4])).Message, StringComparison.Ordinal);
        Assert.Contains("w has shape [2], the normalized shape is [3]", Assert.Throws<ShapeException>(() => x.LayerNorm([3], Tensor.Ones([2]))).Message, StringComparison.Ordinal);
        Assert.Contains("w is Float64; x is Float32", Assert.ThrowsAny<ArgumentException>(() => x.LayerNorm([3], Tensor.Ones([3], DType.Float64))).Message, StringComparison.Ordinal);
        Assert.Contains("x [2,3] has 3 channels, b has shape [2]", Assert.Throws<ShapeException>(() => x.BatchNorm(null, null, null, Tensor.Ones([2]), training: true)).Message, StringComparison.Ordinal);
        Assert.Contains("one value a channel", Assert.Throws<ShapeException>(() => Tensor.Zeros([1, 3]).BatchNorm(null, null, training: true)).Message, StringComparison.Ordinal);
        Assert.Contains("needs runningMean and runningVar", Assert.Throws<ArgumentException>(() => x.BatchNorm(null, null)).Message, StringComparison.Ordinal);
        Assert.Contains("2 groups do not divide the 3 channels of x [2,3]", Assert.Throws<ShapeException>(() => x.GroupNorm(2)).Message, StringComparison.Ordinal);
    }
}
