namespace MiniDL.Tests;

public class RandomTests
{
    // The known answers of Random123's kat_vectors.
    [Theory]
    [InlineData(0UL, 0UL, 0UL, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x299f31d0a4093822UL, 0x0370734413198a2eUL, 0x85a308d3243f6a88UL, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void PhiloxGivesThePublishedWords(ulong seed, ulong stream, ulong block, uint w0, uint w1, uint w2, uint w3)
        => Assert.Equal((w0, w1, w2, w3), Philox.Block(seed, stream, block));

    static Cells<T> Drawn<T>(Distribution distribution, int[] sizes, Strides strides = Strides.Contiguous, ulong stream = 3) where T : unmanaged
    {
        var y = new Cells<T>(sizes, strides);
        Device.Cpu.Backend(y.View.DType).Random(distribution, 1234, stream, y.View);
        y.AssertUntouchedAround();
        return y;
    }

    public static readonly TheoryData<DistributionKind> Kinds = new(Enum.GetValues<DistributionKind>());

    [Theory]
    [MemberData(nameof(Kinds))]
    public void AnElementDependsOnItsPlaceAlone(DistributionKind kind)
    {
        var distribution = new Distribution(kind, kind == DistributionKind.Bernoulli ? 0.3 : -2, 5);
        var floats = Drawn<float>(distribution, [10_000]).ToArray();
        var doubles = Drawn<double>(distribution, [10_000]).ToArray();
        foreach (var n in Enumerable.Range(0, 68).Append(257).Append(4097))
        {
            Assert.Equal(floats[..n], Drawn<float>(distribution, [n]).ToArray());
            Assert.Equal(doubles[..n], Drawn<double>(distribution, [n]).ToArray());
        }
        foreach (var strides in new[] { Strides.Spread, Strides.Transposed, Strides.Flipped })
            Assert.Equal(floats, Drawn<float>(distribution, [100, 100], strides).ToArray());
        Assert.NotEqual(floats, Drawn<float>(distribution, [10_000], stream: 4).ToArray());
    }

    [Fact]
    public void UniformFillsItsInterval()
    {
        var y = Drawn<float>(new(DistributionKind.Uniform, -1, 3), [100_000]).ToArray();
        Assert.All(y, v => Assert.InRange(v, -1f, MathF.BitDecrement(3)));
        Assert.Equal(1, y.Average(), 0.02);
        Assert.Equal(16 / 12.0, y.Select(v => (v - 1.0) * (v - 1.0)).Average(), 0.02);
        var d = Drawn<double>(new(DistributionKind.Uniform, 1, Math.BitIncrement(1)), [1000]).ToArray();
        Assert.All(d, v => Assert.Equal(1, v));
    }

    [Fact]
    public void NormalHasItsMoments()
    {
        Moments(Drawn<float>(new(DistributionKind.Normal, 2, 3), [200_000]).ToArray().Select(v => (double)v).ToArray());
        Moments(Drawn<double>(new(DistributionKind.Normal, 2, 3), [200_000]).ToArray());
    }

    static void Moments(double[] y)
    {
        var z = y.Select(v => (v - 2) / 3).ToArray();
        Assert.Equal(0, z.Average(), 0.01);
        Assert.Equal(1, z.Select(v => v * v).Average(), 0.015);
        Assert.Equal(0, z.Select(v => v * v * v).Average(), 0.05);
        Assert.Equal(3, z.Select(v => v * v * v * v).Average(), 0.1);
        Assert.Equal(0, z.Zip(z.Skip(1), (a, b) => a * b).Average(), 0.01);
    }

    [Fact]
    public void BernoulliIsTheSameForEveryType()
    {
        var p = new Distribution(DistributionKind.Bernoulli, 0.3, 0);
        var y = Drawn<float>(p, [10_000]).ToArray();
        Assert.Equal(0.3, y.Average(), 0.02);
        Assert.Equal(y, Drawn<double>(p, [10_000]).ToArray().Select(v => (float)v));
        Assert.Equal(y, Drawn<long>(p, [10_000]).ToArray().Select(v => (float)v));
        Assert.Equal(y, Drawn<byte>(p, [10_000]).ToArray().Select(v => (float)v));
        Assert.All(Drawn<float>(new(DistributionKind.Bernoulli, 1, 0), [1000]).ToArray(), v => Assert.Equal(1, v));
        Assert.All(Drawn<float>(new(DistributionKind.Bernoulli, 0, 0), [1000]).ToArray(), v => Assert.Equal(0, v));
    }

    [Fact]
    public void WholeNumbersAreEven()
    {
        var y = Drawn<long>(new(DistributionKind.Integer, -3, 4), [70_000]).ToArray();
        foreach (var group in y.GroupBy(v => v))
        {
            Assert.InRange(group.Key, -3, 3);
            Assert.Equal(10_000.0, group.Count(), 400.0);
        }
        Assert.Equal(y, Drawn<int>(new(DistributionKind.Integer, -3, 4), [70_000]).ToArray().Select(v => (long)v));
        Assert.Equal(y, Drawn<float>(new(DistributionKind.Integer, -3, 4), [70_000]).ToArray().Select(v => (long)v));
    }
}
