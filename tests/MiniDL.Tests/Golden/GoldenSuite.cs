using MiniDL.Conformance.Golden;

namespace MiniDL.Tests.Golden;

/// <summary>The golden corpus on the CPU: each group of cases runs once, whoever asks for it first.</summary>
static class GoldenSuite
{
    static readonly GoldenRunner runner = new(Device.Cpu);

    static readonly Lazy<Corpus> corpus = new(() => Corpus.Load(Folder));

    static readonly Lazy<Dictionary<(string Kind, string Name), Lazy<Outcome[]>>> groups = new(() =>
        corpus.Value.Cases.GroupBy(c => (c.Kind, c.Name)).ToDictionary(g => g.Key, g => new Lazy<Outcome[]>(() => [.. g.Select(runner.Run)])));

    /// <summary><c>MINIDL_GOLDEN</c> names another folder than the copy beside the tests.</summary>
    static string Folder => Environment.GetEnvironmentVariable("MINIDL_GOLDEN") is { Length: > 0 } folder
        ? folder : Path.Combine(AppContext.BaseDirectory, "golden");

    public static IReadOnlyList<GoldenCase> Cases => corpus.Value.Cases;

    public static IEnumerable<(string Kind, string Name)> Groups => groups.Value.Keys;

    public static Outcome[] Run(string kind, string name) => groups.Value[(kind, name)].Value;
}
