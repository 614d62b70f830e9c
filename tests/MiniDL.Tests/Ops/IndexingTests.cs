using static MiniDL.Tests.Numbers;

namespace MiniDL.Tests;

public class IndexingTests
{
    [Fact]
    public void NumbersAndRangesGiveViews()
    {
        var x = Count(3, 4);
        AssertIs(x[1], [4], 4L, 5, 6, 7);
        AssertIs(x[^1], [4], 8L, 9, 10, 11);
        AssertIs(x[-1, -2], [], 10L);
        AssertIs(x[.., 1..3], [3, 2], 1L, 2, 5, 6, 9, 10);
        AssertIs(x[..^1, ^1..], [2, 1], 3L, 7);
        AssertIs(x[2..2], [0, 4], Array.Empty<long>());
        AssertIs(x[TensorIndex.Slice(.., 2), 0], [2], 0L, 8);
        AssertIs(x[0, TensorIndex.Slice(1.., -2)], [2], 3L, 1);
        AssertIs(x[null, 1, null, ..2], [1, 1, 2], 4L, 5);
        AssertIs(x[TensorIndex.Ellipsis, 0], [3], 0L, 4, 8);
        Assert.Equal([3, 1, 4], x[.., TensorIndex.NewAxis, TensorIndex.Ellipsis].Shape);
        x[1][2] = 99;
        Assert.Equal(99, x[1, 2].Item());
    }

    [Fact]
    public void IndicesOutsideNameAxisAndSize()
    {
        var x = Count(3, 4);
        Assert.Contains("index 3 is outside axis 0 of size 3 (shape [3,4])", Assert.Throws<ArgumentOutOfRangeException>(() => x[3]).Message);
        Assert.Contains("index ^5 is outside axis 1 of size 4", Assert.Throws<ArgumentOutOfRangeException>(() => x[.., -5]).Message);
        Assert.Contains("range 2..5 lies outside axis 0 of size 3", Assert.Throws<ArgumentOutOfRangeException>(() => x[2..5]).Message);
        Assert.Equal("x[…]: 3 indices for a tensor of shape [3,4], which has 2 axes", Assert.Throws<ShapeException>(() => x[0, 0, 0]).Message);
        Assert.Contains("two ellipses", Assert.Throws<ArgumentException>(() => x[TensorIndex.Ellipsis, TensorIndex.Ellipsis]).Message);
        Assert.Contains("index -4 at [1] is outside axis 0 of size 3", Assert.Throws<ArgumentOutOfRangeException>(() => x[Tensor.Of([0, -4])]).Message);
        Assert.Contains("indices are Int64 or Int32", Assert.Throws<ArgumentException>(() => x[Tensor.Of([0.5f])]).Message);
        Assert.Contains("the mask [3,3] does not have the sizes", Assert.Throws<ShapeException>(() => x[Tensor.Ones([3, 3], DType.Bool)]).Message);
    }

    [Fact]
    public void IntegerTensorsPick()
    {
        var x = Count(3, 4);
        AssertIs(x[Tensor.Of([2, 0, -1])], [3, 4], 8L, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11);
        AssertIs(x[.., Tensor.Of([[3, 0]])], [3, 1, 2], 3L, 0, 7, 4, 11, 8);
        AssertIs(x[Tensor.Of([0, 2]), Tensor.Of([1, 3])], [2], 1L, 11);
        AssertIs(x[Tensor.Of([[0], [2]]), Tensor.Of([1, 3])], [2, 2], 1L, 3, 9, 11);
        AssertIs(x.T()[Tensor.Of([1]), Tensor.Of([2])], [1], 9L);
        AssertIs(x[Tensor.Of(2)], [4], 8L, 9, 10, 11);
    }

    [Fact]
    public void SeveralTensorsStandWhereTheFirstStoodOrInFront()
    {
        var x = Count(2, 3, 4, 5);
        var (i, j) = (Tensor.Of([0, 1, 2]), Tensor.Of([3, 0, 1]));
        var adjacent = x[.., i, j];
        Assert.Equal([2, 3, 5], adjacent.Shape);
        var apart = x[.., i, .., Tensor.Of([4, 0, 2])];
        Assert.Equal([3, 2, 4], apart.Shape);
        for (var n = 0; n < 2; n++)
            for (var k = 0; k < 3; k++)
            {
                for (var m = 0; m < 5; m++) Assert.Equal(x[n, i[k].Item<int>(), j[k].Item<int>(), m].Item(), adjacent[n, k, m].Item());
                for (var m = 0; m < 4; m++) Assert.Equal(x[n, i[k].Item<int>(), m, new[] { 4, 0, 2 }[k]].Item(), apart[k, n, m].Item());
            }
        Assert.Equal([3, 4, 5], x[1, i].Shape);
        Assert.Equal([2, 3, 1, 5], x[.., i, null, j].Permute(1, 0, 2, 3).Shape);
    }

    [Fact]
    public void MasksSelectInRowMajorOrder()
    {
        var x = Count(2, 3);
        AssertIs(x[x > 2], [3], 3L, 4, 5);
        AssertIs(x[Tensor.Of([false, true])], [1, 3], 3L, 4, 5);
        AssertIs(x[.., Tensor.Of([true, false, true])], [2, 2], 0L, 2, 3, 5);
        AssertIs(x[Tensor.Of([true, true]), Tensor.Of([0, 2])], [2], 0L, 5);
        AssertIs(x[x > 100], [0], Array.Empty<long>());
        Assert.Equal([2, 2, 2], Count(2, 2, 2, 2)[Tensor.Of([[true, false], [false, true]])].Shape);
    }

