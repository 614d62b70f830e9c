using MiniDL.Conformance.Rows;

namespace MiniDL.Gpu.Tests;

/// <summary>Kernels under oclgrind, which reports races, accesses out of bounds and barriers that not every thread reaches.</summary>
public sealed class OclgrindTests : IDisposable
{
    static readonly string? library = new[] { "/usr/lib/oclgrind", "/usr/lib/x86_64-linux-gnu/oclgrind", "/usr/lib/aarch64-linux-gnu/oclgrind", "/usr/local/lib" }
        .Select(folder => Path.Combine(folder, "liboclgrind-rt-icd.so")).FirstOrDefault(File.Exists);

    readonly Child.Folder folder = new();

    public static TheoryData<string> Families => [.. OpRows.Families.Select(f => f.Family)];

    public void Dispose() => folder.Dispose();

    /// <summary>The rows of a family, small.</summary>
    [Theory]
    [MemberData(nameof(Families))]
    public void Rows(string family)
    {
        var (code, text, report) = Run(nameof(OclgrindChild.Rows), family);
        Assert.True(code == 0 && report.Length == 0, $"{report}\n{text}");
    }

    /// <summary>What the checker must find, so that its silence means something.</summary>
    [Theory]
    [InlineData(nameof(MissingBarrier), "data race")]
    [InlineData(nameof(OutOfBounds), "Invalid write")]
    [InlineData(nameof(DivergentBarrier), "divergence")]
    [InlineData(nameof(Sound), null)]
    public void Sabotage(string kernel, string? words)
    {
        var (code, text, report) = Run(nameof(OclgrindChild.Sabotage), kernel);
        if (words is null) Assert.True(code == 0 && report.Length == 0, $"{report}\n{text}");
        else Assert.Contains(words, report, StringComparison.OrdinalIgnoreCase);
    }

    (int Code, string Text, string Report) Run(string test, string argument)
    {
        const string Missing = "no oclgrind: liboclgrind-rt-icd.so was not found";
        if (library is null && Backends.RequireOpenCL) Assert.Fail(Missing);
        if (library is null) Assert.Skip(Missing);
        File.WriteAllText(Path.Combine(folder.Path, "oclgrind.icd"), library + "\n");
        var log = Path.Combine(folder.Path, "log.txt");
        var (code, text) = Child.Run($"{nameof(OclgrindChild)}.{test}", argument, folder.Path, ("OCLGRIND_DATA_RACES", "1"), ("OCLGRIND_LOG", log));
        return (code, text, File.Exists(log) ? File.ReadAllText(log) : "");
    }
}
