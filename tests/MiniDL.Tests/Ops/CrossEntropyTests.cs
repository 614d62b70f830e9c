namespace MiniDL.Tests;

public class CrossEntropyTests
{
    const long Ignored = -100;

    static Tensor Targets(int[] shape, int classes, bool someIgnored)
    {
        var t = new long[Layout.Of(shape).Count];
        for (var i = 0; i < t.Length; i++) t[i] = someIgnored && i % 4 == 1 ? Ignored : i * 7 % classes;
        return Tensor.From<long>(t).Reshape(shape);
    }

    // One target at a time, from the definition.
    static (double[] Losses, double Weights) Expected(double[] x, long[] target, int classes, int spatial, double[]? weight, double smoothing)
    {
        var losses = new double[target.Length];
        double weights = 0;
        for (var i = 0; i < target.Length; i++)
        {
            if (target[i] == Ignored) continue;
            double At(long c) => x[i / spatial * classes * spatial + c * spatial + i % spatial];
            double W(long c) => weight is null ? 1 : weight[c];
            double sum = 0;
            for (var c = 0; c < classes; c++) sum += Math.Exp(At(c));
            var l = Math.Log(sum);
            for (var c = 0; c < classes; c++) losses[i] -= smoothing / classes * W(c) * (At(c) - l);
            losses[i] -= (1 - smoothing) * W(target[i]) * (At(target[i]) - l);
            weights += W(target[i]);
        }
        return (losses, weights);
    }

