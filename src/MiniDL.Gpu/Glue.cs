using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Transformations;
using ILGPU.Runtime.OpenCL;

namespace MiniDL.Gpu;

/// <summary>Everything that MiniDL does to ILGPU 1.5.3 beyond its public surface, and a check that the members it reaches for are there.</summary>
/// <remarks>
/// Level O1, never O2: O2 moves loads from shared memory past barriers. Of O2's passes, only those are added that find out which memory a pointer points into.
/// </remarks>
internal static partial class Glue
{
    const BindingFlags Members = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    static readonly PropertyInfo Transformers = Property(typeof(Backend), "KernelTransformers");
    static readonly PropertyInfo GenericAddressSpace = Property(typeof(CLCapabilityContext), "GenericAddressSpace");
    static readonly FieldInfo OpenCLText = BackingField(typeof(CLCompiledKernel), nameof(CLCompiledKernel.Source));
    static readonly FieldInfo PtxText = BackingField(typeof(PTXCompiledKernel), nameof(PTXCompiledKernel.PTXAssembly));

    static readonly FieldInfo Launchers = Field(typeof(RuntimeSystem), "assemblyBuilder");
    static readonly HashSet<(AssemblyBuilder, string)> Opened = [];

    static Glue() => NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, Resolve);

    static PropertyInfo Property(Type type, string name) => type.GetProperty(name, Members) is { SetMethod: not null } found ? found : throw Missing(type, name);

    static FieldInfo BackingField(Type type, string name) => Field(type, $"<{name}>k__BackingField");

    static FieldInfo Field(Type type, string name) => type.GetField(name, Members) ?? throw Missing(type, name);

    static NotSupportedException Missing(Type type, string member)
        => new($"MiniDL.Gpu stands on ILGPU 1.5.3, and the ILGPU {type.Assembly.GetName().Version} that was loaded has no {type.Name}.{member} of the kind it sets: reference exactly ILGPU 1.5.3");

    // Systems without development packages have these libraries under their full names alone.
    static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        var file = name switch { "OpenCL" => "libOpenCL.so.1", "cuda" => "libcuda.so.1", _ => null };
        return file is not null && NativeLibrary.TryLoad(file, out var handle) ? handle : 0;
    }

    /// <summary>A context that sees every device, those without generic pointers too: no kernel of ours is left with one.</summary>
    public static Context CreateContext(Action<Context.Builder> devices) => Context.Create(builder =>
    {
        builder.Optimize(OptimizationLevel.O1);
        Intrinsics.Register(builder);
        devices(builder);
    });

    /// <summary>Lets ILGPU take an OpenCL device that has no generic pointers.</summary>
    public static bool Accept(CLDevice device)
    {
        GenericAddressSpace.SetValue(device.Capabilities, true);
        return true;
    }

    /// <summary>Lets the launchers that ILGPU emits use a kernel's types, which may be private: a user's op often is.</summary>
    public static void Open(Context context, Type kernel)
    {
        foreach (var argument in kernel.GetGenericArguments()) Open(context, argument);
        var launchers = (AssemblyBuilder)Launchers.GetValue(context.RuntimeSystem)!;
        var name = kernel.Assembly.GetName().Name!;
        lock (Opened)
        {
            if (Opened.Add((launchers, name)))
                launchers.SetCustomAttribute(new(typeof(IgnoresAccessChecksToAttribute).GetConstructor([typeof(string)])!, [name]));
        }
    }

    /// <summary>Adds to a code generator of level O1 the passes that make a pointer one into global or into shared memory, and inlines everything.</summary>
    public static void MendPasses(Backend backend)
    {
        var transformers = (ImmutableArray<Transformer>)Transformers.GetValue(backend)!;
        var (inlines, infers) = (false, false);
        Transformers.SetValue(backend, transformers.Select(Mended).ToImmutableArray());
        if (!inlines) throw Missing(typeof(Inliner), "pass in the pipeline");
        if (!infers) throw Missing(typeof(InferAddressSpaces), "pass behind LowerStructures");

        Transformer Mended(Transformer transformer)
        {
            var passes = transformer.Transformations.ToList();
            if (passes.FindIndex(pass => pass is Inliner) is >= 0 and var inliner)
            {
                passes.Insert(inliner, new InlineAll());
                inlines = true;
            }
            if (passes.FindIndex(pass => pass is LowerStructures) is >= 0 and var structures)
            {
                passes.Insert(structures, new InferKernelAddressSpaces(MemoryAddressSpace.Global));
                var general = passes.FindIndex(structures, pass => pass is InferAddressSpaces);
                if (general >= 0) passes[general] = new InferLocalAddressSpaces();
                infers |= general >= 0;
            }
            return Transformer.Create(transformer.Configuration, passes.ToImmutableArray());
        }
    }

    /// <summary>Has every method become part of the kernel, those too that the CPU's compiler is to keep apart.</summary>
    sealed class InlineAll : UnorderedTransformation
    {
        protected override bool PerformTransformation(Method.Builder builder)
        {
            if (builder.Method.HasImplementation) builder.Method.AddFlags(MethodFlags.Inline);
            return false;
        }
    }

    /// <summary>Corrects the text that ILGPU has made of a kernel.</summary>
    /// <remarks>
    /// Products and sums stay two roundings unless the kernel says <c>Fma</c>, so that a formula has the bits that it has on the CPU. And ILGPU's barrier in OpenCL fences global memory alone,
    /// by a name that OpenCL 1.2 has not. Numbers in names, which count what the process has compiled before, begin at 0: drivers keep what they have made of a text, and find it in the next run.
    /// </remarks>
    public static void MendText(CompiledKernel kernel)
    {
        switch (kernel)
        {
            case CLCompiledKernel opencl:
                OpenCLText.SetValue(opencl, "#pragma OPENCL FP_CONTRACT OFF\n" + Barrier().Replace(Renumber(opencl.Source), "barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)"));
                break;
            case PTXCompiledKernel ptx:
                PtxText.SetValue(ptx, Contractible().Replace(Renumber(ptx.PTXAssembly), "$1.rn.$2"));
                break;
        }
    }

    static string Renumber(string text)
    {
        var numbers = new Dictionary<string, string>();
        return Numbered().Replace(text, match =>
        {
            if (!numbers.TryGetValue(match.Value, out var number)) numbers.Add(match.Value, number = numbers.Count.ToString(CultureInfo.InvariantCulture));
            return number;
        });
    }

    [GeneratedRegex(@"(?<=\b(?:type|L|_kernel|\w*shared_var|\w*shared_memory)_)\d+")]
    private static partial Regex Numbered();

    [GeneratedRegex(@"work_group_barrier\s*\([^)]*\)")]
    private static partial Regex Barrier();

    [GeneratedRegex(@"\b(mul|add|sub)\.(f32|f64)\b")]
    private static partial Regex Contractible();
}
