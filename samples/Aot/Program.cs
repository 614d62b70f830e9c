// The library compiled ahead of time: trains, saves, loads, and checks that nothing was lost.
// dotnet publish -c Release samples/Aot
// It prints no times, so that its output is the same to the last bit under dotnet run.
using System.Security.Cryptography;
using MiniDL;
using MiniDL.Data;
using MiniDL.IO;
using MiniDL.NN;
using MiniDL.Optim;

Generator.Seed(7);
var (train, test) = Digits.Load().Split(0.8);
var model = new Network();
var optimizer = new Adam(model.Parameters(), lr: 3e-3);
foreach (var epoch in Enumerable.Range(1, 5))
{
    double total = 0;
    var batches = new DataLoader(train, batchSize: 64, shuffle: true);
    foreach (var (x, y) in batches)
    {
        var loss = Loss.CrossEntropy(model.Forward(x), y);
        loss.Backward();
        optimizer.Step();
        optimizer.ZeroGrad();
        total += loss.Item();
    }
    Console.WriteLine($"epoch {epoch}  loss {total / batches.Count:F4}");
}

// Second derivatives ahead of time, through an op of one's own.
var at = Tensor.Of([0.5, -1.0, 2.0]);
GradientCheck.Run(x => x.Apply(new Gaussian(0.5f)) * x.Gelu() + x.Softplus().Tanh(), at, order: 2);

var path = Path.Combine(Path.GetTempPath(), $"aot-{Environment.ProcessId}.safetensors");
try
{
    model.Save(path);
    var again = new Network();
    again.Load(path);
    var (x, y) = test.All();
    using var scope = model.Inference();
    using var scopeAgain = again.Inference();
    var scores = model.Forward(x);
    if (!(again.Forward(x) == scores).All().Item<bool>()) throw new InvalidOperationException("the loaded model gives other scores");
    var accuracy = (scores.ArgMax(dim: 1) == y).Mean().Item();
    Console.WriteLine($"{Safetensors.Load(path).Count} tensors saved and loaded, test accuracy {accuracy:F4}");
    Console.WriteLine($"SHA-256 of the file {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))}");
    return accuracy > 0.9 ? 0 : 1;
}
finally
{
    File.Delete(path);
}

/// <summary>A module of one's own: its layers are found in fields, without reflection that trimming would break.</summary>
sealed class Network : Layer
{
    readonly Conv2d conv = new(1, 16, kernelSize: 3, padding: 1);
    readonly BatchNorm2d norm = new(16);
    readonly SelfAttention attend = new(16, numHeads: 2);
    readonly Linear classify = new(16 * 16, 10);

    public override Tensor Forward(Tensor x)
    {
        var features = norm.Forward(conv.Forward(x)).Relu().MaxPool2d(2).Flatten(2).Transpose(1, 2); // [N, 16 places, 16 channels]
        features += attend.Forward(features);
        return classify.Forward(features.Flatten(1));
    }
}

/// <summary>y = exp(−a·x²).</summary>
readonly struct Gaussian(float a) : IFormula
{
    public T Invoke<T>(T x) where T : struct, ILanes<T> => T.Exp(T.Of(-a) * x * x);
}
