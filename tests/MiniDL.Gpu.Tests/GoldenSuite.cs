using System.Collections.Concurrent;
using MiniDL.Conformance.Golden;

namespace MiniDL.Gpu.Tests;

/// <summary>The golden corpus on a device: each group of cases runs once, whoever asks for it first.</summary>
sealed class GoldenSuite
{
    static readonly Lazy<Corpus> corpus = new(() => Corpus.Load(Folder));
    static readonly ConcurrentDictionary<GpuDevice, GoldenSuite> suites = [];

    readonly Dictionary<(string Kind, string Name), Lazy<Outcome[]>> groups;

    GoldenSuite(GpuDevice device)
    {
        var runner = new GoldenRunner(device);
        groups = Groups(Cases).ToDictionary(g => g.Key, g => new Lazy<Outcome[]>(() => [.. g.Select(runner.Run)]));
    }

    /// <summary>A device's suite.</summary>
    public static GoldenSuite On(GpuDevice device) => suites.GetOrAdd(device, d => new(d));

    /// <summary>All cases.</summary>
    public static IReadOnlyList<GoldenCase> Cases => corpus.Value.Cases;

    /// <summary>Cases by what they are about.</summary>
    public static IEnumerable<IGrouping<(string Kind, string Name), GoldenCase>> Groups(IEnumerable<GoldenCase> cases) => cases.GroupBy(c => (c.Kind, c.Name));

    // MINIDL_GOLDEN names another folder than the copy beside the tests.
    static string Folder => Environment.GetEnvironmentVariable("MINIDL_GOLDEN") is { Length: > 0 } folder
        ? folder : Path.Combine(AppContext.BaseDirectory, "golden");

    /// <summary>How a group's cases went.</summary>
    public Outcome[] Run(string kind, string name) => groups[(kind, name)].Value;

    /// <summary>How all cases went.</summary>
    public Outcome[] RunAll() => [.. groups.Values.SelectMany(g => g.Value)];

    /// <summary>Fails with the words of the first failures.</summary>
    public static void Check(Outcome[] outcomes)
    {
        const int MessagesShown = 6;
        var failures = outcomes.Where(o => o.Verdict == Verdict.Failed).ToArray();
        if (failures.Length > 0)
            Assert.Fail($"{failures.Length} of {outcomes.Length} cases fail:\n" + string.Join("\n", failures.Take(MessagesShown).Select(f => f.Text)));
        if (outcomes.All(o => o.Verdict == Verdict.NotSupported)) Assert.Skip(outcomes[0].Text);
    }

    /// <summary>Appends a line to the file that <c>MINIDL_GOLDEN_REPORT</c> names.</summary>
    public static void Report(string line)
    {
        if (Environment.GetEnvironmentVariable("MINIDL_GOLDEN_REPORT") is { Length: > 0 } file) File.AppendAllText(file, line + "\n");
    }
}
