using BenchmarkDotNet.Attributes;
using MiniDL.NN;
using MiniDL.Optim;

namespace MiniDL.Benchmarks;

/// <summary>Whole training steps.</summary>
public class Models : OpBenchmarks
{
    Layer mlp = null!, lenet = null!;
    Optimizer mlpOptimizer = null!, lenetOptimizer = null!;
    Tensor vectors = null!, images = null!, classes = null!;

    protected override void Prepare()
    {
        mlp = new Sequential(new Linear(784, 512), new Relu(), new Linear(512, 256), new Relu(), new Linear(256, 10));
        lenet = new Sequential(
            new Conv2d(1, 6, kernelSize: 5, padding: 2), new Relu(), new MaxPool2d(2),
            new Conv2d(6, 16, kernelSize: 5), new Relu(), new MaxPool2d(2), new Flatten(),
            new Linear(400, 120), new Relu(), new Linear(120, 84), new Relu(), new Linear(84, 10));
        (mlpOptimizer, lenetOptimizer) = (new Adam(mlp.Parameters(), lr: 1e-3), new Adam(lenet.Parameters(), lr: 1e-3));
        (vectors, images, classes) = (Tensor.Randn(64, 784), Tensor.Randn(64, 1, 28, 28), Tensor.RandInt(0, 10, [64]));
    }

    void Step(Layer model, Optimizer optimizer, Tensor x)
    {
        Loss.CrossEntropy(model.Forward(x), classes).Backward();
        optimizer.Step();
        optimizer.ZeroGrad();
    }

    [Benchmark] public void Mlp() => Step(mlp, mlpOptimizer, vectors);

    [Benchmark] public void LeNet() => Step(lenet, lenetOptimizer, images);
}
