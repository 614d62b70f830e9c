using System.Diagnostics;

namespace MiniDL.Benchmarks;

/// <summary>How long a program may run.</summary>
/// <param name="minutes">From now on; infinity for as long as it takes.</param>
public sealed class TimeLimit(double minutes)
{
    readonly long start = Stopwatch.GetTimestamp();

    /// <summary>Whether nothing new should be begun.</summary>
    public bool IsOver => Stopwatch.GetElapsedTime(start).TotalMinutes >= minutes;

    /// <summary>The limit in words.</summary>
    public override string ToString() => FormattableString.Invariant($"the time limit of {minutes} minute{(minutes == 1 ? "" : "s")} is");
}
