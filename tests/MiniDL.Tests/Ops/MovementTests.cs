using static MiniDL.Tests.Numbers;

namespace MiniDL.Tests;

public class MovementTests
{
    [Fact]
    public void SplitCutsIntoPiecesAndTheLastMayBeSmaller()
    {
        var x = Count(2, 5);
        var pieces = x.Split(2, 1);
        Assert.Equal(3, pieces.Length);
        AssertIs(pieces[0], [2, 2], 0L, 1, 5, 6);
        AssertIs(pieces[2], [2, 1], 4L, 9);
        var sized = x.Split([1, 0, 4], -1);
        AssertIs(sized[1], [2, 0], Array.Empty<long>());
        AssertIs(sized[2], [2, 4], 1L, 2, 3, 4, 6, 7, 8, 9);
    }

    [Fact]
    public void SplitNamesWhatIsWrong()
    {
        Assert.Equal("Split: sizes [1,2] sum to 3, axis 1 of [2,5] has 5", Assert.Throws<ShapeException>(() => Count(2, 5).Split([1, 2], 1)).Message);
        Assert.Contains("size is 0", Assert.Throws<ArgumentOutOfRangeException>(() => Count(4).Split(0)).Message);
        Assert.Contains("chunks is -1", Assert.Throws<ArgumentOutOfRangeException>(() => Count(4).Chunk(-1)).Message);
        Assert.Contains("0-d", Assert.Throws<ShapeException>(() => Tensor.Scalar(1).Unbind()).Message);
    }

    [Theory]
    [InlineData(5, 3, new[] { 2, 2, 1 })]
    [InlineData(5, 4, new[] { 2, 2, 1 })]
    [InlineData(6, 3, new[] { 2, 2, 2 })]
    [InlineData(2, 5, new[] { 1, 1 })]
    [InlineData(0, 2, new[] { 0, 0 })]
    public void ChunkMakesAtMostSoManyPieces(int size, int chunks, int[] sizes)
        => Assert.Equal(sizes, Count(size).Chunk(chunks).Select(c => c.Size(0)));

    [Fact]
    public void UnbindGivesTheSlices()
    {
        var slices = Count(2, 3).Unbind(1);
        Assert.Equal(3, slices.Length);
        AssertIs(slices[2], [2], 2L, 5);
    }

    [Fact]
    public void CatJoinsAndPromotes()
    {
        var y = Tensor.Cat([Count(2, 1), Tensor.Of([[0.5f, 1.5f], [2.5f, 3.5f]]), Tensor.Zeros(2, 0)], dim: -1);
        Assert.Equal(DType.Float32, y.DType);
        AssertIs(y, [2, 3], 0f, 0.5f, 1.5f, 1, 2.5f, 3.5f);
        AssertIs(Tensor.Cat([Count(2, 3).T(), Count(1, 2)]), [4, 2], 0L, 3, 1, 4, 2, 5, 0, 1);
    }

    [Fact]
    public void CatNamesTheOperandThatDiffers()
    {
        Assert.Equal("Cat: tensors[1] [3,3] and tensors[0] [2,2] differ beside axis 0", Assert.Throws<ShapeException>(() => Tensor.Cat([Count(2, 2), Count(3, 3)])).Message);
        Assert.Contains("there is no tensor", Assert.Throws<ArgumentException>(() => Tensor.Cat([])).Message);
        Assert.Contains("tensors[1] has shape [3], tensors[0] has [2]", Assert.Throws<ShapeException>(() => Tensor.Stack([Count(2), Count(3)])).Message);
    }

    [Fact]
    public void StackMakesAnAxis()
    {
        AssertIs(Tensor.Stack([Count(2), Count(2) + 5], dim: 1), [2, 2], 0L, 5, 1, 6);
        AssertIs(Tensor.Stack([Tensor.Scalar(1), Tensor.Scalar(2)]), [2], 1f, 2);
    }

    [Fact]
    public void PadPutsABorderAroundAndCrops()
    {
        AssertIs(Count(2, 2).Pad([1, 0, 0, 1], 9), [3, 3], 9L, 0, 1, 9, 2, 3, 9, 9, 9);
        AssertIs(Count(2, 3).Pad([-1, 1]), [2, 3], 1L, 2, 0, 4, 5, 0);
        AssertIs(Count(2, 3).Pad([-1, -1]), [2, 1], 1L, 4);
        Assert.Contains("crops 4 from axis 1 of [2,3], which has 3", Assert.Throws<ShapeException>(() => Count(2, 3).Pad([-2, -2])).Message);
        Assert.Contains("has 3 widths", Assert.Throws<ShapeException>(() => Count(2, 3).Pad([1, 1, 1])).Message);
    }

