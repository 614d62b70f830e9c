namespace MiniDL.Tests;

public class DropoutTests
{
    [Fact]
    public void WhatStaysIsScaledAndTheShareIsRight()
    {
        var y = Tensor.Ones([100, 1000]).Dropout(0.25, generator: new Generator(1)).ToArray<float>();
        Assert.All(y, v => Assert.True(v is 0 or 4f / 3));
        Assert.InRange(y.Count(v => v == 0) / 1e5, 0.24, 0.26);
    }

    [Fact]
    public void OneSeedIsOneMask()
    {
        var x = Given.Of([50]);
        Assert.Equal(x.Dropout(generator: new Generator(3)).ToArray<double>(), x.Dropout(generator: new Generator(3)).ToArray<double>());
        Assert.NotEqual(x.Dropout(generator: new Generator(3)).ToArray<double>(), x.Dropout(generator: new Generator(4)).ToArray<double>());
    }

    [Fact]
    public void NothingHappensOutsideTraining()
    {
        var x = Given.Of([5]);
        Assert.Same(x, x.Dropout(0.5, training: false));
        Assert.Same(x, x.Dropout(0));
        Assert.Equal(new double[5], x.Dropout(1).ToArray<double>());
    }

    [Fact]
    public void Gradients()
    {
        GradientCheck.Run(x => x.Dropout(0.3, generator: new Generator(5)), Given.Of([4, 5]), order: 2);
        GradientCheck.Run(x => Given.Strided(x).Dropout(0.3, generator: new Generator(5)).Square(), Given.Of([4, 5]), order: 2);
    }

    [Fact]
    public void PIsAProbability()
        => Assert.Contains("p is 1.5; a probability lies between 0 and 1", Assert.Throws<ArgumentOutOfRangeException>(() => Tensor.Ones([2]).Dropout(1.5)).Message, StringComparison.Ordinal);
}
