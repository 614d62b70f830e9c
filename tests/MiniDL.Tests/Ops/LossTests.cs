namespace MiniDL.Tests;

public class LossTests
{
    static void AssertReductions(Func<LossReduction, Tensor> loss, double[] expected)
    {
        Given.AssertNear(expected, loss(LossReduction.None));
        Given.AssertNear([expected.Sum()], loss(LossReduction.Sum));
        Given.AssertNear([expected.Average()], loss(LossReduction.Mean));
    }

    [Fact]
    public void SquaresAndAbsolutes()
    {
        var (p, t) = (Given.Of([3, 4]), Given.Of([3, 4], 1));
        var difference = p.ToArray<double>().Zip(t.ToArray<double>(), (a, b) => a - b).ToArray();
        foreach (var (u, v) in new[] { (p, t), (Given.Strided(p), Given.Strided(t)) })
        {
            AssertReductions(r => Loss.Mse(u, v, r), [.. difference.Select(d => d * d)]);
            AssertReductions(r => Loss.L1(u, v, r), [.. difference.Select(Math.Abs)]);
        }
        foreach (var reduction in Enum.GetValues<LossReduction>())
        {
            GradientCheck.Run(x => Loss.Mse(x[0], x[1], reduction), [p, t], order: 2);
            GradientCheck.Run(x => Loss.L1(x[0], x[1], reduction), [p, t], order: 2);
        }
    }

    [Fact]
    public void BceWithLogitsIsTheFormula()
    {
        var (x, t) = (Given.Of([3, 4]), Given.Of([3, 4], 1).Sigmoid());
        var (weight, posWeight) = (Given.Of([4], 2).Square(), Given.Of([4], 3).Square());
        double[] logits = x.ToArray<double>(), target = t.ToArray<double>(), w = weight.ToArray<double>(), p = posWeight.ToArray<double>();
        double[] Expected(bool weighed) => [.. Enumerable.Range(0, 12).Select(i =>
        {
            var s = 1 / (1 + Math.Exp(-logits[i]));
            return -(weighed ? w[i % 4] : 1) * ((weighed ? p[i % 4] : 1) * target[i] * Math.Log(s) + (1 - target[i]) * Math.Log(1 - s));
        })];
        AssertReductions(r => Loss.BceWithLogits(x, t, reduction: r), Expected(false));
        AssertReductions(r => Loss.BceWithLogits(x, t, weight, posWeight, r), Expected(true));
        GradientCheck.Run(u => Loss.BceWithLogits(u[0], u[1], weight, posWeight), [x, t], order: 2, eps: 1e-5);
    }

    [Fact]
    public void BceWithLogitsOfLargeLogits()
    {
        var loss = Loss.BceWithLogits(Tensor.From<float>([1000, -1000, 1000, -1000]), Tensor.From<float>([1, 0, 0, 1]), reduction: LossReduction.None);
        Assert.Equal([0, 0, 1000, 1000], loss.ToArray<float>());
    }

    [Fact]
    public void AMeanOfNothingIsNaN()
    {
        var nothing = Tensor.Zeros([0, 2]);
        Assert.True(double.IsNaN(Loss.Mse(nothing, nothing).Item()));
        Assert.Equal(0, Loss.L1(nothing, nothing, LossReduction.Sum).Item());
    }

    [Fact]
    public void ShapesMustBeEqual()
    {
        var error = Assert.Throws<ShapeException>(() => Loss.Mse(Tensor.Zeros([3, 1]), Tensor.Zeros([3])));
        Assert.Contains("the prediction has shape [3,1], the target [3]; they must be equal", error.Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => Loss.L1(Tensor.Zeros([3]), Tensor.Zeros([4])));
        Assert.Throws<ShapeException>(() => Loss.BceWithLogits(Tensor.Zeros([3]), Tensor.Zeros([4])));
    }
}
