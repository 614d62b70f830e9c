using MiniDL.Conformance.Golden;

namespace MiniDL.Gpu.Tests;

/// <summary>PyTorch's numbers on a device: ops, modules, optimizers, schedules, random programs, large shapes and whole trainings.</summary>
/// <remarks>One op alone: <c>dotnet test -c Release --project tests/MiniDL.Gpu.Tests --filter-class "*OpenCLGolden" --filter-trait golden=matmul</c>; a kind: <c>--filter-trait kind=trace</c>.</remarks>
public abstract class GoldenTests<TBackend> where TBackend : ITestBackend
{
    public static IEnumerable<TheoryDataRow<string, string>> Groups => Backends.Rows<TBackend, TheoryDataRow<string, string>>(GoldenSuite.Groups(GoldenSuite.Cases)
        .Select(g => new TheoryDataRow<string, string>(g.Key.Kind, g.Key.Name) { Traits = { ["golden"] = [g.Key.Name], ["kind"] = [g.Key.Kind] } }));

    [Theory]
    [MemberData(nameof(Groups))]
    public void Holds(string kind, string name) => GoldenSuite.Check(GoldenSuite.On(Backends.Get<TBackend>()).Run(kind, name));

    /// <summary>What is not supported is what the CPU does not support; the sum goes to the report.</summary>
    [Fact]
    public void Report()
    {
        var device = Backends.Get<TBackend>();
        var outcomes = GoldenSuite.On(device).RunAll();
        GoldenSuite.Report(GoldenReport.Line(outcomes, device.Name.Split(':')[0]));
        Assert.Equal(GoldenSuite.Cases.Count, outcomes.Length);
        Assert.Equal(GoldenSuite.Cases.Where(c => Unsupported.Reason(c) is not null), outcomes.Where(o => o.Verdict == Verdict.NotSupported).Select(o => o.Case));
    }
}

/// <summary>The corpus through OpenCL.</summary>
public sealed class OpenCLGolden : GoldenTests<OpenCLBackend>;

/// <summary>The corpus on an NVIDIA GPU.</summary>
public sealed class CudaGolden : GoldenTests<CudaBackend>;
