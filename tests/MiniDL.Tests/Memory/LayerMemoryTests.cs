using System.Runtime.CompilerServices;
using MiniDL.NN;
using MiniDL.Optim;

namespace MiniDL.Tests;

/// <summary>Training through layers: what they make goes back by itself, and nothing that code of the user's holds does.</summary>
[Collection(nameof(Serial))]
public sealed class LayerMemoryTests
{
    const int Batch = 32;

    /// <summary>Keeps what it is handed, as a user's layer may.</summary>
    sealed class Keep : Layer
    {
        public List<(Tensor Tensor, float[] Values)> Kept { get; } = [];

        public override Tensor Forward(Tensor x)
        {
            Hold(x);
            var y = x * 1.0;
            Hold(y);
            return y;
        }

        public void Hold(Tensor x) => Kept.Add((x, x.ToArray<float>()));
    }

    static Sequential LeNet() => new(
        new Conv2d(1, 6, 5, padding: 2), new BatchNorm2d(6), new Relu(), new MaxPool2d(2),
        new Conv2d(6, 16, 3), new BatchNorm2d(16), new Relu(), new AvgPool2d(2),
        new Flatten(), new Dropout(0.1), new Linear(16 * 6 * 6, 10));

    sealed class Run
    {
        readonly Tensor x, y;
        readonly Optimizer optimizer;
        readonly bool clips;

        public Run(Func<Sequential> build, bool clips = true)
        {
            this.clips = clips;
            using var scope = Generator.Use(Random);
            Model = build();
            x = Tensor.Randn([Batch, 1, 28, 28]);
            y = Tensor.RandInt(0, 10, [Batch]);
            optimizer = new AdamW(Model.Parameters());
        }

        public Generator Random { get; } = new(11);

        public Sequential Model { get; }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public double Step()
        {
            using var scope = Generator.Use(Random);
            var loss = Loss.CrossEntropy(Model.Forward(x), y);
            loss.Backward();
            if (clips) Clip.GradNorm(Model.Parameters(), 1);
            optimizer.Step();
            optimizer.ZeroGrad();
            return loss.Item();
        }
    }

    [Fact]
    [Trait("speed", "slow")]
    public void TrainingNeedsLittleOfTheCollector()
    {
        var run = new Run(LeNet, clips: false);
        for (var i = 0; i < 10; i++) run.Step();
        var live = Live();
        var gen2 = GC.CollectionCount(2);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 10; i < 1000; i++) run.Step();
        var allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / 990;
        Assert.True(allocated < 32 * 1024, $"{allocated} bytes a step");
        Assert.InRange(GC.CollectionCount(2) - gen2, 0, 2);
        Assert.Equal(live, Live());
        GC.KeepAlive(run);
    }

    static long Live()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return BufferPool.Cpu.LiveBytes;
    }

    [Fact]
    public void ReturnedMemoryFullOfNaNChangesNothing()
    {
        var plain = new Run(LeNet);
        var expected = Enumerable.Range(0, 8).Select(_ => plain.Step()).ToArray();
        BufferPool.FillReturnedWithNaN = true;
        try
        {
            var run = new Run(LeNet);
            Assert.Equal(expected, Enumerable.Range(0, 8).Select(_ => run.Step()));
        }
        finally
        {
            BufferPool.FillReturnedWithNaN = false;
        }
    }

    [Fact]
    public void WhatUserCodeHoldsKeepsItsValues()
    {
        BufferPool.FillReturnedWithNaN = true;
        try
        {
            var keep = new Keep();
            var run = new Run(() => new(new Conv2d(1, 6, 5, padding: 2), new Relu(), keep, new MaxPool2d(2), new Flatten(), new Linear(6 * 14 * 14, 10)));
            run.Model[1].Forwarding += (_, e) => keep.Hold(e.Input);
            run.Model[3].Forwarded += (_, e) => keep.Hold(e.Output!);
            run.Model.Forwarded += (_, e) => keep.Hold(e.Output!);
            run.Model[5].Parameters()[0].RegisterHook(dy =>
            {
                keep.Hold(dy);
                return null;
            });
            for (var i = 0; i < 3; i++) run.Step();
            Assert.Equal(3 * 6, keep.Kept.Count);
            Assert.All(keep.Kept, kept => Assert.Equal(kept.Values, kept.Tensor.ToArray<float>()));
        }
        finally
        {
            BufferPool.FillReturnedWithNaN = false;
        }
    }
}
