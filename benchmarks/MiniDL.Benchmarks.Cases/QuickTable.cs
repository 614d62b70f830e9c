using System.Diagnostics;
using System.Globalization;
using MiniDL.Gpu;

namespace MiniDL.Benchmarks;

/// <summary>The cases on several devices side by side, as a Markdown table that is written row by row.</summary>
public static class QuickTable
{
    const double EnoughSeconds = 10;
    const int Blocks = 7, NameWidth = 38, TimeWidth = 11, RateWidth = 16;

    /// <summary>Times the cases; false when one failed. The devices take turns, block by block, so that a noisy moment meets all of them.</summary>
    /// <exception cref="ArgumentException">No case is left, or a device is the simulator.</exception>
    public static bool Run(Options options)
    {
        var limit = new TimeLimit(options.Minutes);
        var devices = options.Device is { } names ? [.. names.Split(',').Select(Devices.Find)] : Devices.SideBySide();
        if (devices.Any(device => device is GpuDevice { Kind: GpuKind.Simulator })) throw new ArgumentException("the simulator is for debugging kernels: its times say nothing");
        Case[] cases = [.. Case.All.Where(c => c.Name.Contains(options.Filter, StringComparison.OrdinalIgnoreCase) && devices.Any(c.SuitsDevice))];
        if (cases.Length == 0) throw new ArgumentException($"--filter {options.Filter}: there is no such case");
        foreach (var device in devices) Console.WriteLine(Devices.Describe(device));
        Console.WriteLine($"Float32; medians of {Blocks} blocks (fewer after {EnoughSeconds} s), the device synchronized at the end of each\n");
        Write("case", devices.Select(device => (device.Name + " µs", "rate")));
        Write(new string('-', NameWidth), devices.Select(_ => (new string('-', TimeWidth - 1) + ":", new string('-', RateWidth - 1) + ":")));
        List<string> failures = [];
        for (var i = 0; i < cases.Length; i++)
        {
            if (limit.IsOver)
            {
                Console.WriteLine($"\n{limit} over; left: {string.Join(", ", cases[i..].Select(c => c.Name))}");
                break;
            }
            Write(cases[i].Name, Row(cases[i], devices, failures));
        }
        foreach (var failure in failures) Console.WriteLine($"\n{failure}");
        return failures.Count == 0;
    }

    static IEnumerable<(string, string)> Row(Case row, IReadOnlyList<Device> devices, List<string> failures)
    {
        Timing?[] timings = [.. devices.Select(device => row.SuitsDevice(device) ? Prepare(row, device, failures) : null)];
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < Blocks && (i == 0 || Stopwatch.GetElapsedTime(start).TotalSeconds < EnoughSeconds); i++)
            foreach (var timing in timings)
            {
                timing?.Block();
                Thread.Sleep(2); // worker threads spin for a moment after the last job
            }
        return timings.Select(timing => timing is null ? ("-", "") : (timing.Microseconds.ToString(timing.Microseconds < 100 ? "N2" : "N0", CultureInfo.InvariantCulture), row.Rate(timing.Microseconds)));
    }

    static Timing? Prepare(Case row, Device device, List<string> failures)
    {
        try
        {
            return new(row, device);
        }
        catch (Exception e)
        {
            failures.Add($"{row.Name} on {device.Name}: {e.GetType().Name}: {e.Message}");
            return null;
        }
    }

    static void Write(string name, IEnumerable<(string Time, string Rate)> cells)
        => Console.WriteLine($"| {name.PadRight(NameWidth)} | {string.Join(" | ", cells.Select(c => $"{c.Time.PadLeft(TimeWidth)} | {c.Rate.PadLeft(RateWidth)}"))} |");
}