    public static readonly TheoryData<int, int, int> Sizes = new() { { 1, 3, 1 }, { 6, 10, 1 }, { 130, 10, 1 }, { 5, 100, 1 }, { 3, 20000, 1 }, { 2, 4, 9 }, { 3, 70, 65 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void IsTheFormula(int n, int classes, int spatial)
    {
        int[] shape = spatial == 1 ? [n, classes] : [n, classes, spatial];
        int[] targetShape = spatial == 1 ? [n] : [n, spatial];
        var x = Given.Of(shape);
        foreach (var someIgnored in new[] { false, true })
            foreach (var weighed in new[] { false, true })
                foreach (var smoothing in new[] { 0, 0.1 })
                    foreach (var fusion in Given.BothWays)
                    {
                        using var mode = Fusion.Use(fusion);
                        var target = Targets(targetShape, classes, someIgnored);
                        var weight = weighed ? Given.Of([classes], 3).Square() : null;
                        var (losses, weights) = Expected(x.ToArray<double>(), target.ToArray<long>(), classes, spatial, weight?.ToArray<double>(), smoothing);
                        Given.AssertNear(losses, Loss.CrossEntropy(x, target, weight, labelSmoothing: smoothing, reduction: LossReduction.None));
                        Given.AssertNear(losses, Loss.CrossEntropy(Given.Strided(x), target.To(DType.Int32), weight, labelSmoothing: smoothing, reduction: LossReduction.None));
                        Given.AssertNear([losses.Sum()], Loss.CrossEntropy(x, target, weight, labelSmoothing: smoothing, reduction: LossReduction.Sum));
                        Given.AssertNear([losses.Sum() / weights], Loss.CrossEntropy(x, target, weight, labelSmoothing: smoothing));
                        Given.AssertNear([losses.Sum() / weights], Loss.CrossEntropy(x.To(DType.Float32), target, weight?.To(DType.Float32), labelSmoothing: smoothing), 1e-5);
                        if (smoothing == 0) Given.AssertNear([losses.Sum() / weights], Loss.Nll(x.LogSoftmax(1), target, weight));
                    }
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 0.1)]
    [InlineData(true, 0.1)]
    public void GradientsOfEveryOrder(bool weighed, double smoothing)
    {
        foreach (var (shape, targetShape) in new (int[], int[])[] { ([3, 4], [3]), ([4], []), ([2, 3, 2], [2, 2]), ([2, 70], [2]) })
            foreach (var reduction in Enum.GetValues<LossReduction>())
            {
                var classes = shape.Length == 1 ? shape[0] : shape[1];
                var target = Targets(targetShape, classes, someIgnored: true);
                var weight = weighed ? Given.Of([classes], 3).Square() : null;
                Given.AssertFused(x => Loss.CrossEntropy(x[0], target, weight, labelSmoothing: smoothing, reduction: reduction), Given.Of(shape));
            }
        foreach (var (shape, targetShape) in new (int[], int[])[] { ([130, 10], [130]), ([3, 300], [3]), ([2, 9, 70], [2, 70]) })
        {
            var target = Targets(targetShape, shape[1], someIgnored: true);
            var weight = weighed ? Given.Of([shape[1]], 3).Square() : null;
            var fused = Given.Gradients(FusedKernels.Required, x => Loss.CrossEntropy(x[0], target, weight, labelSmoothing: smoothing), Given.Of(shape));
            var composed = Given.Gradients(FusedKernels.Off, x => Loss.CrossEntropy(x[0], target, weight, labelSmoothing: smoothing), Given.Of(shape));
            Given.AssertNear(composed.Dx[0], fused.Dx[0], 1e-11);
        }
    }

    [Fact]
    public void WhatIsIgnoredHasNoGradientEvenWhenItIsNaN()
    {
        foreach (var classes in new[] { 5, 100 })
        {
            var x = Given.Of([2, classes], dtype: DType.Float32);
            x.Narrow(0, 1, 1).Fill(double.NaN);
            x.RequiresGrad = true;
            var loss = Loss.CrossEntropy(x, Tensor.From<long>([0, Ignored]));
            Assert.True(double.IsFinite(loss.Item()));
            var dx = Autograd.Grad(loss, [x])[0]!;
            Assert.All(dx.Narrow(0, 1, 1).ToArray<float>(), v => Assert.Equal(0, v));
        }
    }

    [Fact]
    public void AnyLabelCanBeTheIgnoredOne()
    {
        var x = Given.Of([3, 4]);
        var mean = Loss.CrossEntropy(x, Tensor.From<long>([0, 2, 1]), ignoreIndex: 2);
        var (losses, _) = Expected(x.ToArray<double>(), [0, Ignored, 1], 4, 1, null, 0);
        Given.AssertNear([losses.Sum() / 2], mean);
    }

    [Fact]
    public void NothingThatCountsGivesNaN()
    {
        foreach (var fusion in Given.BothWays)
        {
            using var mode = Fusion.Use(fusion);
            Assert.True(double.IsNaN(Loss.CrossEntropy(Given.Of([2, 3]), Tensor.From<long>([Ignored, Ignored])).Item()));
            Assert.True(double.IsNaN(Loss.CrossEntropy(Tensor.Zeros([0, 3]), Tensor.Zeros([0], DType.Int64)).Item()));
            Assert.Equal(0, Loss.CrossEntropy(Tensor.Zeros([0, 3]), Tensor.Zeros([0], DType.Int64), reduction: LossReduction.Sum).Item());
        }
    }

    [Fact]
    public void Probabilities()
    {
        var x = Given.Of([3, 4]);
        var q = Given.Of([3, 4], 1).Softmax(1);
        var weight = Given.Of([4], 3).Square();
        var (logits, t, w) = (x.ToArray<double>(), q.ToArray<double>(), weight.ToArray<double>());
        foreach (var smoothing in new[] { 0, 0.2 })
        {
            double total = 0;
            for (var i = 0; i < 3; i++)
            {
                double sum = 0;
                for (var c = 0; c < 4; c++) sum += Math.Exp(logits[i * 4 + c]);
                for (var c = 0; c < 4; c++) total -= w[c] * (t[i * 4 + c] * (1 - smoothing) + smoothing / 4) * (logits[i * 4 + c] - Math.Log(sum));
            }
            Given.AssertNear([total / 3], Loss.CrossEntropy(x, q, weight, labelSmoothing: smoothing));
            Given.AssertFused(u => Loss.CrossEntropy(u[0], u[1], weight, labelSmoothing: smoothing), x, q);
        }
    }

    [Fact]
    public void NllGradients()
        => GradientCheck.Run(x => Loss.Nll(x, Targets([3, 2], 4, someIgnored: true), Given.Of([4], 3).Square()), Given.Of([3, 4, 2]), order: 2);

    [Fact]
    public void ErrorsNameTheArgument()
    {
        var x = Tensor.Zeros([2, 3]);
        var range = Assert.Throws<ArgumentOutOfRangeException>(() => Loss.CrossEntropy(x, Tensor.From<long>([0, 3])));
        Assert.Contains("target 3 at [1] is not a class: logits have 3 classes", range.Message, StringComparison.Ordinal);
        var shape = Assert.Throws<ShapeException>(() => Loss.CrossEntropy(x, Tensor.From<long>([0, 1, 2])));
        Assert.Contains("logits [2,3] want a target of shape [2], it has [3]", shape.Message, StringComparison.Ordinal);
        var weight = Assert.Throws<ShapeException>(() => Loss.CrossEntropy(x, Tensor.From<long>([0, 1]), Tensor.Ones([2])));
        Assert.Contains("weight has shape [2], logits [2,3] have 3 classes", weight.Message, StringComparison.Ordinal);
        Assert.Contains("labelSmoothing 2", Assert.Throws<ArgumentOutOfRangeException>(() => Loss.CrossEntropy(x, Tensor.From<long>([0, 1]), labelSmoothing: 2)).Message, StringComparison.Ordinal);
        Assert.Contains("class probabilities", Assert.Throws<ShapeException>(() => Loss.CrossEntropy(x, Tensor.Zeros([2]))).Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => Loss.Nll(Tensor.Scalar(1.0), Tensor.Scalar(0, DType.Int64)));
    }
}
