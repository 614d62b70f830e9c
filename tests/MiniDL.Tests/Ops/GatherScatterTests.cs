using static MiniDL.Tests.Numbers;

namespace MiniDL.Tests;

public class GatherScatterTests
{
    static readonly Tensor index = Tensor.Of([[0L, 0], [1, 0]]);

    [Fact]
    public void GatherReadsAndScatterWrites()
    {
        AssertIs(Tensor.Of([[1f, 2], [3, 4]]).Gather(1, index), [2, 2], 1f, 1, 4, 3);
        AssertIs(Count(3, 4).Gather(0, Tensor.Of([[2, 1]])), [1, 2], 8L, 5);
        AssertIs(Count(3, 4).T().Gather(-1, Tensor.Of([[2], [0]])), [2, 1], 8L, 1);
        AssertIs(Tensor.Of(5L).Gather(0, Tensor.Of(0)), [], 5L);
        AssertIs(Tensor.Of(5L).Gather(0, Tensor.Of([0])), [1], 5L);
        AssertIs(Tensor.Zeros(2, 3).Scatter(0, index, Tensor.Of([[1f, 2], [3, 4]])), [2, 3], 1f, 4, 0, 3, 0, 0);
        AssertIs(Tensor.Zeros(2, 3).Scatter(1, index, 7), [2, 3], 7f, 0, 0, 7, 7, 0);
        AssertIs(Tensor.Ones(2, 3).ScatterAdd(1, index, Tensor.Of([[1f, 2, 9], [3, 4, 9]])), [2, 3], 4f, 1, 1, 5, 4, 1);
        AssertIs(Tensor.Zeros(2, 3).ScatterAdd(1, index, 0.5), [2, 3], 1f, 0, 0, 0.5f, 0.5f, 0);
        AssertIs(Count(2, 3).Gather(1, Tensor.Zeros([2, 0], DType.Int64)), [2, 0], Array.Empty<long>());
    }

    [Fact]
    public void WrongIndicesAreNamed()
    {
        var x = Tensor.Zeros(2, 2);
        Assert.Contains("Gather: index 2 at [1,0] is outside axis 1 of x [2,2] of size 2", Assert.Throws<ArgumentOutOfRangeException>(() => x.Gather(1, Tensor.Of([[0], [2]]))).Message);
        Assert.Contains("index -1 at [0]", Assert.Throws<ArgumentOutOfRangeException>(() => x.IndexSelect(0, Tensor.Of([-1]))).Message);
        Assert.Equal("Gather: index [1] has 1 axes, x [2,2] has 2", Assert.Throws<ShapeException>(() => x.Gather(1, Tensor.Of([0]))).Message);
        Assert.Contains("index [3,1] is larger than x [2,2] at axis 0", Assert.Throws<ShapeException>(() => x.Gather(1, Tensor.Of([[0], [0], [0]]))).Message);
        Assert.Contains("larger than source [1,1]", Assert.Throws<ShapeException>(() => x.Scatter(1, index, Tensor.Zeros(1, 1))).Message);
        Assert.Contains("source is Float64, x is Float32", Assert.Throws<ArgumentException>(() => x.Scatter(1, index, Of(2, 2))).Message);
        Assert.Contains("0.5 is not whole", Assert.Throws<ArgumentException>(() => Count(2, 2).Scatter(1, index, 0.5)).Message);
    }

    [Fact]
    public void SelectAndAdd()
    {
        AssertIs(Count(2, 3).IndexSelect(1, Tensor.Of([2, 0])), [2, 2], 2L, 0, 5, 3);
        AssertIs(Count(2, 3).IndexSelect(0, Tensor.Of(Array.Empty<long>())), [0, 3], Array.Empty<long>());
        AssertIs(Count(2, 3).IndexAdd(1, Tensor.Of([0, 0]), Tensor.Ones([2, 2], DType.Int64)), [2, 3], 2L, 1, 2, 5, 4, 5);
        Assert.Contains("2 slices of x [2,3] along axis 1 are [2,2]", Assert.Throws<ShapeException>(() => Count(2, 3).IndexAdd(1, Tensor.Of([0, 0]), Count(2, 3))).Message);
        AssertIs(Count(2, 3).TakeAlongDim(Tensor.Of([[2, 0]]), 1), [2, 2], 2L, 0, 5, 3);
        AssertIs(Count(2, 3).TakeAlongDim(Tensor.Of([[5, 0]])), [2], 5L, 0);
        AssertIs(Tensor.Of(1f).IndexAdd(0, Tensor.Of([0]), Tensor.Of(2f), alpha: -1), [], -1f);
    }

    [Fact]
    public void Masks()
    {
        var x = Tensor.Of([[1f, 2], [3, 4]]);
        AssertIs(x.MaskedFill(Tensor.Of([true, false]), -1), [2, 2], -1f, 2, -1, 4);
        AssertIs(x.MaskedFill(x > 3, Tensor.Of(0.0)), [2, 2], 1f, 2, 3, 0);
        AssertIs(x.MaskedSelect(Tensor.Of([true, false])), [2], 1f, 3);
        AssertIs(Tensor.Of([[0, 1], [2, 0]]).Nonzero(), [2, 2], 0L, 1, 1, 0);
        Assert.Contains("not whole", Assert.Throws<ArgumentException>(() => Count(2).MaskedFill(Tensor.Of([true, false]), 0.5)).Message);
        Assert.Contains("must be Bool", Assert.Throws<ArgumentException>(() => x.MaskedSelect(x)).Message);
    }

