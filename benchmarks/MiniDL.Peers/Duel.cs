using System.Diagnostics;

namespace MiniDL.Peers;

/// <summary>The same work in both libraries.</summary>
/// <param name="Name">What is done.</param>
/// <param name="Mine">MiniDL; returns numbers to compare.</param>
/// <param name="Torch">libtorch through TorchSharp; returns the same numbers.</param>
/// <param name="Tolerance">Allowed difference, relative to the largest number.</param>
internal sealed record Duel(string Name, Func<float[]?> Mine, Func<float[]?> Torch, double Tolerance = 1e-4)
{
    const double BlockSeconds = 0.06;
    const int Blocks = 9;

    /// <summary>Compares the results, then times both in turn; medians of the blocks in microseconds.</summary>
    public (double Mine, double Torch) Run()
    {
        Compare();
        var (mine, torch) = (new List<double>(), new List<double>());
        Block(Mine);
        Block(Torch);
        for (var i = 0; i < Blocks; i++)
        {
            mine.Add(Block(Mine));
            Thread.Sleep(2); // both pools spin for a while after the last job
            torch.Add(Block(Torch));
            Thread.Sleep(2);
        }
        return (Median(mine), Median(torch));
    }

    void Compare()
    {
        var (a, b) = (Mine(), Torch());
        if (a is null || b is null) return;
        if (a.Length != b.Length) throw new InvalidOperationException($"{Name}: {a.Length} numbers against {b.Length}");
        var (largest, difference) = (1e-30, 0.0);
        for (var i = 0; i < a.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(b[i]));
            difference = Math.Max(difference, Math.Abs(a[i] - (double)b[i]));
        }
        if (!(difference <= Tolerance * largest)) throw new InvalidOperationException($"{Name}: the results differ by {difference} of {largest}");
    }

    // Tiny bodies are called several times between two looks at the clock.
    static double Block(Func<float[]?> body)
    {
        var inner = 1;
        for (var start = Stopwatch.GetTimestamp(); inner < 1 << 16; start = Stopwatch.GetTimestamp(), inner *= 2)
        {
            for (var i = 0; i < inner; i++) body();
            if (Stopwatch.GetElapsedTime(start).TotalMicroseconds > 20) break;
        }
        var (count, begin) = (0L, Stopwatch.GetTimestamp());
        do
        {
            for (var i = 0; i < inner; i++) body();
            count += inner;
        }
        while (Stopwatch.GetElapsedTime(begin).TotalSeconds < BlockSeconds);
        return Stopwatch.GetElapsedTime(begin).TotalMicroseconds / count;
    }

    static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
