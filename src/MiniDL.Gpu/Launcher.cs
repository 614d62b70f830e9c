using System.Reflection;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Runtime;

namespace MiniDL.Gpu;

/// <summary>A kernel type, compiled for the devices that have run it.</summary>
internal static class Launcher<TKernel> where TKernel : struct, IKernel
{
    static readonly MethodInfo Method = typeof(Launcher<TKernel>).GetMethod(nameof(Entry), BindingFlags.Static | BindingFlags.NonPublic)!;
    static readonly Action<AcceleratorStream, KernelConfig, TKernel>?[] Launchers = new Action<AcceleratorStream, KernelConfig, TKernel>?[GpuDevice.Most];

    static void Entry(TKernel kernel) => kernel.Run();

    /// <summary>What ILGPU compiles.</summary>
    public static EntryPointDescription EntryPoint => EntryPointDescription.FromExplicitlyGroupedKernel(Method);

    /// <summary>Runs a kernel in groups of threads. The device's gate is held: an OpenCL kernel object keeps its arguments, so that two threads would mix theirs.</summary>
    public static void Launch(GpuDevice device, in TKernel kernel, int groups, int groupSize)
        => (Launchers[device.Number] ??= Compile(device))(device.Stream, new KernelConfig(groups, groupSize), kernel);

    static Action<AcceleratorStream, KernelConfig, TKernel> Compile(GpuDevice device)
    {
        var name = Name(typeof(TKernel));
        try
        {
            Glue.Open(device.Accelerator.Context, typeof(TKernel));
            var compiled = device.Accelerator.GetBackend().Compile(EntryPoint, default);
            Glue.MendText(compiled);
            device.OnCompiled?.Invoke(name, compiled);
            return device.Accelerator.LoadKernel(compiled).CreateLauncherDelegate<Action<AcceleratorStream, KernelConfig, TKernel>>();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new InvalidOperationException($"{device}: the kernel {name} was not compiled: {e.Message} An op's struct must keep to what kernels are written in (docs/gpu.md).", e);
        }
    }

    /// <summary>A type as C# writes it, without namespaces.</summary>
    static string Name(Type type)
    {
        if (!type.IsGenericType) return type.Name;
        return $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }
}
