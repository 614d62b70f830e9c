using static MiniDL.Tests.Numbers;

namespace MiniDL.Tests;

public class CreationTests
{
    [Fact]
    public void OfTakesNestedArrays()
    {
        AssertIs(Tensor.Of([[1f, 2, 3], [4, 5, 6]]), [2, 3], 1f, 2, 3, 4, 5, 6);
        AssertIs(Tensor.Of([1.5, 2]), [2], 1.5, 2);
        AssertIs(Tensor.Of([1, 2]), [2], 1, 2);
        AssertIs(Tensor.Of([1L, 2]), [2], 1L, 2);
        AssertIs(Tensor.Of([true, false]), [2], true, false);
        AssertIs(Tensor.Of([[[1, 2]], [[3, 4]]]), [2, 1, 2], 1, 2, 3, 4);
        AssertIs(Tensor.Of(new double[,] { { 1, 2 }, { 3, 4 } }), [2, 2], 1.0, 2, 3, 4);
        AssertIs(Tensor.Of(new bool[1, 1, 1, 2] { { { { true, false } } } }), [1, 1, 1, 2], true, false);
        AssertIs(Tensor.Of(new float[3, 0]), [3, 0], Array.Empty<float>());
        AssertIs(Tensor.Of(2.5f), [], 2.5f);
        AssertIs(Tensor.Of(new float[] { 1, 2 }), [2], 1f, 2);
        AssertIs(Tensor.Of(new float[][] { [1, 2], [3, 4] }), [2, 2], 1f, 2, 3, 4);
        ReadOnlySpan<float> span = [7, 8];
        AssertIs(Tensor.Of(span), [2], 7f, 8);
        Assert.True(Tensor.Of([1f], requiresGrad: true).RequiresGrad);
    }

    [Fact]
    public void OfNamesWhatDoesNotFit()
    {
        Assert.Equal("Of: row 1 has 1 values, row 0 has 2", Assert.Throws<ShapeException>(() => Tensor.Of([[1f, 2], [3]])).Message);
        Assert.Contains("matrix 1 has shape [1,2], matrix 0 has [2,1]", Assert.Throws<ShapeException>(() => Tensor.Of([[[1], [2]], [[3, 4]]])).Message);
        Assert.Contains("no tensor is made of String[]", Assert.Throws<ArgumentException>(() => Tensor.Of((Array)new[] { "a" })).Message);
        Assert.Contains("at most 8", Assert.Throws<ShapeException>(() => Tensor.Of(Array.CreateInstance(typeof(int), 1, 1, 1, 1, 1, 1, 1, 1, 1))).Message);
    }

    [Fact]
    public void NumbersStandWhereTensorsAreWanted()
    {
        var x = Tensor.Of([1f, 5]);
        Tensor one = 1, half = 0.5;
        Assert.Equal((DType.Int32, DType.Float64), (one.DType, half.DType));
        Assert.Equal(DType.Float32, Tensor.Where(x > 2, x, 0.5).DType);
        AssertIs(x + 1, [2], 2f, 6);
        AssertIs(1 - x, [2], 0f, -4);
    }

    [Fact]
    public void RangesStopBeforeTheirEnd()
    {
        AssertIs(Tensor.Arange(3), [3], 0L, 1, 2);
        AssertIs(Tensor.Arange(5, 0, -2), [3], 5L, 3, 1);
        AssertIs(Tensor.Arange(0, 1, 0.25), [4], 0f, 0.25f, 0.5f, 0.75f);
        AssertIs(Tensor.Arange(2, dtype: DType.Float64), [2], 0.0, 1);
        AssertIs(Tensor.Arange(0), [0], Array.Empty<long>());
        Assert.Contains("steps of 0", Assert.Throws<ArgumentException>(() => Tensor.Arange(0, 3, 0)).Message);
        Assert.Contains("steps of -1", Assert.Throws<ArgumentException>(() => Tensor.Arange(0, 3, -1)).Message);
        AssertIs(Tensor.Linspace(0, 1, 5, DType.Float64), [5], 0, 0.25, 0.5, 0.75, 1);
        AssertIs(Tensor.Linspace(3, 4, 1), [1], 3f);
        AssertIs(Tensor.Linspace(3, 4, 0), [0], Array.Empty<float>());
        Assert.Equal(0.7, Tensor.Linspace(0.1, 0.7, 7, DType.Float64)[^1].Item());
        Assert.Throws<ArgumentOutOfRangeException>(() => Tensor.Linspace(0, 1, -1));
    }

    [Fact]
    public void EyeHasADiagonal()
    {
        AssertIs(Tensor.Eye(2), [2, 2], 1f, 0, 0, 1);
        AssertIs(Tensor.Eye(2, 3, DType.Int64), [2, 3], 1L, 0, 0, 0, 1, 0);
        AssertIs(Tensor.Eye(0), [0, 0], Array.Empty<float>());
    }
}
