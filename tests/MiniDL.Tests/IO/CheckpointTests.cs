using MiniDL.Data;
using MiniDL.IO;
using MiniDL.NN;
using MiniDL.Optim;

namespace MiniDL.Tests.IO;

/// <summary>A run that was stopped ends with the same bits.</summary>
public sealed class CheckpointTests : IDisposable
{
    readonly string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => File.Delete(path);

    sealed class Run
    {
        public Generator Random { get; } = new(7);
        public Sequential Model { get; }
        public Optimizer Optimizer { get; }
        public Schedule Schedule { get; }
        public DataLoader Batches { get; }

        public Run(long seed = 7, int width = 8)
        {
            using var scope = Generator.Use(new Generator(seed));
            Model = new(new Linear(4, width), new BatchNorm1d(width), new Relu(), new Dropout(0.3), new Linear(width, 3));
            Optimizer = new AdamW(Model.Parameters(), lr: 0.01, amsGrad: true);
            Schedule = new OneCycle(Optimizer, maxLr: 0.05, totalSteps: 40);
            var x = Tensor.Randn([30, 4], generator: new(1));
            var y = Tensor.RandInt(0, 3, [30], generator: new(2));
            Batches = new(new TensorDataset(x, y), batchSize: 8, shuffle: true);
        }

        public void Train(int steps)
        {
            using var scope = Generator.Use(Random);
            while (steps > 0)
                foreach (var (x, y) in Batches)
                {
                    Loss.CrossEntropy(Model.Forward(x), y).Backward();
                    Optimizer.Step();
                    Optimizer.ZeroGrad();
                    Schedule.Step();
                    if (--steps == 0) break;
                }
        }

        public float[] Bits() => [.. Model.StateDict().Values.SelectMany(t => t.To(DType.Float32).ToArray<float>())];
    }

    [Fact]
    public void AStoppedRunEndsWithTheSameBits()
    {
        var whole = new Run();
        whole.Train(15);
        Checkpoint.Save(path, 3, whole.Model, whole.Optimizer, whole.Schedule, whole.Batches, whole.Random);
        whole.Batches.State = whole.Batches.State; // goes on within the epoch, as the other will
        whole.Train(14);

        var resumed = new Run(seed: 99);
        Assert.Equal(3, Checkpoint.Load(path, resumed.Model, resumed.Optimizer, resumed.Schedule, resumed.Batches, resumed.Random));
        resumed.Train(14);
        Assert.Equal(whole.Bits(), resumed.Bits());
        Assert.Equal(whole.Optimizer.Lr, resumed.Optimizer.Lr);
    }

    [Fact]
    public void PartsMayBeLeftOut()
    {
        var run = new Run();
        Checkpoint.Save(path, 1, run.Model);
        var other = new Run(seed: 3);
        Checkpoint.Load(path, other.Model);
        Assert.Equal(run.Bits(), other.Bits());
        Assert.Equal($"Checkpoint '{path}': it was saved without an optimizer", Assert.Throws<DataFormatException>(() => Checkpoint.Load(path, run.Model, run.Optimizer)).Message);
        Assert.Equal($"Checkpoint '{path}': it was saved without a loader", Assert.Throws<DataFormatException>(() => Checkpoint.Load(path, run.Model, batches: run.Batches)).Message);
        run.Model.Save(path);
        Assert.Equal($"Checkpoint '{path}': this is no checkpoint; a model alone is read by model.Load", Assert.Throws<DataFormatException>(() => Checkpoint.Load(path, run.Model)).Message);
    }

    [Fact]
    public void WhatDoesNotFitChangesNothing()
    {
        var run = new Run();
        run.Train(5);
        Checkpoint.Save(path, 1, run.Model, run.Optimizer, run.Schedule, run.Batches);
        var other = new Run(seed: 3);
        var more = new Run(width: 9);
        more.Train(2);
        var (before, lr) = (other.Bits(), more.Optimizer.Lr);
        // The model fits, the optimizer is that of another one.
        var error = Assert.Throws<ArgumentException>(() => Checkpoint.Load(path, other.Model, more.Optimizer, other.Schedule, other.Batches));
        Assert.StartsWith("AdamW.LoadStateDict: the state does not fit, nothing was changed:", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, other.Bits());
        Assert.Equal(lr, more.Optimizer.Lr);
        Assert.Equal(default, (other.Batches.State.Epoch, other.Batches.State.Batch));
        Assert.Throws<ArgumentException>(() => Checkpoint.Load(path, more.Model));
    }

    [Fact]
    public void AFailedSaveLeavesTheFileThatWasThere()
    {
        var run = new Run();
        Checkpoint.Save(path, 1, run.Model);
        var below = Path.Combine(path, "run.ckpt");
        Assert.StartsWith($"Cannot save '{below}': ", Assert.Throws<IOException>(() => Checkpoint.Save(below, 2, run.Model)).Message, StringComparison.Ordinal);
        Assert.Equal(1, Checkpoint.Load(path, run.Model));
    }
}
