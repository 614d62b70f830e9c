// Trains a small convolutional network on real images and shows how well it does.
// dotnet run -c Release --project samples/Quickstart -- --help
using System.Diagnostics;
using MiniDL;
using MiniDL.Data;
using MiniDL.NN;
using MiniDL.Optim;
using Quickstart;

var options = Options.Parse(args);
if (options is null) return Options.ExitCode;

Generator.Seed(options.Seed);
if (options.Threads > 0) Cpu.Threads = options.Threads;
var device = Devices.Pick(options);
Console.WriteLine($"device {Devices.Describe(device)}");
var data = Images.Load(options);
var (train, test) = (data.Train, data.Test);
var side = train[0].X.Size(-1);
Console.WriteLine($"{data.Name}: {train.Count} images to learn from, {test.Count} held out, {side}x{side} pixels, {data.ClassNames.Count} classes");

var batches = new DataLoader(train, batchSize: 64, shuffle: true, device: device);
var model = new Sequential(
    new Conv2d(1, 32, kernelSize: 3, padding: 1), new BatchNorm2d(32), new Relu(), new MaxPool2d(2),
    new Conv2d(32, 64, kernelSize: 3, padding: 1), new BatchNorm2d(64), new Relu(), new MaxPool2d(2),
    new Flatten(), new Dropout(0.25), new Linear(64 * (side / 4) * (side / 4), 10));
model.To(device);
var optimizer = new AdamW(model.Parameters(), lr: 1e-3);
var schedule = new OneCycle(optimizer, maxLr: 1e-2, totalSteps: options.Epochs * batches.Count);
Console.WriteLine(model.Summary(1, 1, side, side));

var clock = Stopwatch.StartNew();
for (var epoch = 1; epoch <= options.Epochs; epoch++)
{
    model.Train();
    var total = Tensor.Zeros([], device: device);
    var progress = new Progress($"epoch {epoch,2}/{options.Epochs}", batches.Count);
    foreach (var (x, y) in batches)
    {
        var loss = Loss.CrossEntropy(model.Forward(x), y); // how wrong is the model on this batch?
        loss.Backward();                                   // which way does each weight make it less wrong?
        optimizer.Step();                                  // a step that way
        optimizer.ZeroGrad();
        schedule.Step();
        total += loss.Detach(); // a sum where the loss lies: reading it would wait for the device
        progress.Advance();
    }
    progress.Finish($"loss {total.Item() / batches.Count:F4}  test accuracy {Evaluation.Accuracy(model, test, device):F4}  ({clock.Elapsed.TotalSeconds:F1} s)");
}

var predicted = Evaluation.Predict(model, test, device);
var truth = test.All().Y;
Screen.ConfusionMatrix(truth, predicted, data.ClassNames);
Screen.Examples(test, predicted, data.ClassNames, count: 4);
Console.WriteLine($"baseline, the nearest training image: {Evaluation.NearestNeighbour(train, test):F4}");

var path = Path.Combine(Path.GetTempPath(), $"quickstart-{Environment.ProcessId}.safetensors");
try
{
    model.Save(path);
    var again = model.Clone();
    foreach (var parameter in again.Parameters())
        using (Autograd.NoGrad()) parameter.Fill(0);
    again.Load(path);
    var same = Evaluation.Predict(again, test, device).Eq(predicted).All().Item<bool>();
    Console.WriteLine($"saved ({new FileInfo(path).Length / 1024} KB), loaded into a fresh copy: predictions are {(same ? "equal" : "DIFFERENT")}");
    if (!same) return 1;
}
finally
{
    File.Delete(path);
}

Console.WriteLine($"test accuracy {Evaluation.Accuracy(model, test, device):F4}");
return 0;
