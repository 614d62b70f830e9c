// Kernels of one device queue up behind each other anyway.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace MiniDL.Gpu.Tests;

/// <summary>A kind of device that the suite runs on.</summary>
public interface ITestBackend
{
    /// <summary>The device, or null and why there is none.</summary>
    static abstract GpuDevice? Find(out string reason);
}

/// <summary>OpenCL; in CI it is pocl, which runs kernels on the processor.</summary>
public sealed class OpenCLBackend : ITestBackend
{
    /// <inheritdoc/>
    public static GpuDevice? Find(out string reason) => Backends.First(GpuKind.OpenCL, out reason);
}

/// <summary>An NVIDIA GPU.</summary>
public sealed class CudaBackend : ITestBackend
{
    /// <inheritdoc/>
    public static GpuDevice? Find(out string reason) => Backends.First(GpuKind.Cuda, out reason);
}

/// <summary>Devices, or the reason why a test is skipped.</summary>
static class Backends
{
    /// <summary><c>.ci/run</c> sets it: there, what needs OpenCL fails without it.</summary>
    public static bool RequireOpenCL => Environment.GetEnvironmentVariable("MINIDL_REQUIRE_OPENCL") == "1";

    /// <summary>The first device of a kind, or null and why there is none.</summary>
    public static GpuDevice? First(GpuKind kind, out string reason)
    {
        try
        {
            reason = "";
            return Watched(kind == GpuKind.Cuda ? GpuDevice.Cuda() : GpuDevice.OpenCL());
        }
        catch (InvalidOperationException e)
        {
            reason = $"no {kind} device: {e.Message.ReplaceLineEndings(" ")}";
            return null;
        }
    }

    /// <summary>The simulator.</summary>
    public static GpuDevice Simulator() => Watched(GpuDevice.Simulator());

    static GpuDevice Watched(GpuDevice device)
    {
        KernelTexts.Watch(device);
        return device;
    }

    /// <summary>A backend's device; without one the test is skipped, or fails where OpenCL must be.</summary>
    public static GpuDevice Get<TBackend>() where TBackend : ITestBackend
    {
        if (TBackend.Find(out var reason) is { } device) return device;
        if (typeof(TBackend) == typeof(OpenCLBackend) && RequireOpenCL) Assert.Fail(reason);
        Assert.Skip(reason);
        return null!;
    }

    /// <summary>A theory's rows; a single one, which will be skipped, where there is no device.</summary>
    public static IEnumerable<T> Rows<TBackend, T>(IEnumerable<T> rows) where TBackend : ITestBackend
        => TBackend.Find(out _) is null ? rows.Take(1) : rows;
}
