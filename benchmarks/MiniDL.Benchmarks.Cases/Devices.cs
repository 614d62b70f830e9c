using MiniDL.Gpu;

namespace MiniDL.Benchmarks;

/// <summary>The devices as a command line names them.</summary>
public static class Devices
{
    /// <summary>The names, for a help text.</summary>
    public const string Names = "cpu, cuda, opencl, simulator or auto";

    /// <summary>The device of a name: <c>auto</c> is the best GPU, or the CPU where there is none; <c>cuda:1</c> is the second.</summary>
    /// <exception cref="ArgumentException">No device is called so.</exception>
    /// <exception cref="InvalidOperationException">There is no such device; the message says what was found.</exception>
    public static Device Find(string name)
    {
        var (kind, ordinal) = name.Split(':') is [var k, var o] && int.TryParse(o, out var number) ? (k, number) : (name, 0);
        return kind switch
        {
            "cpu" => Device.Cpu,
            "cuda" => GpuDevice.Cuda(ordinal),
            "opencl" => GpuDevice.OpenCL(ordinal),
            "simulator" => GpuDevice.Simulator(),
            "auto" => GpuDevice.Best() ?? Device.Cpu,
            _ => throw new ArgumentException($"--device {name}: it is {Names}"),
        };
    }

    /// <summary>The CPU and the first GPU of each kind.</summary>
    public static IReadOnlyList<Device> SideBySide() => [Device.Cpu, .. GpuDevice.All().Where(device => device.Ordinal == 0)];

    /// <summary>Whether a device is a graphics card: OpenCL shows processors too.</summary>
    public static bool IsCard(Device device) => device is GpuDevice gpu && (gpu.Kind == GpuKind.Cuda || gpu == GpuDevice.Best());

    /// <summary>Its kind, name and maker.</summary>
    public static string Describe(Device device) => device is GpuDevice gpu
        ? $"{gpu.Name}: {gpu.ProductName} ({gpu.Vendor})"
        : $"cpu: {Cpu.Threads} thread{(Cpu.Threads == 1 ? "" : "s")}, {Cpu.VectorBits}-bit vectors";

    /// <summary>Waits until a device has done all that it was asked for.</summary>
    public static void Synchronize(Device device) => device.Backend(DType.Float32).Synchronize();
}
