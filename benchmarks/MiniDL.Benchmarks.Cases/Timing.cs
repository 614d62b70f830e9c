using System.Diagnostics;

namespace MiniDL.Benchmarks;

/// <summary>The time of a piece of work on a device, from blocks of many runs.</summary>
sealed class Timing
{
    const double BlockSeconds = 0.06, EnoughToCalibrate = 0.02, WarmUpSeconds = 3;
    const int WarmUpRuns = 40; // .NET compiles with all its art what has run 30 times,
    const int CompilerDelay = 200; // after a pause, in milliseconds

    readonly Device device;
    readonly Action work;
    readonly int runs;
    readonly List<double> blocks = [];

    /// <summary>Prepares a case on a device, with the same numbers on each, compiles and warms up what it needs, and finds how many runs make a block.</summary>
    public Timing(Case source, Device device)
    {
        Generator.Seed(1);
        (this.device, work) = (device, source.Prepare(device));
        double seconds = 0;
        for (var i = 0; i < WarmUpRuns && seconds < WarmUpSeconds; i++) seconds += Seconds(1);
        Thread.Sleep(CompilerDelay);
        runs = 1;
        while ((seconds = Seconds(runs)) < EnoughToCalibrate) runs *= 2;
        runs = Math.Max((int)(BlockSeconds / seconds * runs), 1);
    }

    /// <summary>Times another block.</summary>
    public void Block() => blocks.Add(Seconds(runs) * 1e6 / runs);

    /// <summary>The median of the blocks, for one run.</summary>
    public double Microseconds => blocks.Order().ElementAt(blocks.Count / 2);

    double Seconds(int count)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++) work();
        Devices.Synchronize(device);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
