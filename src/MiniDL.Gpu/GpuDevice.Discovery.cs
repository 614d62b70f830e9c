using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace MiniDL.Gpu;

public sealed partial class GpuDevice
{
    // A context a kind, so that a broken driver of one does not take the other along. They live as long as the process.
    static readonly Lazy<Context> CudaContext = new(() => Glue.CreateContext(builder => builder.Cuda()));
    static readonly Lazy<Context> OpenCLContext = new(() => Glue.CreateContext(builder => builder.OpenCL(Glue.Accept)));
    static readonly Lazy<GpuDevice> OnlySimulator = new(OpenSimulator);
    static readonly Lock Opening = new();
    static readonly Dictionary<(GpuKind, int), GpuDevice> Open = [];

    /// <summary>An NVIDIA GPU.</summary>
    /// <param name="ordinal">Its number, from 0.</param>
    /// <exception cref="InvalidOperationException">There is no driver, or no such device; the message says what was found.</exception>
    public static GpuDevice Cuda(int ordinal = 0)
    {
        var context = CudaContext.Value;
        return Get(GpuKind.Cuda, ordinal, context.GetCudaDevices().Count, () => new(GpuKind.Cuda, ordinal, context.CreateCudaAccelerator(ordinal), "NVIDIA"));
    }

    /// <summary>A device that has an OpenCL driver.</summary>
    /// <param name="ordinal">Its number, from 0, over all platforms.</param>
    /// <exception cref="InvalidOperationException">There is no driver, or no such device; the message says what was found.</exception>
    public static GpuDevice OpenCL(int ordinal = 0)
    {
        var context = OpenCLContext.Value;
        return Get(GpuKind.OpenCL, ordinal, context.GetCLDevices().Count, () => new(GpuKind.OpenCL, ordinal, context.CreateCLAccelerator(ordinal), context.GetCLDevice(ordinal).VendorName));
    }

    /// <summary>The processor as ILGPU plays a GPU with it: kernels can be stepped through in a debugger.</summary>
    public static GpuDevice Simulator() => OnlySimulator.Value;

    /// <summary>All GPUs and OpenCL devices that were found.</summary>
    public static IReadOnlyList<GpuDevice> All()
    {
        var cuda = Enumerable.Range(0, CudaContext.Value.GetCudaDevices().Count).Select(Cuda);
        var opencl = Enumerable.Range(0, OpenCLContext.Value.GetCLDevices().Count).Select(OpenCL);
        return [.. cuda, .. opencl];
    }

    /// <summary>The CUDA device with the most memory, else such an OpenCL GPU; null when there is neither. (OpenCL on a processor is slower than <see cref="Device.Cpu"/>.)</summary>
    public static GpuDevice? Best() => All()
        .Where(device => device.Kind == GpuKind.Cuda || IsGpu(device))
        .OrderBy(device => device.Kind)
        .ThenByDescending(device => device.MemoryBytes)
        .FirstOrDefault();

    /// <summary>What was found and what was not, in words.</summary>
    public static string Report()
    {
        var report = new StringBuilder();
        Describe(report, "CUDA", CudaContext.Value.GetCudaDevices().Count, OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", "it comes with NVIDIA's driver");
        Describe(report, "OpenCL", OpenCLContext.Value.GetCLDevices().Count, OperatingSystem.IsWindows() ? "OpenCL.dll" : "libOpenCL.so.1", "it comes with a graphics driver, or as ocl-icd");
        foreach (var device in All())
            report.AppendLine(CultureInfo.InvariantCulture, $"  {device.Name}: {device.ProductName} ({device.Vendor}), {device.MemoryBytes / (1 << 20):N0} MB{(device.HasFloat64 ? "" : ", no Float64")}");
        return report.Append(Best() is { } best ? $"Best: {best.Name}" : "Best: none; Device.Cpu is the fastest here").ToString();
    }

    static void Describe(StringBuilder report, string kind, int count, string library, string source)
    {
        var text = count > 0 ? $"{count} device{(count == 1 ? "" : "s")}"
            : NativeLibrary.TryLoad(library, out _) ? $"the library {library} is there, and it shows no device"
            : $"no driver: the library {library} was not found ({source})";
        report.AppendLine(CultureInfo.InvariantCulture, $"{kind}: {text}");
    }

    static bool IsGpu(GpuDevice device) => device.Accelerator is CLAccelerator { DeviceType: CLDeviceType.CL_DEVICE_TYPE_GPU };

    static GpuDevice Get(GpuKind kind, int ordinal, int count, Func<GpuDevice> open)
    {
        if (ordinal < 0 || ordinal >= count)
            throw new InvalidOperationException($"GpuDevice.{kind}({ordinal}): {(count == 0 ? $"no {(kind == GpuKind.Cuda ? "CUDA" : "OpenCL")} device was found" : $"there are {count}, numbered from 0")}.\n{(count == 0 ? Report() : "")}".TrimEnd());
        lock (Opening)
        {
            if (!Open.TryGetValue((kind, ordinal), out var device)) Open[(kind, ordinal)] = device = open();
            return device;
        }
    }

    // Groups of at most 32 threads, for each of which the processor has one.
    static GpuDevice OpenSimulator()
    {
        var processor = new CPUDevice(numThreadsPerWarp: 4, numWarpsPerMultiprocessor: 8, numMultiprocessors: 1);
        var context = Glue.CreateContext(builder => builder.CPU(processor));
        return new(GpuKind.Simulator, 0, processor.CreateCPUAccelerator(context), "ILGPU");
    }
}
