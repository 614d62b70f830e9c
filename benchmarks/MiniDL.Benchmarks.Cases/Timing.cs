using System.Diagnostics;

namespace MiniDL.Benchmarks;

/// <summary>The time of a piece of work on a device, from blocks of many runs.</summary>
sealed class Timing
{
    const double BlockSeconds = 0.06, EnoughToCalibrate = 0.02;

    readonly Device device;
    readonly Action work;
    readonly int runs;
    readonly List<double> blocks = [];

    /// <summary>Prepares a case on a device, with the same numbers on each, compiles and warms up what it needs, and finds how many runs make a block.</summary>
    public Timing(Case source, Device device)
    {
        Generator.Seed(1);
        (this.device, work) = (device, source.Prepare(device));
        Seconds(1);
        runs = 1;
        double seconds;
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