    [Fact]
    public void FlipAndRollReorder()
    {
        AssertIs(Count(2, 3).Flip(1), [2, 3], 2L, 1, 0, 5, 4, 3);
        AssertIs(Count(2, 3).Flip(0, -1), [2, 3], 5L, 4, 3, 2, 1, 0);
        AssertIs(Count(2, 3).Roll(1), [2, 3], 5L, 0, 1, 2, 3, 4);
        AssertIs(Count(2, 3).Roll(-4, 1), [2, 3], 1L, 2, 0, 4, 5, 3);
        AssertIs(Count(2, 3).Roll([1, 1], [0, 1]), [2, 3], 5L, 3, 4, 2, 0, 1);
        AssertIs(Count(0).Roll(3, 0), [0], Array.Empty<long>());
    }

    [Fact]
    public void RepeatAndTileCopyTheWhole()
    {
        AssertIs(Count(2).Repeat(2, 2), [2, 4], 0L, 1, 0, 1, 0, 1, 0, 1);
        AssertIs(Count(2, 2).Repeat(1, 2), [2, 4], 0L, 1, 0, 1, 2, 3, 2, 3);
        AssertIs(Count(2, 2).Tile(2), [2, 4], 0L, 1, 0, 1, 2, 3, 2, 3);
        AssertIs(Count(2, 2).Repeat(0, 3), [0, 6], Array.Empty<long>());
        Assert.Equal([1, 1, 1, 1, 1, 1, 2, 3], Tensor.Zeros(1, 1, 1, 1, 1, 1, 1, 1).Repeat(1, 1, 1, 1, 1, 1, 2, 3).Shape);
        Assert.Contains("fewer than the axes", Assert.Throws<ShapeException>(() => Count(2, 2).Repeat(2)).Message);
    }

    [Fact]
    public void TrianglesKeepTheirSide()
    {
        AssertIs(Count(2, 3).Tril(), [2, 3], 0L, 0, 0, 3, 4, 0);
        AssertIs(Count(2, 3).Triu(1), [2, 3], 0L, 1, 2, 0, 0, 5);
        Assert.Contains("two axes", Assert.Throws<ShapeException>(() => Count(3).Tril()).Message);
    }

    [Fact]
    public void DiagonalIsAView()
    {
        var x = Count(2, 3);
        AssertIs(x.Diagonal(1), [2], 1L, 5);
        AssertIs(x.Diagonal(-1), [1], 3L);
        AssertIs(x.Diagonal(7), [0], Array.Empty<long>());
        x.Diagonal().Fill(9);
        AssertIs(x, [2, 3], 9L, 1, 2, 3, 9, 5);
        AssertIs(Count(2, 2, 2).Diagonal(0, 1, -1), [2, 2], 0L, 3, 4, 7);
    }

    [Fact]
    public void MoveDimKeepsTheOthersInOrder()
    {
        Assert.Equal([3, 4, 2], Tensor.Zeros(2, 3, 4).MoveDim(0, -1).Shape);
        Assert.Equal([4, 2, 3], Tensor.Zeros(2, 3, 4).MoveDim(2, 0).Shape);
        Assert.Equal([2, 4, 3], Tensor.Zeros(2, 3, 4).SwapAxes(1, 2).Shape);
        Assert.Equal([4, 3, 2], Tensor.Zeros(2, 3, 4).MoveDim([0, 1], [2, -2]).Shape);
        Assert.Equal([3, 4, 2], Tensor.Zeros(2, 3, 4).MoveDim([0], [2]).Shape);
    }

    [Fact]
    public void GradientsOfBothOrdersAreRight()
    {
        static Tensor Curve(Tensor x) => x * x * x;
        GradientCheck.Run(x => Tensor.Cat([Curve(x[0]), x[1].Sin(), x[0]]), new[] { Of(2, 2), Of(3, 2) }, order: 2);
        GradientCheck.Run(x => Tensor.Stack([x[0], x[1].Sin()], -1), new[] { Of(2, 2), Of(2, 2) }, order: 2);
        GradientCheck.Run(x => Curve(x).Pad([1, -1, 2, 0], 1), Of(2, 3), order: 2);
        GradientCheck.Run(x => Curve(x).Flip(0, 1).Roll(2).Roll(1, 0), Of(2, 3), order: 2);
        GradientCheck.Run(x => Curve(x).Repeat(2, 1, 3), Of(2, 2), order: 2);
        GradientCheck.Run(x => Curve(x).Tril() + x.Sin().Triu(1), Of(3, 3), order: 2);
        GradientCheck.Run(x => Curve(x).Diagonal(1), Of(3, 3), order: 2);
        GradientCheck.Run(x => Curve(x).Split(2, 1)[1] * x.Unbind(1)[0].Unsqueeze(1), Of(2, 3), order: 2);
    }
}
