using System.Collections.Concurrent;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;
using MiniDL.Conformance.Golden;
using MiniDL.Conformance.Rows;

namespace MiniDL.Gpu.Tests;

/// <summary>A kernel's type and what the compilers make of it: PTX for two generations of cards, and OpenCL C where an OpenCL device has run it.</summary>
sealed record KernelText(Type Kernel, string Name, string Ptx80, string Ptx90, string? OpenCL)
{
    /// <summary>Whether its elements are floats of 32 bits alone.</summary>
    public bool IsFloat32 => Name.Contains("F32", StringComparison.Ordinal) && !Name.Contains("F64", StringComparison.Ordinal);

    public override string ToString() => Name;
}

/// <summary>The kernels that ops and optimizers run.</summary>
static class KernelTexts
{
    const int MostElements = 100;

    static readonly ConcurrentDictionary<Type, (string Name, string? OpenCL)> seen = new();
    static readonly Lazy<IReadOnlyList<KernelText>> all = new(CompileAll);

    /// <summary>Every kernel that has a part in the rows' results and gradients and in the optimizers' steps.</summary>
    public static IReadOnlyList<KernelText> All => all.Value;

    /// <summary>Notes each kernel that a device compiles.</summary>
    public static void Watch(GpuDevice device) => device.OnCompiled ??= (name, kernel)
        => seen[kernel.SourceMethod.DeclaringType!.GetGenericArguments()[0]] = (name, (kernel as CLCompiledKernel)?.Source);

    static KernelText[] CompileAll()
    {
        var device = Backends.First(GpuKind.OpenCL, out _) ?? Backends.Simulator();
        foreach (var row in OpRows.All) RowRunner.Run(row, device, MostElements, Check.Forward, Check.Gradient, Check.Strided, Check.Fusion, Check.DTypes);
        var runner = new GoldenRunner(device);
        foreach (var golden in GoldenSuite.Cases.Where(c => c.Kind == "optimizer")) runner.Run(golden);
        var kernels = seen.OrderBy(k => k.Value.Name, StringComparer.Ordinal).ToArray();
        string[] of80 = [], of90 = [];
        Parallel.Invoke(() => of80 = Ptx(8, 0, kernels.Select(k => k.Key)), () => of90 = Ptx(9, 0, kernels.Select(k => k.Key)));
        return [.. kernels.Select((k, i) => new KernelText(k.Key, k.Value.Name, of80[i], of90[i], k.Value.OpenCL))];
    }

    static string[] Ptx(int major, int minor, IEnumerable<Type> kernels)
    {
        var backend = new PTXBackend(Glue.CreateContext(_ => { }), new CudaArchitecture(major, minor), CudaInstructionSet.ISA_80, null!);
        Glue.MendPasses(backend);
        return [.. kernels.Select(Compile)];

        string Compile(Type kernel)
        {
            var entry = (EntryPointDescription)typeof(Launcher<>).MakeGenericType(kernel).GetProperty(nameof(Launcher<Sound>.EntryPoint))!.GetValue(null)!;
            var compiled = (PTXCompiledKernel)backend.Compile(entry, default);
            Glue.MendText(compiled);
            return compiled.PTXAssembly;
        }
    }
}
