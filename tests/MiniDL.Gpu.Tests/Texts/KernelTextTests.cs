using System.Text.RegularExpressions;

namespace MiniDL.Gpu.Tests;

/// <summary>What can be seen of kernels without a GPU: the text that its compiler is given.</summary>
public sealed partial class KernelTextTests
{
    /// <summary>Kernels whose PTX may have local memory, each with the reason.</summary>
    static readonly Dictionary<string, string> mayUseLocalMemory = [];

    [Fact]
    public void EveryKernelOfTheAssemblyIsSeen()
    {
        var seen = KernelTexts.All.Select(k => k.Kernel.IsGenericType ? k.Kernel.GetGenericTypeDefinition() : k.Kernel).ToHashSet();
        var kernels = typeof(IKernel).Assembly.GetTypes().Where(t => t.IsValueType && t.IsAssignableTo(typeof(IKernel)));
        Assert.Empty(kernels.Where(k => !seen.Contains(k)).Select(k => k.Name));
    }

    /// <summary>What should lie in registers does.</summary>
    [Fact]
    public void NoLocalMemory() => Check(k => !mayUseLocalMemory.ContainsKey(Plain(k.Kernel)) && LocalMemory().IsMatch(k.Ptx80) ? "has local memory" : null);

    [Fact]
    public void NoDoubleInFloat32Kernels() => Check(k => k.IsFloat32 && k.Ptx80.Contains(".f64", StringComparison.Ordinal) ? "has double arithmetic" : null);

    [Fact]
    public void NoDoubleInFloat32KernelsOfOpenCL() => Check(k => k.IsFloat32 && k.OpenCL is { } text && Double().IsMatch(text) ? "has double arithmetic" : null);

    /// <summary>The mark of a pass that moves loads over barriers.</summary>
    [Fact]
    public void SomethingStandsBetweenTwoBarriers() => Check(k => k.Ptx80.Split('\n').Select(line => line.Trim()).Where(Counts)
        .Aggregate((Before: false, Found: false), (state, line) => (IsBarrier(line), state.Found || (state.Before && IsBarrier(line)))).Found ? "has two barriers with nothing between" : null);

    /// <summary>Four floats side by side are one request of memory, in each operand.</summary>
    [Fact]
    public void MapsLoadAndStoreByFours() => Check(k =>
    {
        if (!k.IsFloat32 || !k.Name.StartsWith("MapFours<", StringComparison.Ordinal)) return null;
        var arity = (int)k.Kernel.GetGenericArguments()[0].GetProperty("Arity")!.GetValue(null)!;
        var (loads, stores) = (Count(k.Ptx80, "ld.global.v4.f32"), Count(k.Ptx80, "st.global.v4.f32"));
        return loads == arity && stores == 1 ? null : $"has {loads} loads of four for {arity} operands, and {stores} stores";
    });

    /// <summary>Pointers are into global or shared memory, and the compiler knows which.</summary>
    [Fact]
    public void NoGenericPointers() => Check(k => k.OpenCL?.Contains("__generic", StringComparison.Ordinal) == true ? "has a generic pointer" : null);

    /// <summary>Products and sums are not contracted but where the kernel says so.</summary>
    [Fact]
    public void RoundingIsWritten() => Check(k => Unrounded().IsMatch(k.Ptx80) ? "has arithmetic that a driver may contract" : null);

    static void Check(Func<KernelText, string?> complaint)
        => Assert.Empty(KernelTexts.All.Select(k => (k.Name, Complaint: complaint(k))).Where(k => k.Complaint is not null).Select(k => $"{k.Name} {k.Complaint}"));

    static string Plain(Type kernel) => kernel.Name.Split('`')[0];

    static int Count(string text, string part) => text.Split(part).Length - 1;

    static bool IsBarrier(string line) => line.StartsWith("bar.sync", StringComparison.Ordinal) || line.StartsWith("barrier.sync", StringComparison.Ordinal);

    // Labels, registers moved about and empty lines are nothing.
    static bool Counts(string line) => line.Length > 0 && !line.EndsWith(':') && !line.StartsWith("//", StringComparison.Ordinal) && !line.StartsWith("mov", StringComparison.Ordinal);

    [GeneratedRegex(@"\b(ld|st)\.local|local_depot|\.local\b")]
    private static partial Regex LocalMemory();

    [GeneratedRegex(@"\bdouble\b")]
    private static partial Regex Double();

    [GeneratedRegex(@"\b(mul|add|sub)\.f(32|64)\b")]
    private static partial Regex Unrounded();
}
