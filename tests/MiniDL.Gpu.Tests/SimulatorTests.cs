using System.Diagnostics;
using MiniDL.Conformance.Golden;
using MiniDL.Conformance.Rows;
using Xunit.v3;

namespace MiniDL.Gpu.Tests;

/// <summary>Rows and golden cases of at most 1,000 elements on ILGPU's CPU accelerator, whose threads are the processor's: in an order that takes
/// from every kind of op in turn, until the time is spent. Results and gradients alone: the rest takes many runs, and shows nothing of kernels that these do not.</summary>
[TestCaseOrderer(typeof(UnorderedTestCaseOrderer))]
public sealed class SimulatorTests(SimulatorTests.Run run) : IClassFixture<SimulatorTests.Run>
{
    const int Elements = 1000;

    static readonly Budget rowTime = new("op rows", TimeSpan.FromSeconds(100));
    static readonly Budget goldenTime = new("golden cases", TimeSpan.FromSeconds(60));

    static readonly Dictionary<(string Kind, string Name), GoldenCase[]> groups =
        GoldenSuite.Groups(GoldenSuite.Cases.Where(c => c.Elements <= Elements)).ToDictionary(g => g.Key, g => g.ToArray());

    public static IEnumerable<TheoryDataRow<string>> Rows => InTurn(OpRows.Families.Select(f => f.Rows.Select(r => new TheoryDataRow<string>(r.Name) { Traits = { ["op"] = [.. r.Members] } })));

    public static IEnumerable<TheoryDataRow<string, string>> Groups => InTurn(groups.Keys.GroupBy(g => g.Kind).Select(kind => kind.Select(g => new TheoryDataRow<string, string>(g.Kind, g.Name))));

    [Theory]
    [MemberData(nameof(Rows))]
    public void Row(string name) => rowTime.Spend(() =>
    {
        var failures = RowRunner.Run(OpRows.All.Single(r => r.Name == name), Backends.Simulator(), Elements, Check.Forward, Check.Gradient);
        if (failures.Count > 0) Assert.Fail(string.Join(Environment.NewLine, failures));
    });

    [Theory]
    [MemberData(nameof(Groups))]
    public void Holds(string kind, string name) => goldenTime.Spend(() =>
    {
        var runner = new GoldenRunner(Backends.Simulator());
        Outcome[] outcomes = [.. groups[(kind, name)].Select(runner.Run)];
        run.Outcomes.AddRange(outcomes);
        GoldenSuite.Check(outcomes);
    });

    /// <summary>The golden cases of a run; their sum goes to the report when it is over.</summary>
    public sealed class Run : IDisposable
    {
        internal List<Outcome> Outcomes { get; } = [];

        public void Dispose()
        {
            if (Outcomes.Count == 0) return;
            var left = GoldenSuite.Cases.Count - Outcomes.Count;
            GoldenSuite.Report(FormattableString.Invariant($"{GoldenReport.Line(Outcomes, "simulator")}, {left} left out: over {Elements} elements or over time"));
        }
    }

    /// <summary>The first of each kind, then the second of each, …</summary>
    static IEnumerable<T> InTurn<T>(IEnumerable<IEnumerable<T>> kinds)
        => kinds.SelectMany((kind, k) => kind.Select((item, i) => (item, i, k))).OrderBy(x => x.i).ThenBy(x => x.k).Select(x => x.item);

    /// <summary>Time that tests share; those that come when it is spent are skipped.</summary>
    sealed class Budget(string what, TimeSpan time)
    {
        TimeSpan spent;

        public void Spend(Action test)
        {
            if (spent >= time) Assert.Skip($"the {time.TotalSeconds} seconds for {what} on the simulator are spent");
            var watch = Stopwatch.StartNew();
            try
            {
                test();
            }
            finally
            {
                spent += watch.Elapsed;
            }
        }
    }
}
