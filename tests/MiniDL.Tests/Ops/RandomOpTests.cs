using static MiniDL.Tests.Numbers;

namespace MiniDL.Tests;

public class RandomOpTests
{
    [Fact]
    public void TheSeedSaysTheNumbers()
    {
        var (g, h) = (new Generator(7), new Generator(7));
        var x = Tensor.Rand([5], generator: g);
        Assert.Equal(x.ToArray<float>(), Tensor.Rand([5], generator: h).ToArray<float>());
        Assert.NotEqual(x.ToArray<float>(), Tensor.Rand([5], generator: g).ToArray<float>());
        using (Generator.Use(new Generator(7))) Assert.Equal(x.ToArray<float>(), Tensor.Rand(5).ToArray<float>());
        Assert.Same(Generator.Default, Generator.Current);
        var state = h.State;
        var next = Tensor.Randn([3], generator: h).ToArray<float>();
        h.State = state;
        Assert.Equal(next, Tensor.Randn([3], generator: h).ToArray<float>());
    }

    [Fact]
    public void DrawsHaveTheirMoments()
    {
        using var scope = Generator.Use(new Generator(1));
        var u = Tensor.Uniform([20000], -1, 3, DType.Float64);
        Assert.InRange(u.Mean().Item(), 0.95, 1.05);
        Assert.InRange(u.Amin().Item(), -1, -0.99);
        Assert.InRange(u.Amax().Item(), 2.99, 3);
        var n = Tensor.Normal([20000], 2, 0.5);
        Assert.InRange(n.Mean().Item(), 1.98, 2.02);
        Assert.InRange(n.Std().Item(), 0.49, 0.51);
        Assert.InRange(Tensor.Bernoulli([20000], 0.3).Mean().Item(), 0.28, 0.32);
        Assert.Equal(DType.Bool, Tensor.Bernoulli([2], 0.3, DType.Bool).DType);
        AssertIs(Tensor.Of([0f, 1, 0, 1]).Bernoulli(), [4], 0f, 1, 0, 1);
        var whole = Tensor.RandInt(-2, 2, [4000]);
        Assert.Equal([-2, -1, 0, 1], whole.ToArray<long>().Distinct().Order());
        Assert.Equal((DType.Float64, 3), (Tensor.RandnLike(Of(3)).DType, Tensor.RandLike(Of(3)).Size(0)));
    }

    [Fact]
    public void PermutationsHoldEachOnce()
    {
        var order = Tensor.RandPerm(100, generator: new Generator(3)).ToArray<long>();
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), order.Order());
        Assert.NotEqual(order.Order(), order);
        AssertIs(Tensor.RandPerm(0), [0], Array.Empty<long>());
    }

    [Fact]
    public void MultinomialFollowsTheWeights()
    {
        using var scope = Generator.Use(new Generator(5));
        var drawn = Tensor.Of([0.0, 1, 3, 0]).Multinomial(8000, replacement: true).ToArray<long>();
        Assert.Equal([1, 2], drawn.Distinct().Order());
        Assert.InRange(drawn.Count(k => k == 2) / 8000.0, 0.73, 0.77);
        var rows = Tensor.Of([[1f, 0, 1], [0, 2, 2]]).Multinomial(2);
        Assert.Equal([0, 2], rows[0].ToArray<long>().Order());
        Assert.Equal([1, 2], rows[1].ToArray<long>().Order());
        var first = 0;
        for (var i = 0; i < 2000; i++)
            if (Tensor.Of([1f, 3]).Multinomial(2)[0].Item() == 1) first++;
        Assert.InRange(first / 2000.0, 0.71, 0.79);
    }

    [Fact]
    public void WrongArgumentsAreNamed()
    {
        Assert.Contains("3 draws without replacement from row 0, which has 2 categories", Assert.Throws<ArgumentException>(() => Tensor.Of([1f, 0, 1]).Multinomial(3)).Message);
        Assert.Contains("weight at [0,1] is -1", Assert.Throws<ArgumentException>(() => Tensor.Of([1f, -1]).Multinomial(1)).Message);
        Assert.Contains("no positive weight", Assert.Throws<ArgumentException>(() => Tensor.Of([0f]).Multinomial(1)).Message);
        Assert.Contains("p is 1.5", Assert.Throws<ArgumentException>(() => Tensor.Bernoulli([1], 1.5)).Message);
        Assert.Contains("no whole number from 3 to below 3", Assert.Throws<ArgumentException>(() => Tensor.RandInt(3, 3, [1])).Message);
        Assert.Contains("dtype is Int64", Assert.Throws<ArgumentException>(() => Tensor.Rand([1], DType.Int64)).Message);
        Assert.Contains("size -1 at axis 0", Assert.Throws<ShapeException>(() => Tensor.Rand(-1)).Message);
    }
}
