using static MiniDL.Tests.Numbers;

namespace MiniDL.Tests;

public class ReductionTests
{
    static readonly double nan = double.NaN, inf = double.PositiveInfinity;

    [Fact]
    public void MeanDividesByTheCount()
    {
        AssertNear(Tensor.Of([[1.0, 2], [3, 6]]).Mean(), [], 3);
        AssertNear(Tensor.Of([[1.0, 2], [3, 6]]).Mean(0), [2], 2, 4);
        AssertNear(Tensor.Of([[1.0, 2], [3, 6]]).Mean([0, 1], keepDim: true), [1, 1], 3);
        AssertIs(Tensor.Of([1, 2]).Mean(), [], 1.5f);
        AssertIs(Tensor.Of([true, false, true, true]).Mean(), [], 0.75f);
        AssertNear(Tensor.Of([1f, 2]).Mean(0, dtype: DType.Float64), [], 1.5);
        AssertNear(Tensor.Zeros([2, 0], DType.Float64).Mean(1), [2], nan, nan);
        AssertNear(Tensor.Of(4.0).Mean(), [], 4);
    }

    [Fact]
    public void VarianceAndDeviation()
    {
        var x = Tensor.Of([[1.0, 2, 6], [4, 4, 4]]);
        AssertNear(x.Var(1), [2], 7, 0);
        AssertNear(x.Var(1, correction: 0), [2], 14.0 / 3, 0);
        AssertNear(x.Var([0, 1], keepDim: true), [1, 1], (6.25 + 2.25 + 6.25 + 3 * 0.25) / 5);
        AssertNear(x.Std(1), [2], Math.Sqrt(7), 0);
        AssertNear(x.Std(), [], Math.Sqrt(15.5 / 5));
        AssertNear(Tensor.Of([3.0]).Var(), [], nan);
        AssertNear((Of(1000) * 1e-3 + 1e9).Var(), [], (Of(1000) * 1e-3 + 1e9 - 1e9).Var().Item());
        x.RequiresGrad = true;
        x.Std(1).Sum().Backward();
        AssertNear(x.Grad![1], [3], 0, 0, 0);
    }

    [Fact]
    public void LargestAndSmallest()
    {
        var x = Tensor.Of([[1f, 5, 3], [4, 2, 4]]);
        AssertIs(x.Amax(), [], 5f);
        AssertIs(x.Amax(0), [3], 4f, 5, 4);
        AssertIs(x.Amin([1], keepDim: true), [2, 1], 1f, 2);
        AssertIs(x.Max(), [], 5f);
        AssertIs(x.Min(), [], 1f);
        AssertIs(Tensor.Of([-7, -3]).Amax(), [], -3);
        AssertIs(Tensor.Of([long.MinValue + 1, -3L]).Amin(), [], long.MinValue + 1);
        AssertIs(Tensor.Of([false, false]).Amax(), [], false);
        Assert.True(double.IsNaN(Tensor.Of([1.0, nan, 2]).Amax().Item()));
        AssertNear(Tensor.Of([-inf, -inf]).Amax(), [], -inf);
    }

    [Fact]
    public void TiesShareTheGradient()
    {
        var x = Tensor.Of([[1.0, 3, 3], [5, 2, 5]], requiresGrad: true);
        (x.Amax(1) * Tensor.Of([2.0, 4])).Sum().Backward();
        AssertNear(x.Grad!, [2, 3], 0, 1, 1, 2, 0, 2);
        GradientCheck.Run(u => (u * u).Amax(1) * u.Amin(0, keepDim: true)[0, 0], Of(2, 3), order: 2);
    }

    [Fact]
    public void EmptyAxesThrowOnlyWhereThereIsNoValue()
    {
        var x = Tensor.Zeros([2, 0], DType.Float64);
        var message = Assert.Throws<ShapeException>(() => x.Amax(1)).Message;
        Assert.Equal("Amax: axis 1 of [2,0] is empty and has no such element", message);
        Assert.Throws<ShapeException>(() => x.Amin(1));
        Assert.Throws<ShapeException>(() => x.Max());
        Assert.Throws<ShapeException>(() => x.Min());
        Assert.Throws<ShapeException>(() => x.Norm(inf, 1));
        Assert.Throws<ShapeException>(() => x.ArgMax());
        Assert.Throws<ShapeException>(() => x.ArgMin(1));
        Assert.Throws<ShapeException>(() => x.Max(1));
        Assert.Equal([0], x.Amax(0).Shape);
        AssertNear(x.Sum(1), [2], 0, 0);
        AssertNear(x.LogSumExp(1), [2], -inf, -inf);
        AssertNear(x.Norm(2, 1), [2], 0, 0);
        AssertNear(x.Var(1), [2], nan, nan);
    }

