using System.Diagnostics;
using MiniDL.Benchmarks;
using MiniDL.Data;
using MiniDL.NN;
using MiniDL.Optim;

namespace MiniDL.SelfTest;

/// <summary>A small network that learns to read digits.</summary>
static class Training
{
    const int Epochs = 10;
    const double Learned = 0.9;

    /// <summary>Prints the loss of each epoch and the accuracy on images held out; false when the network has had all its epochs and has not learned.</summary>
    public static bool Run(Options options)
    {
        var limit = new TimeLimit(options.Minutes);
        var device = Devices.Find(options.Device ?? "auto");
        Console.WriteLine(Devices.Describe(device));
        Generator.Seed(1);
        var (train, test) = Digits.Load().Split(0.8);
        var batches = new DataLoader(train, batchSize: 64, shuffle: true, device: device);
        var model = new Sequential(
            new Conv2d(1, 16, kernelSize: 3, padding: 1), new BatchNorm2d(16), new Relu(), new MaxPool2d(2),
            new Conv2d(16, 32, kernelSize: 3, padding: 1), new BatchNorm2d(32), new Relu(), new MaxPool2d(2),
            new Flatten(), new Linear(128, 10));
        model.To(device);
        var optimizer = new AdamW(model.Parameters(), lr: 3e-3);
        var start = Stopwatch.GetTimestamp();
        for (var epoch = 1; epoch <= Epochs; epoch++)
        {
            model.Train();
            var (total, steps) = (Tensor.Zeros([], device: device), 0);
            foreach (var (x, y) in batches)
            {
                if (limit.IsOver) break;
                var loss = Loss.CrossEntropy(model.Forward(x), y);
                loss.Backward();
                optimizer.Step();
                optimizer.ZeroGrad();
                total += loss.Detach();
                steps++;
            }
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (steps < batches.Count)
            {
                Console.WriteLine(FormattableString.Invariant($"{limit} over; left: {batches.Count - steps} steps of epoch {epoch} and {Epochs - epoch} epochs"));
                break;
            }
            Console.WriteLine(FormattableString.Invariant($"epoch {epoch,2}/{Epochs}  loss {total.Item() / steps:F4}  ({seconds:F1} s)"));
        }
        var accuracy = Accuracy(model, test, device);
        Console.WriteLine(FormattableString.Invariant($"test accuracy {accuracy:F4}"));
        return accuracy >= Learned || limit.IsOver;
    }

    static double Accuracy(Layer model, Dataset test, Device device)
    {
        using var scope = model.Inference();
        var (x, y) = test.All();
        return (model.Forward(x.To(device)).ArgMax(dim: 1) == y.To(device)).Mean().Item();
    }
}
