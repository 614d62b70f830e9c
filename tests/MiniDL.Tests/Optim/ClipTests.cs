using MiniDL.NN;
using MiniDL.Optim;

namespace MiniDL.Tests.Optim;

/// <summary>Limits on gradients.</summary>
public sealed class ClipTests
{
    static (Parameter A, Parameter B) Pair()
    {
        var (a, b) = (new Parameter(Tensor.Zeros(2)), new Parameter(Tensor.Zeros(1)));
        ((a * Tensor.Of([3f, 0])).Sum() + (b * -4).Sum()).Backward();
        return (a, b);
    }

    [Theory]
    [InlineData(2, 5)]
    [InlineData(1, 7)]
    [InlineData(double.PositiveInfinity, 4)]
    public void TheNormIsThatOfAllGradientsTogether(double p, double norm)
    {
        var (a, b) = Pair();
        Assert.Equal(norm, Clip.GradNorm([a, b, new(Tensor.Ones(1))], maxNorm: norm / 2, p).Item(), 6);
        Assert.Equal(1.5, a.Grad![0].Item(), 5);
        Assert.Equal(-2, b.Grad!.Item(), 5);
    }

    [Fact]
    public void SmallGradientsStayAsTheyAre()
    {
        var (a, b) = Pair();
        Assert.Equal(5, Clip.GradNorm([a, b], maxNorm: 6).Item(), 6);
        Assert.Equal((3, -4), (a.Grad![0].Item(), b.Grad!.Item()));
        Assert.Equal(0, Clip.GradNorm([], 1).Item());
    }

    [Fact]
    public void ValuesAreClamped()
    {
        var (a, b) = Pair();
        Clip.GradValue([a, b], 2.5);
        Assert.Equal((2.5, 0, -2.5), (a.Grad![0].Item(), a.Grad[1].Item(), b.Grad!.Item()));
    }

    [Fact]
    public void GradientsThatTwoLeavesShareAreScaledOnceEach()
    {
        var (a, b) = (new Parameter(Tensor.Zeros(1000)), new Parameter(Tensor.Zeros(1000)));
        ((a + b) * Tensor.Full([1000], 2)).Sum().Backward();
        var norm = Clip.GradNorm([a, b], 1).Item();
        Assert.Equal(Math.Sqrt(8000), norm, 3);
        Assert.Equal(2 / norm, a.Grad![5].Item(), 5);
        Assert.Equal(2 / norm, b.Grad![5].Item(), 5);
    }

    [Fact]
    public void ABufferOfTheCallersIsOverwritten()
    {
        var w = new Parameter(Tensor.Zeros(2));
        var buffer = Tensor.Of([3f, 4]);
        w.Grad = buffer;
        Clip.GradNorm([w], 2.5);
        Assert.Equal(1.5, buffer[0].Item(), 5);
        Assert.Same(buffer, w.Grad);
    }
}
