using MiniDL.Conformance.Golden;
using MiniDL.Tests.Golden;

namespace MiniDL.Tests.Sabotage;

/// <summary>A golden number that is off must be reported; otherwise the corpus proves nothing.</summary>
public class GoldenSabotageTests
{
    [Theory]
    [InlineData("outs", "result 0")]
    [InlineData("grads", "gradient 0")]
    [InlineData("second", "second derivative 0")]
    public void AnAlteredNumberIsReported(string field, string where)
    {
        var golden = GoldenSuite.Cases.First(c => c is { Kind: "op", Name: "tanh" });
        Assert.Equal(Verdict.Passed, new GoldenRunner(Device.Cpu).Run(golden).Verdict);

        var altered = golden.WithAltered(field, by: 1e-3);
        var outcome = new GoldenRunner(Device.Cpu).Run(altered);

        Assert.Equal(Verdict.Failed, outcome.Verdict);
        Assert.Contains(where, outcome.Text, StringComparison.Ordinal);
    }
}
