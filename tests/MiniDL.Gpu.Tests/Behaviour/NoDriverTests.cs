namespace MiniDL.Gpu.Tests;

/// <summary>A machine without a driver, played by a process that is shown a folder of none.</summary>
public sealed class NoDriverTests
{
    [Fact]
    public void NoDriverIsSaidInWords()
    {
        using var empty = new Child.Folder();
        var (code, text) = Child.Run($"{nameof(NoDriverChild)}.{nameof(NoDriverChild.WhatIsSaid)}", "", empty.Path);
        Assert.True(code == 0, text);
    }
}

/// <summary>What <see cref="NoDriverTests"/> runs.</summary>
public sealed class NoDriverChild
{
    [Fact(Explicit = true)]
    public void WhatIsSaid()
    {
        Assert.NotNull(Child.Given);
        var e = Assert.Throws<InvalidOperationException>(() => GpuDevice.OpenCL());
        Assert.Contains("GpuDevice.OpenCL(0): no OpenCL device was found", e.Message, StringComparison.Ordinal);
        var report = GpuDevice.Report();
        Assert.Contains(report, e.Message, StringComparison.Ordinal);
        Assert.Matches("OpenCL: (no driver: the library .* was not found|the library .* is there, and it shows no device)", report);
        Assert.DoesNotContain(GpuDevice.All(), device => device.Kind == GpuKind.OpenCL);
        if (GpuDevice.Best() is null) Assert.Contains("Best: none; Device.Cpu is the fastest here", report, StringComparison.Ordinal);
    }
}