    [Fact]
    public void LogSumExpIsStable()
    {
        AssertNear(Tensor.Of([[1000.0, 1000], [-1000, -1000]]).LogSumExp(1), [2], 1000 + Math.Log(2), -1000 + Math.Log(2));
        AssertNear(Tensor.Of([[-inf, -inf], [inf, 1], [0, 0]]).LogSumExp(1), [3], -inf, inf, Math.Log(2));
        AssertNear(Tensor.Of([[0.0, 0], [0, 0]]).LogSumExp([0, 1], keepDim: true), [1, 1], Math.Log(4));
        var x = Tensor.Of([-inf, -inf], requiresGrad: true);
        x.LogSumExp(0).Backward();
        AssertNear(x.Grad!, [2], 0, 0);
        GradientCheck.Run(u => u.LogSumExp(1), Of(2, 3), order: 2);
        GradientCheck.Run(u => (u * u).LogSumExp([0, 2], keepDim: true), Of(2, 3, 2), order: 2);
    }

    [Theory]
    [InlineData(2.0, 5.0)]
    [InlineData(1.0, 7.0)]
    [InlineData(0.0, 2.0)]
    [InlineData(double.PositiveInfinity, 4.0)]
    [InlineData(double.NegativeInfinity, 0.0)]
    [InlineData(3.0, 4.497941445275415)]
    [InlineData(0.5, 13.92820323027551)]
    public void Norms(double p, double expected)
    {
        AssertNear(Tensor.Of([3.0, 0, -4]).Norm(p), [], expected);
        AssertNear(Tensor.Of([[3.0, 0, -4], [3, 0, -4]]).Norm(p, 1, keepDim: true), [2, 1], expected, expected);
        GradientCheck.Run(x => x.Norm(p, 1), Of(2, 3), order: 2, atol: 1e-5);
        var zero = Tensor.Zeros([2], DType.Float64, requiresGrad: true);
        zero.Norm(p).Backward();
        AssertNear(zero.Grad!, [2], 0, 0);
    }

    [Fact]
    public void NormTakesADType() => Assert.Equal(DType.Float64, Tensor.Of([3f, 4]).Norm(2, [], dtype: DType.Float64).DType);

    [Fact]
    public void MeansAndVariancesHaveGradients()
    {
        GradientCheck.Run(x => (x * x).Mean([0, 2]) * x.Var([0, 2], correction: 0.5), Of(2, 3, 2), order: 2);
        GradientCheck.Run(x => x.Std(0) * x.Mean(), Of(3, 2), order: 2);
    }

    [Fact]
    public void CloseTensorsAreClose()
    {
        var x = Tensor.Of([1f, float.PositiveInfinity, 3]);
        Assert.True(x.AllClose(Tensor.Of([1.000001f, float.PositiveInfinity, 3])));
        Assert.False(x.AllClose(Tensor.Of([1.1f, float.PositiveInfinity, 3])));
        Assert.False(x.AllClose(Tensor.Of([1f, float.NegativeInfinity, 3])));
        Assert.False(Tensor.Of([1f]).AllClose(Tensor.Of([float.PositiveInfinity])));
        Assert.False(Tensor.Of([nan]).AllClose(Tensor.Of([nan])));
        Assert.True(Tensor.Of([nan]).AllClose(Tensor.Of([nan]), equalNan: true));
        Assert.True(Tensor.Ones(2, 3).AllClose(Tensor.Of(1f)));
        Assert.False(Tensor.Of([1L << 60]).AllClose(Tensor.Of([(1L << 60) + 1]), rtol: 0, atol: 0));
    }

    [Fact]
    public void CountNonzeroCounts() => AssertIs(Tensor.Of([[0f, 1], [2, 0], [3, 4]]).CountNonzero(0), [2], 2L, 2);
}
