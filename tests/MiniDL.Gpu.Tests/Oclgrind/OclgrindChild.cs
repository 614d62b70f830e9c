using MiniDL.Conformance.Rows;

namespace MiniDL.Gpu.Tests;

/// <summary>What <see cref="OclgrindTests"/> runs in a process that has oclgrind as its only OpenCL device.</summary>
public sealed class OclgrindChild
{
    /// <summary>oclgrind interprets kernels, a thousand times slower than they run.</summary>
    const int MostElements = 100;

    /// <summary>Rows of a family, taken evenly: those between run the same kernels with other formulas.</summary>
    const int MostRows = 16;

    [Fact(Explicit = true)]
    public void Rows()
    {
        var rows = OpRows.Families.Single(f => f.Family == Child.Given).Rows;
        var step = (rows.Count + MostRows - 1) / MostRows;
        var failures = rows.Where((_, i) => i % step == 0).SelectMany(row => RowRunner.Run(row, Oclgrind(), MostElements, Check.Forward, Check.Gradient)).ToArray();
        if (failures.Length > 0) Assert.Fail(string.Join(Environment.NewLine, failures));
    }

    [Fact(Explicit = true)]
    public void Sabotage()
    {
        const int Threads = 10;
        var device = Oclgrind();
        var tensor = Tensor.Zeros([Threads], DType.Int32, device);
        var y = GpuMemory.Of<int>(tensor.View);
        switch (Child.Given)
        {
            case nameof(MissingBarrier): device.Launch(new MissingBarrier { Y = y }, 1, Threads); break;
            case nameof(OutOfBounds): device.Launch(new OutOfBounds { Y = y, Length = Threads }, 1, Threads); break;
            case nameof(DivergentBarrier): device.Launch(new DivergentBarrier { Y = y }, 1, Threads); break;
            case nameof(Sound): device.Launch(new Sound { Y = y }, 1, Threads); break;
        }
        device.Synchronize();
        GC.KeepAlive(tensor);
    }

    static GpuDevice Oclgrind()
    {
        BufferPool.OwnMemory = true;
        var device = GpuDevice.OpenCL();
        Assert.Contains("oclgrind", device.ProductName, StringComparison.OrdinalIgnoreCase);
        return device;
    }
}
