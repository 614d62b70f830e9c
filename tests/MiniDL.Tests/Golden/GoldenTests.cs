using MiniDL.Conformance.Golden;

namespace MiniDL.Tests.Golden;

/// <summary>PyTorch's numbers: ops, modules, optimizers, schedules, random programs, large shapes and whole trainings.</summary>
public class GoldenTests
{
    const int MessagesShown = 6;

    public static IEnumerable<TheoryDataRow<string, string>> Groups => GoldenSuite.Groups.Select(g => new TheoryDataRow<string, string>(g.Kind, g.Name));

    [Theory]
    [MemberData(nameof(Groups))]
    public void Holds(string kind, string name)
    {
        var outcomes = GoldenSuite.Run(kind, name);
        var failures = outcomes.Where(o => o.Verdict == Verdict.Failed).ToArray();
        if (failures.Length > 0)
            Assert.Fail($"{failures.Length} of {outcomes.Length} cases fail:\n" + string.Join("\n", failures.Take(MessagesShown).Select(f => f.Text)));
        if (outcomes.All(o => o.Verdict == Verdict.NotSupported)) Assert.Skip(outcomes[0].Text);
    }

    /// <summary>Appends the sum to the file that <c>MINIDL_GOLDEN_REPORT</c> names.</summary>
    [Fact]
    public void Report()
    {
        var outcomes = GoldenSuite.Groups.SelectMany(g => GoldenSuite.Run(g.Kind, g.Name)).ToArray();
        Assert.Equal(GoldenSuite.Cases.Count, outcomes.Length);
        if (Environment.GetEnvironmentVariable("MINIDL_GOLDEN_REPORT") is { Length: > 0 } file)
            File.AppendAllText(file, GoldenReport.Line(outcomes) + "\n");
    }
}
