using MiniDL.NN;
using MiniDL.Optim;

namespace MiniDL.Tests.Optim;

/// <summary>A step gives the same bits at any number of threads.</summary>
[Collection(nameof(Serial))]
public sealed class OptimizerBitsTests : IDisposable
{
    readonly int threads = WorkerPool.Threads;

    public void Dispose() => WorkerPool.Threads = threads;

    [Fact]
    public void BitsDoNotDependOnThreads()
    {
        var expected = Run(1);
        Assert.Equal(expected, Run(2));
        Assert.Equal(expected, Run(3));
    }

    // Parameters of one chunk, of several with a tail, and of one element.
    static float[] Run(int threads)
    {
        WorkerPool.Threads = threads;
        var random = new Generator(5);
        Parameter[] parameters = [.. new[] { 40_003, 7, 100_000, 1, 16_384 }.Select(count => new Parameter(Tensor.Randn([count], generator: random)))];
        var optimizer = new AdamW(parameters, lr: 0.1, amsGrad: true);
        for (var step = 0; step < 3; step++)
        {
            foreach (var parameter in parameters) parameter.Grad = Tensor.RandnLike(parameter, random);
            optimizer.Step();
        }
        return [.. parameters.SelectMany(parameter => parameter.ToArray<float>())];
    }
}
