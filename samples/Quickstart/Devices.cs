using MiniDL;
using MiniDL.Gpu;

namespace Quickstart;

/// <summary>Where the network is trained.</summary>
internal static class Devices
{
    /// <summary>The device that the options name; the program ends when it is not there.</summary>
    public static Device Pick(Options options)
    {
        try
        {
            return options.Device switch
            {
                "cuda" => GpuDevice.Cuda(),
                "opencl" => GpuDevice.OpenCL(),
                "auto" => GpuDevice.Best() ?? Device.Cpu,
                _ => Device.Cpu,
            };
        }
        catch (InvalidOperationException e)
        {
            Console.Error.WriteLine(e.Message);
            Environment.Exit(2);
            throw;
        }
    }

    /// <summary>Its kind, name and maker.</summary>
    public static string Describe(Device device) => device is GpuDevice gpu
        ? $"{gpu.Name}: {gpu.ProductName} ({gpu.Vendor})"
        : $"cpu: {Cpu.Threads} thread{(Cpu.Threads == 1 ? "" : "s")}, {Cpu.VectorBits}-bit vectors";
}
