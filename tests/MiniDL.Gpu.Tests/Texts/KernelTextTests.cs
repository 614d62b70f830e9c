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

    /// <summary>A number that an op was given may come along in 64 bits; nothing is computed with them.</summary>
    [Fact]
    public void NoDoubleArithmeticInFloat32Kernels() => Check(k => k.IsFloat32 && DoubleArithmetic().Match(k.Ptx80) is { Success: true, Value: var line } ? $"has {line.Trim()}" : null);

    /// <summary>The mark of a pass that moves loads over barriers.</summary>
    [Fact]
    public void SomethingStandsBetweenTwoBarriers() => Check(k => k.Ptx80.Split('\n').Select(line => line.Trim()).Where(Counts)
        .Aggregate((Before: false, Found: false), (state, line) => (IsBarrier(line), state.Found || (state.Before && IsBarrier(line)))).Found ? "has two barriers with nothing between" : null);

    /// <summary>Four floats side by side are one request of memory, in each operand that is read; the last few are read one by one.</summary>
    [Fact]
    public void MapsLoadAndStoreByFours() => Check(k =>
    {
        if (!k.IsFloat32 || !k.Name.StartsWith("MapFours<", StringComparison.Ordinal)) return null;
        var (fours, ones, stores) = (Count(k.Ptx80, "ld.global.v4.f32"), Count(k.Ptx80, "ld.global.f32"), Count(k.Ptx80, "st.global.v4.f32"));
        return fours == ones && stores == 1 ? null : $"has {fours} loads of four and {ones} of one, and {stores} stores of four";
    });

    /// <summary>A product's tiles are read from shared memory four floats at a time: a step takes one load a four of rows or columns, and the loop is unrolled by four steps.</summary>
    [Fact]
    public void ProductsReadTheirTilesByFours()
    {
        Assert.Contains(KernelTexts.All, IsProduct);
        Check(k =>
        {
            if (!IsProduct(k)) return null;
            var (fours, ones, products) = (Count(k.Ptx80, "ld.shared.v4.f32"), Count(k.Ptx80, "ld.shared.f32"), Count(k.Ptx80, "fma.rn.f32"));
            var (loads, sums) = k.Name.Contains("Block8", StringComparison.Ordinal) ? (4, 64) : (2, 16);
            return fours == 4 * loads && ones == 0 && products >= 4 * sums ? null : $"has {fours} loads of four and {ones} of one from shared memory, and {products} products";
        });

        static bool IsProduct(KernelText k) => k.IsFloat32 && k.Name.StartsWith("GemmTiles<", StringComparison.Ordinal);
    }

    /// <summary>Pointers are into global or shared memory, and the compiler knows which.</summary>
    [Fact]
    public void NoGenericPointers() => Check(k => k.OpenCL?.Contains("__generic", StringComparison.Ordinal) == true ? "has a generic pointer" : null);

    /// <summary>Products and sums are not contracted but where the kernel says so.</summary>
    [Fact]
    public void RoundingIsWritten() => Check(k => Unrounded().IsMatch(k.Ptx80) ? "has arithmetic that a driver may contract" : null);

    static void Check(Func<KernelText, string?> complaint)
    {
        var complaints = KernelTexts.All.Select(k => (k.Name, Text: complaint(k))).Where(k => k.Text is not null).Select(k => $"{k.Name} {k.Text}").ToArray();
        if (complaints.Length > 0) Assert.Fail($"{complaints.Length} of {KernelTexts.All.Count} kernels:\n{string.Join('\n', complaints)}");
    }

    static string Plain(Type kernel) => kernel.Name.Split('`')[0];

    static int Count(string text, string part) => text.Split(part).Length - 1;

    static bool IsBarrier(string line) => line.StartsWith("bar.sync", StringComparison.Ordinal) || line.StartsWith("barrier.sync", StringComparison.Ordinal);

    // Labels, registers moved about and empty lines are nothing.
    static bool Counts(string line) => line.Length > 0 && !line.EndsWith(':') && !line.StartsWith("//", StringComparison.Ordinal) && !line.StartsWith("mov", StringComparison.Ordinal);

    [GeneratedRegex(@"\b(ld|st)\.local|local_depot|\.local\b")]
    private static partial Regex LocalMemory();

    [GeneratedRegex(@"^\s*(?!\.reg|ld\.param|mov)\S+\.f64\b.*$", RegexOptions.Multiline)]
    private static partial Regex DoubleArithmetic();

    [GeneratedRegex(@"\b(mul|add|sub)\.f(32|64)\b")]
    private static partial Regex Unrounded();
}
