namespace MiniDL.Tests;

/// <summary>Pooling where its rows do not reach.</summary>
public sealed class PoolingTests
{
    [Theory]
    [InlineData(FusedKernels.Auto)]
    [InlineData(FusedKernels.Off)]
    public void AWindowThatLiesOutsideHasNothing(FusedKernels mode)
    {
        using var scope = Fusion.Use(mode);
        var x = Tensor.Ones([1, 1, 2, 2], requiresGrad: true);
        var y = x.MaxPool2d(2, stride: 1, padding: 1, dilation: 3); // its taps are at −1 and 2
        Assert.Equal(double.NegativeInfinity, y.Item());
        y.Backward(Tensor.Ones([1, 1, 1, 1]));
        Assert.Equal([0f, 0, 0, 0], x.Grad!.ToArray<float>());
    }
}
