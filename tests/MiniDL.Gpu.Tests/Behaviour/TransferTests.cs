namespace MiniDL.Gpu.Tests;

/// <summary>Copies between host and device.</summary>
public abstract class TransferTests<TBackend> where TBackend : ITestBackend
{
    /// <summary>The copy is made while the program waits; until then the array must stay where it is.</summary>
    [Fact]
    public void ADownloadReachesAnArrayThatTheCollectorWouldMove()
    {
        const int Length = 5000, Downloads = 200;
        var device = Backends.Get<TBackend>();
        var x = Tensor.Arange(Length, dtype: DType.Float32).To(device);
        var counting = Enumerable.Range(0, Length + Downloads).Select(k => (float)k).ToArray();
        (x + 0).ToArray<float>(); // to compile beside the collector would take minutes
        var done = false;
        var collector = new Thread(() =>
        {
            var garbage = new byte[]?[64];
            for (var i = 0; !Volatile.Read(ref done); i++)
            {
                garbage[i % garbage.Length] = new byte[20_000];
                if (i % 8 == 0) GC.Collect(0, GCCollectionMode.Forced, blocking: true, compacting: true);
                Thread.SpinWait(100); // the other thread is to come to its next download
            }
        });
        collector.Start();
        try
        {
            for (var i = 0; i < Downloads; i++)
            {
                var values = (x + i).ToArray<float>();
                Assert.True(values.AsSpan().SequenceEqual(counting.AsSpan(i, Length)), $"download {i} did not arrive");
            }
        }
        finally
        {
            Volatile.Write(ref done, true);
            collector.Join();
        }
    }

    /// <summary>More than the staging memory holds, in one piece and in many.</summary>
    [Fact]
    public void UploadsOfAnySizeArrive()
    {
        var device = Backends.Get<TBackend>();
        var x = Tensor.Arange(9_000_001, dtype: DType.Float32);
        Assert.True(x.To(device).To(Device.Cpu).Eq(x).All().Item<bool>());
        for (var i = 0; i < 100; i++)
        {
            var part = x[(i * 90_000)..((i + 1) * 90_000)];
            Assert.True(part.To(device).To(Device.Cpu).Eq(part).All().Item<bool>());
        }
    }
}

/// <summary>Copies through OpenCL.</summary>
public sealed class OpenCLTransfers : TransferTests<OpenCLBackend>;

/// <summary>Copies on an NVIDIA GPU.</summary>
public sealed class CudaTransfers : TransferTests<CudaBackend>;