    [Fact]
    public void WritesGoIntoTheMemory()
    {
        var x = Tensor.Of([[0f, 1, 2], [3, 4, 5]]);
        var part = x[.., 1..];
        part[..] = 0;
        AssertIs(x, [2, 3], 0f, 0, 0, 3, 0, 0);
        x[x > 2] = 7;
        AssertIs(x, [2, 3], 0f, 0, 0, 7, 0, 0);
        x[0] += x[^1];
        AssertIs(x, [2, 3], 7f, 0, 0, 7, 0, 0);
        x[.., 2] = Tensor.Of([1f, 2]);
        x[1, 1] = 0.5;
        AssertIs(x, [2, 3], 7f, 0, 1, 7, 0.5f, 2);
        x[Tensor.Of([1, 0]), Tensor.Of([0, 2])] = Tensor.Of([-1f, -2]);
        AssertIs(x, [2, 3], 7f, 0, -2, -1, 0.5f, 2);
        x[x == 2] = Tensor.Of([9f]);
        x[.., Tensor.Of([0, 1])] = Tensor.Of([[1f], [2]]);
        AssertIs(x, [2, 3], 1f, 1, -2, 2, 2, 9);
        x.T()[Tensor.Of([0, 1])] = 4;
        AssertIs(x, [2, 3], 4f, 4, -2, 4, 4, 9);
        x[0, Tensor.Of([true, false, false])] = Tensor.Of([3f]);
        AssertIs(x, [2, 3], 3f, 4, -2, 4, 4, 9);
    }

    [Fact]
    public void WritesThroughStridesThatNeedACopyArrive()
    {
        var x = Tensor.Zeros([2, 3, 4], DType.Int64);
        var turned = x.Permute(2, 0, 1)[1..3];
        turned[Tensor.Of([0, 1]), Tensor.Of([1, 0])] = Tensor.Of([5L, 6, 7]);
        Assert.Equal(6, x[1, 1, 1].Item());
        Assert.Equal(7, x[0, 2, 2].Item());
        Assert.Equal(36, x.Sum().Item());
        turned[.., Tensor.Of([true, false]), 2] = 1;
        Assert.Equal(1, x[0, 2, 1].Item());
        var y = Count(4);
        y[1..] = y[..3];
        AssertIs(y, [4], 0L, 0, 1, 2);
        y[y] = 9 - y;
        AssertIs(y, [4], 9L, 8, 7, 2);
        var mask = Tensor.Of([true, false]);
        mask[mask] = false;
        AssertIs(mask, [2], false, false);
    }

    [Fact]
    public void WritesThatDoNotFitChangeNothing()
    {
        var x = Count(2, 2);
        var before = x.ToArray<long>();
        Assert.Contains("the value is Float32, the tensor Int64; convert it with To(DType.Int64)", Assert.Throws<ArgumentException>(() => x[0] = Tensor.Of([1f, 2])).Message);
        Assert.Throws<ArgumentException>(() => x[0] = 0.5);
        Assert.Throws<ArgumentException>(() => Tensor.Of([true])[0] = 2);
        Assert.Equal("x[…]: the value [3] does not broadcast to the part that is written, [2]", Assert.Throws<ShapeException>(() => x[0] = Count(3)).Message);
        Assert.Throws<ShapeException>(() => x[0] = Count(1, 2, 2));
        Assert.Throws<ShapeException>(() => x[x >= 0] = Count(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => x[Tensor.Of([0, 2])] = 1);
        Assert.Throws<InvalidOperationException>(() => Tensor.Zeros(1).Expand(3)[0..2] = 1);
        Assert.Contains("Float16 is for storage", Assert.Throws<ArgumentException>(() => Tensor.Zeros([2], DType.Float16)[Tensor.Of([true, false])] = 1).Message);
        Assert.Equal(before, x.ToArray<long>());
        x[0] = Count(1, 1, 2);
        x[0] = 3.0;
        x[1] = Count(1);
        AssertIs(x, [2, 2], 3L, 3, 0, 0);
    }

    [Fact]
    public void WritesKeepOutOfGraphs()
    {
        var w = Tensor.Of([1.0, 2], requiresGrad: true);
        Assert.Contains("leaf", Assert.Throws<InvalidOperationException>(() => w[0] = 1).Message);
        Assert.Contains("graph", Assert.Throws<InvalidOperationException>(() => (w * 2)[0] = 1).Message);
        Assert.Contains("the value requires a gradient", Assert.Throws<InvalidOperationException>(() => Tensor.Zeros([2], DType.Float64)[0] = w[0]).Message);
        (w * w).Sum().Backward();
        using (Autograd.NoGrad()) w[..] -= 0.25 * w.Grad!;
        AssertNear(w, [2], 0.5, 1);
        Assert.True(w.IsLeaf);
    }

    [Fact]
    public void ReadsHaveGradientsOfBothOrders()
    {
        var (i, j) = (Tensor.Of([2, 0, 2]), Tensor.Of([[1], [-1]]));
        var mask = Tensor.Of([[true, false, true], [false, true, true], [false, false, true]]);
        GradientCheck.Run(x => (x * x)[1, ..2] * x.Sin()[TensorIndex.Slice(.., 2), 0], Of(3, 3), order: 2);
        GradientCheck.Run(x => (x * x)[i] * x.Sin()[j, i].Mean(), Of(3, 3), order: 2);
        GradientCheck.Run(x => (x * x)[mask], Of(3, 3), order: 2);
        GradientCheck.Run(x => (x * x)[i, .., j], Of(3, 2, 3), order: 2);
    }

    [Fact]
    public void ForeachGoesAlongTheFirstAxis()
    {
        var sums = new List<double>();
        foreach (var row in Count(2, 3)) sums.Add(row.Sum().Item());
        Assert.Equal([3, 12], sums);
        Assert.Throws<ShapeException>(() => Tensor.Scalar(1).GetEnumerator());
    }
}
