using MiniDL.Tests;

namespace MiniDL.Gpu.Tests;

/// <summary>What the CPU has, a GPU has, and a reader finds it under the same name.</summary>
public sealed class CompletenessTests
{
    /// <summary>The CPU's kernel interfaces that a GPU does without, each with the reason.</summary>
    static readonly Dictionary<string, string> notImplemented = [];

    /// <summary>The CPU's kernel files that a GPU has no file for, each with the reason.</summary>
    static readonly Dictionary<string, string> cpuOnly = new()
    {
        ["ConvColumns.cs"] = "patches as columns in the CPU's caches; a GPU finds them as it goes (ConvOperands.cs)",
        ["GemmColumns.cs"] = Packing, ["GemmMatrix.cs"] = Packing, ["GemmPack.cs"] = Packing, ["GemmProduct.cs"] = Packing, ["GemmRows.cs"] = Packing, ["GemmTile.cs"] = Packing,
        ["Scratch.cs"] = "memory of the CPU's threads",
    };

    /// <summary>A GPU's kernel files that the CPU has no file for, each with the reason.</summary>
    static readonly Dictionary<string, string> gpuOnly = new()
    {
        ["ColumnSums.cs"] = Groups,
        ["ConvOperands.cs"] = "an image as a product's operand, which the CPU makes in its caches (ConvColumns.cs)",
        ["GemmEnds.cs"] = Tiles, ["GemmOperands.cs"] = Tiles, ["GemmTiles.cs"] = Tiles,
        ["Indices.cs"] = "the CPU's ops look at their indices themselves",
        ["IndexSort.cs"] = "scatter-add without atomics: the CPU's threads share out the places instead",
        ["RowTeam.cs"] = Groups, ["Teams.cs"] = Groups,
    };

    const string Packing = "packed panels for the CPU's caches and registers; the GPU's tiles lie in shared memory";
    const string Groups = "how the threads of a group share a sum, which on the CPU a thread makes alone";
    const string Tiles = "tiles in shared memory, of operands of any strides";

    [Fact]
    public void EveryKernelInterfaceOfTheCpuIsImplemented()
    {
        var cpu = Interfaces(typeof(CpuBackend<float>)).Union(Interfaces(typeof(CpuBackend<double>))).Order(StringComparer.Ordinal);
        var gpu = Interfaces(typeof(GpuRealBackend<F32>)).Intersect(Interfaces(typeof(GpuRealBackend<F64>))).Union(notImplemented.Keys).Order(StringComparer.Ordinal);
        Assert.NotEmpty(cpu);
        Assert.Empty(cpu.Except(gpu));
    }

    [Fact]
    public void KernelFilesMirrorTheCpus()
    {
        var (cpu, gpu) = (Files("src/MiniDL/Backends/Cpu/Kernels"), Files("src/MiniDL.Gpu/Kernels"));
        Assert.Equal(cpuOnly.Keys.Order(StringComparer.Ordinal), cpu.Except(gpu));
        Assert.Equal(gpuOnly.Keys.Order(StringComparer.Ordinal), gpu.Except(cpu));
        Assert.NotEmpty(cpu.Intersect(gpu));
    }

    static IEnumerable<string> Interfaces(Type backend) => backend.GetInterfaces().Select(i => i.Name).Where(name => name.EndsWith("Kernels", StringComparison.Ordinal));

    static string[] Files(string folder)
        => [.. Directory.GetFiles(Path.Combine(Repository.Root, folder), "*.cs").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
}
