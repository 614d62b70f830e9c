namespace MiniDL.Tests;

/// <summary>Writes in place: values, broadcasting, overlap, and what they refuse.</summary>
public sealed class InPlaceTests
{
    static void AssertThrows<T>(string text, Action action) where T : Exception
        => Assert.Contains(text, Assert.Throws<T>(action).Message, StringComparison.Ordinal);

    [Fact]
    public void TheListOfInPlaceOps()
    {
        var x = Tensor.Of([[1.0, 2], [3, 4]]);
        Assert.Same(x, x.AddInPlace(1).SubInPlace(Tensor.Of([1.0, 2])).MulInPlace(2));
        Assert.Equal([2, 2, 6, 6], x.ToArray<double>());
        x.MulInPlace(Tensor.Of([[1.0], [0.5]])).AddInPlace(x.T().Clone());
        Assert.Equal([4, 8, 5, 6], x.Clone().CopyFrom(Tensor.Of([[4.0, 8], [5, 6]])).ToArray<double>());
        Assert.Equal([7, 7, 7, 7], x.Fill(7).ToArray<double>());
        Assert.Equal([true, true], Tensor.Zeros([2], DType.Bool).Fill(3).ToArray<bool>());
        Assert.Equal([9L, 9], Tensor.Zeros([2], DType.Int64).AddInPlace(9).ToArray<long>());
    }

    [Fact]
    public void OverlappingViewsReadWhatWasThereBefore()
    {
        var x = Tensor.Of([1.0, 2, 3, 4]);
        x[1..].AddInPlace(x[..3]);
        Assert.Equal([1, 3, 5, 7], x.ToArray<double>());
        x[..3].CopyFrom(x[1..]);
        Assert.Equal([3, 5, 7, 7], x.ToArray<double>());
        var square = Tensor.Of([[1.0, 2], [3, 4]]);
        square.AddInPlace(square.T());
        Assert.Equal([2, 5, 5, 8], square.ToArray<double>());
    }

    [Fact]
    public void ViewsWriteThrough()
    {
        var x = Tensor.Zeros([3, 4]);
        x.T()[1] = 5;
        x[.., ^1].AddInPlace(1);
        x[0] += 10;
        Assert.Equal([10f, 15, 10, 11, 0, 5, 0, 1, 0, 5, 0, 1], x.ToArray<float>());
    }

    [Fact]
    public void WhatIsRefused()
    {
        var w = Tensor.Ones([2], requiresGrad: true);
        AssertThrows<InvalidOperationException>("AddInPlace: this leaf requires a gradient and is written while gradients are recorded; write inside using (Autograd.NoGrad())", () => w.AddInPlace(1));
        var h = w * 2;
        AssertThrows<InvalidOperationException>("Fill: Multiply made this tensor and the graph needs it", () => h.Fill(0));
        AssertThrows<InvalidOperationException>("AddInPlace: the operand requires a gradient, which a write in place cannot record", () => Tensor.Ones(2).AddInPlace(w));
        AssertThrows<InvalidOperationException>("CopyFrom: the source requires a gradient", () => Tensor.Ones(2).CopyFrom(w));
        AssertThrows<InvalidOperationException>("x[…] = value: the value requires a gradient", () => Tensor.Ones(2)[0] = h[0]);
        AssertThrows<InvalidOperationException>("Fill: several indices of this expanded view share one element (shape", () => Tensor.Ones(1).Expand(3).Fill(0));
        AssertThrows<ShapeException>("AddInPlace: the operand [3,2] does not broadcast to the shape [2] of the tensor that is written", () => Tensor.Ones(2).AddInPlace(Tensor.Ones(3, 2)));
        AssertThrows<ShapeException>("CopyFrom: the source [2,2] does not broadcast to [2]", () => Tensor.Ones(2).CopyFrom(Tensor.Ones(2, 2)));
        AssertThrows<ArgumentException>("AddInPlace: a Float64 operand does not fit into Float32 in place; convert it with To(DType.Float32)", () => Tensor.Ones(2).AddInPlace(Tensor.Of([1.0, 2])));
        AssertThrows<ArgumentException>("AddInPlace: 0.5 is not whole, and the tensor is Int64", () => Tensor.Arange(3).AddInPlace(0.5));
        using (Autograd.NoGrad()) Assert.Equal([2f, 2], w.AddInPlace(1).ToArray<float>());
    }
}
