using ILGPU;
using ILGPU.Runtime;
using MiniDL.Conformance.Rows;

namespace MiniDL.Gpu.Tests;

/// <summary>What <see cref="OclgrindTests"/> runs in a process that has oclgrind as its only OpenCL device.</summary>
public sealed class OclgrindChild
{
    /// <summary>oclgrind interprets kernels, a thousand times slower than they run.</summary>
    const int MostElements = 100;

    [Fact(Explicit = true)]
    public void Rows()
    {
        var failures = OpRows.Families.Single(f => f.Family == Child.Given).Rows.SelectMany(row => RowRunner.Run(row, Oclgrind(), MostElements, Check.Forward, Check.Gradient)).ToArray();
        if (failures.Length > 0) Assert.Fail(string.Join(Environment.NewLine, failures));
    }

    [Fact(Explicit = true)]
    public void Sabotage()
    {
        const int Threads = 10;
        var device = Oclgrind();
        using var memory = device.Accelerator.Allocate1D<int>(Threads);
        switch (Child.Given)
        {
            case nameof(MissingBarrier): device.Launch(new MissingBarrier { Y = memory.View }, 1, Threads); break;
            case nameof(OutOfBounds): device.Launch(new OutOfBounds { Y = memory.View, Length = Threads }, 1, Threads); break;
            case nameof(DivergentBarrier): device.Launch(new DivergentBarrier { Y = memory.View }, 1, Threads); break;
            case nameof(Sound): device.Launch(new Sound { Y = memory.View }, 1, Threads); break;
        }
        device.Synchronize();
    }

    static GpuDevice Oclgrind()
    {
        var device = GpuDevice.OpenCL();
        Assert.Contains("oclgrind", device.ProductName, StringComparison.OrdinalIgnoreCase);
        return device;
    }
}