    [Fact]
    public void EmbeddingReadsRows()
    {
        var w = Tensor.Of([[1.0, 2], [3, 4], [5, 6]], requiresGrad: true);
        var y = w.Embedding(Tensor.Of([[0, 2], [2, 1]]), paddingIndex: 1);
        AssertNear(y, [2, 2, 2], 1, 2, 5, 6, 5, 6, 3, 4);
        y.Sum().Backward();
        AssertNear(w.Grad!, [3, 2], 1, 1, 0, 0, 2, 2);
        Assert.Contains("Embedding: index 3 at [0] is outside the rows of w [3,2] of size 3", Assert.Throws<ArgumentOutOfRangeException>(() => w.Embedding(Tensor.Of([3]))).Message);
        Assert.Contains("paddingIndex 3", Assert.Throws<ArgumentOutOfRangeException>(() => w.Embedding(Tensor.Of([0]), 3)).Message);
    }

    [Fact]
    public void OneHotMarksTheClass()
    {
        AssertIs(Tensor.Of([1, 0]).OneHot(), [2, 2], 0L, 1, 1, 0);
        AssertIs(Tensor.Of([1]).OneHot(3), [1, 3], 0L, 1, 0);
        Assert.Contains("index 3 at [0] is outside the classes of size 3", Assert.Throws<ArgumentOutOfRangeException>(() => Tensor.Of([3]).OneHot(3)).Message);
    }

    [Fact]
    public void LargestWithItsIndex()
    {
        var x = Tensor.Of([[1.0, 5, 5], [double.NaN, 7, 2]], requiresGrad: true);
        var (values, indices) = x.Max(1);
        AssertNear(values, [2], 5, double.NaN);
        AssertIs(indices, [2], 1L, 0);
        values.Sum().Backward();
        AssertNear(x.Grad!, [2, 3], 0, 1, 0, 1, 0, 0);
        AssertIs(x.ArgMin(0, keepDim: true), [1, 3], 1L, 0, 1);
        AssertIs(Tensor.Of([[1, 9], [3, 4]]).ArgMax(), [], 1L);
        AssertIs(Tensor.Of([false, true]).ArgMax(0), [], 1L);
        AssertIs(Tensor.Of(3f).ArgMax(0), [], 0L);
        AssertIs(Tensor.Of(3f).Min(0).Values, [], 3f);
    }

    [Fact]
    public void RunningSums()
    {
        AssertIs(Count(2, 3).CumSum(1), [2, 3], 0L, 1, 3, 3, 7, 12);
        AssertIs(Tensor.Of([true, true]).CumSum(0), [2], 1L, 2);
        AssertIs(Tensor.Of([1, 2]).CumSum(0, DType.Float32), [2], 1f, 3);
        AssertIs(Tensor.Of(3f).CumSum(0), [], 3f);
        GradientCheck.Run(x => (x * x).CumSum(0) * x.CumSum(-1), Of(2, 3), order: 2);
    }

    [Fact]
    public void GradientsOfBothOrdersAreRight()
    {
        GradientCheck.Run(x => (x * x).Gather(1, index), Of(2, 3), order: 2);
        GradientCheck.Run(x => (x[0] * x[0]).Scatter(1, index, x[1] * x[1]), new[] { Of(2, 3), Of(2, 2) }, order: 2);
        GradientCheck.Run(x => (x[0] * x[0]).ScatterAdd(0, index, x[1] * x[1]), new[] { Of(3, 2), Of(2, 2) }, order: 2);
        GradientCheck.Run(x => (x * x).Scatter(1, index, 3), Of(2, 3), order: 2);
        GradientCheck.Run(x => (x[0] * x[0]).IndexAdd(1, Tensor.Of([2, 0]), x[1] * x[1]), new[] { Of(2, 3), Of(2, 2) }, order: 2);
        GradientCheck.Run(x => (x * x).IndexSelect(0, Tensor.Of([1, 1, 0])), Of(2, 3), order: 2);
        GradientCheck.Run(x => (x * x).TakeAlongDim(Tensor.Of([[2, 0]]), 1), Of(2, 3), order: 2);
        GradientCheck.Run(x => (x * x).Embedding(index, paddingIndex: null), Of(2, 3), order: 2);
        GradientCheck.Run(x => (x[0] * x[0]).MaskedFill(index > 0, (x[1] * x[1]).Sum()), new[] { Of(2, 2), Of(2) }, order: 2);
        GradientCheck.Run(x => (x * x).MaskedSelect(index > 0), Of(2, 2), order: 2);
        GradientCheck.Run(x => (x * x).Max(1).Values, Of(2, 3), order: 2);
    }
}
