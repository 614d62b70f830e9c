using MiniDL.NN;
using MiniDL.Optim;

namespace MiniDL.Gpu.Tests;

/// <summary>Training loops on a device: its memory, its traffic with the host, and several threads.</summary>
public abstract class TrainingTests<TBackend> where TBackend : ITestBackend
{
    [Fact]
    public void AThousandStepsNeedNoMoreMemoryThanTenAndNothingOfTheHost()
    {
        const int Steps = 1000;
        var device = Backends.Get<TBackend>();
        var training = new Training(device, seed: 1);
        for (var i = 0; i < 10; i++) training.Step();
        var live = Settled(device);
        var (uploads, downloads, synchronizations) = (device.Uploads, device.Downloads, device.Synchronizations);
        for (var i = 10; i < Steps; i++) training.Step();
        Assert.Equal((uploads, downloads, synchronizations), (device.Uploads, device.Downloads, device.Synchronizations));
        Assert.Equal(live, Settled(device));
        Assert.InRange(training.Loss(), 0, 0.5);
    }

    [Fact]
    public void MemoryThatCameBackIsNotRead()
    {
        var device = Backends.Get<TBackend>();
        BufferPool.FillReturnedWithNaN = true;
        try
        {
            var training = new Training(device, seed: 2);
            for (var i = 0; i < 20; i++) training.Step();
            Assert.True(double.IsFinite(training.Loss()));
        }
        finally
        {
            BufferPool.FillReturnedWithNaN = false;
        }
    }

    /// <summary>Threads on one device do not mix their kernels' arguments or their memory.</summary>
    [Fact]
    public void FourThreadsTrainAsOneDoes()
    {
        const int Steps = 50;
        var device = Backends.Get<TBackend>();
        var alone = Enumerable.Range(0, 4).Select(seed => Train(seed)).ToArray();
        var together = new float[4][];
        var threads = Enumerable.Range(0, 4).Select(seed => new Thread(() => together[seed] = Train(seed))).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Assert.Equal(alone, together);

        float[] Train(int seed)
        {
            var training = new Training(device, seed);
            for (var i = 0; i < Steps; i++) training.Step();
            return training.Weights();
        }
    }

    static long Settled(GpuDevice device)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return device.LiveBytes;
    }

    /// <summary>A small network that learns which quadrant a point lies in.</summary>
    sealed class Training
    {
        readonly Sequential model;
        readonly AdamW optimizer;
        readonly Tensor x, y;

        public Training(GpuDevice device, int seed)
        {
            using var scope = Generator.Use(new Generator(seed));
            var points = Tensor.Randn([64, 2]);
            var quadrant = (points.Select(1, 0) > 0).To(DType.Int64) * 2 + (points.Select(1, 1) > 0).To(DType.Int64);
            (x, y) = (points.To(device), quadrant.To(device));
            model = new(new Linear(2, 16), new Gelu(), new LayerNorm(16), new Linear(16, 4));
            model.To(device);
            optimizer = new(model.Parameters(), lr: 0.01);
        }

        public void Step()
        {
            optimizer.ZeroGrad();
            MiniDL.Loss.CrossEntropy(model.Forward(x), y).Backward();
            optimizer.Step();
        }

        public double Loss() => MiniDL.Loss.CrossEntropy(model.Forward(x), y).Item();

        public float[] Weights() => [.. model.Parameters().SelectMany(p => p.Detach().ToArray<float>())];
    }
}

/// <summary>Training through OpenCL.</summary>
public sealed class OpenCLTraining : TrainingTests<OpenCLBackend>;

/// <summary>Training on an NVIDIA GPU.</summary>
public sealed class CudaTraining : TrainingTests<CudaBackend>;
