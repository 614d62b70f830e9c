using MiniDL.NN;
using MiniDL.Optim;

namespace MiniDL.Benchmarks;

/// <summary>Whole training steps with Adam.</summary>
static class ModelCases
{
    const int Vocabulary = 256, Length = 128;

    public static IEnumerable<Case> All =>
    [
        Training("train MLP 784-512-256-10 b128", Mlp, () => Tensor.Randn(128, 784), 10, [128]),
        Training("train LeNet 28x28 b64", LeNet, () => Tensor.Randn(64, 1, 28, 28), 10, [64]),
        Training("train GPT 4x128 b16 t128", () => new Gpt(Vocabulary, Length, width: 128, numHeads: 4, depth: 4), () => Tensor.RandInt(0, Vocabulary, [16, Length]), Vocabulary, [16 * Length]),
    ];

    static Case Training(string name, Func<Layer> make, Func<Tensor> makeX, int classes, int[] targets) => new(name, device =>
    {
        var (model, x, y) = (make(), makeX().To(device), Tensor.RandInt(0, classes, targets).To(device));
        model.To(device);
        var optimizer = new Adam(model.Parameters(), lr: 1e-3);
        return () =>
        {
            Loss.CrossEntropy(model.Forward(x), y).Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        };
    });

    static Sequential Mlp() => new(new Linear(784, 512), new Relu(), new Linear(512, 256), new Relu(), new Linear(256, 10));

    static Sequential LeNet() => new(
        new Conv2d(1, 6, kernelSize: 5, padding: 2), new Relu(), new MaxPool2d(2),
        new Conv2d(6, 16, kernelSize: 5), new Relu(), new MaxPool2d(2), new Flatten(),
        new Linear(400, 120), new Relu(), new Linear(120, 84), new Relu(), new Linear(84, 10));
}
