using System.Runtime;

namespace MiniDL.Tests.IO;

/// <summary>What reading a file may cost.</summary>
static class Bounds
{
    const long Slack = 64 << 10; // the exception itself, its text, the tables of the reader
    const int Attempts = 3; // a busy machine may spoil one
    const int Large = 1 << 20; // bytes, from which on a reader's time is worth the wait for a quiet process
    const int Quiet = 300, QuietAtLatest = 30_000; // ms

    /// <summary>Runs a reader over bytes; fails when it allocates twice their length or takes a second of processor time.</summary>
    public static T Measure<T>(byte[] file, Func<Stream, T> read)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (attempt > 1 || file.Length >= Large) AwaitCompiler();
            var stream = new MemoryStream(file, writable: false);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var start = Environment.CpuUsage.TotalTime;
            var result = read(stream);
            var time = Environment.CpuUsage.TotalTime - start;
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < 2L * file.Length + Slack, $"{allocated} bytes allocated for a file of {file.Length}");
            if (time.TotalSeconds < 1) return result;
            Assert.True(attempt < Attempts, $"took {time} for a file of {file.Length} bytes");
        }
    }

    /// <summary>Waits until the runtime compiles nothing in the background: what the tests before this one left to be compiled anew would count as time of the reader.</summary>
    static void AwaitCompiler()
    {
        var start = Environment.TickCount64;
        for (long before = -1, now; (now = JitInfo.GetCompiledMethodCount()) != before && Environment.TickCount64 - start < QuietAtLatest; before = now)
            Thread.Sleep(Quiet);
    }
}
