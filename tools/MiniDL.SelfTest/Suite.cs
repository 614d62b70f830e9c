using System.Diagnostics;
using MiniDL.Benchmarks;
using MiniDL.Conformance.Golden;
using MiniDL.Conformance.Rows;
using MiniDL.Gpu;

namespace MiniDL.SelfTest;

/// <summary>Every op's row and every golden case on one device.</summary>
sealed class Suite
{
    const int SimulatorElements = 1000, MessagesShown = 6;

    readonly TimeLimit limit;
    readonly string filter;
    readonly List<string> left = [];
    int passed, failed, notSupported;

    Suite(Options options) => (limit, filter) = (new(options.Minutes), options.Filter);

    /// <summary>Prints each part as it is done and the sum in the end; false when something failed.</summary>
    public static bool Run(Options options)
    {
        var device = Devices.Find(options.Device ?? "auto");
        Console.WriteLine(Devices.Describe(device));
        Asserts.Throw();
        var suite = new Suite(options);
        suite.RunAll(device, device is GpuDevice { Kind: GpuKind.Simulator } ? SimulatorElements : int.MaxValue);
        return suite.failed == 0;
    }

    void RunAll(Device device, int mostElements)
    {
        foreach (var row in OpRows.All)
            Part($"op {row.Name}", () => [.. RowRunner.Run(row, device, mostElements) is { Count: > 0 } failures ? failures.Select(text => (Verdict.Failed, text)) : [(Verdict.Passed, "")]]);
        var runner = new GoldenRunner(device);
        foreach (var group in Corpus.Load(typeof(Suite).Assembly).Cases.Where(c => c.Elements <= mostElements).GroupBy(c => $"golden {c.Kind} {c.Name}"))
            Part(group.Key, () => [.. group.Select(c => runner.Run(c)).Select(outcome => (outcome.Verdict, outcome.Text))]);

        if (left.Count > 0) Console.WriteLine($"{limit} over; left: {left.Count} parts, from '{left[0]}' on");
        Console.WriteLine($"selftest {device.Name}: {passed} passed, {failed} failed, {notSupported} not supported");
    }

    void Part(string name, Func<(Verdict Verdict, string Text)[]> run)
    {
        if (!name.Contains(filter, StringComparison.OrdinalIgnoreCase)) return;
        if (limit.IsOver)
        {
            left.Add(name);
            return;
        }
        Console.Write($"{name} … "); // first its name: should the process die here, it says where
        var start = Stopwatch.GetTimestamp();
        var outcomes = run();
        string[] failures = [.. outcomes.Where(o => o.Verdict == Verdict.Failed).Select(o => o.Text)];
        passed += outcomes.Count(o => o.Verdict == Verdict.Passed);
        failed += failures.Length;
        notSupported += outcomes.Count(o => o.Verdict == Verdict.NotSupported);
        Console.WriteLine(FormattableString.Invariant($"{(failures.Length == 0 ? "ok" : $"{failures.Length} FAILED")}, {Stopwatch.GetElapsedTime(start).TotalSeconds:F2} s"));
        foreach (var text in failures.Take(MessagesShown)) Console.WriteLine($"  {text}");
    }
}
