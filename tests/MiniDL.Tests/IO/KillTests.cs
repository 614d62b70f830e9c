using System.Diagnostics;
using System.Globalization;
using MiniDL.IO;
using MiniDL.NN;

namespace MiniDL.Tests.IO;

/// <summary>A process that saves a checkpoint again and again is killed at a random moment: the newest whole one is there, and none is half of two.</summary>
[Trait("speed", "slow")]
public sealed class KillTests : IDisposable
{
    const string Given = "MINIDL_KILLED_CHECKPOINT";
    const int Kills = 20, Size = 1000; // 4 MB
    const int LifeTime = 60_000; // ms, of a process that nobody kills because its test was killed itself

    readonly string folder = Directory.CreateTempSubdirectory("minidl-kill-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_checkpoint_outlives_its_process()
    {
        var random = new Random(1);
        var path = Path.Combine(folder, "run.ckpt");
        var epoch = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            int before;
            using (var process = Start(path))
            {
                try
                {
                    while (Epoch(path) <= epoch)
                    {
                        Assert.False(process.HasExited, "the process that saves has ended");
                        Thread.Sleep(5);
                    }
                    Thread.Sleep(random.Next(40));
                    before = Epoch(path);
                }
                finally
                {
                    process.Kill(); // SIGKILL
                    process.WaitForExit();
                }
            }
            epoch = Epoch(path);
            Assert.True(epoch >= before, $"epoch {epoch} was found, {before} had been whole before");
        }
        Assert.True(Directory.GetFiles(folder).Length > 1, "no process was killed while it wrote");
    }

    /// <summary>What the other test kills.</summary>
    [Fact(Explicit = true)]
    public void SaveUntilKilled()
    {
        var path = Environment.GetEnvironmentVariable(Given) ?? throw new InvalidOperationException($"{Given} is not set: another test starts this one");
        var model = new Linear(Size, Size);
        using var scope = Autograd.NoGrad();
        var start = Environment.TickCount64;
        for (var epoch = Epoch(path) + 1; Environment.TickCount64 - start < LifeTime; epoch++)
        {
            foreach (var p in model.Parameters()) p.Fill(epoch);
            Checkpoint.Save(path, epoch, model);
        }
    }

    static Process Start(string path)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(KillTests).Assembly.Location, "-explicit", "only", "-method", $"{typeof(KillTests).FullName}.{nameof(SaveUntilKilled)}"])
        {
            RedirectStandardOutput = true, // a page of it, which nobody reads
        };
        start.Environment[Given] = path;
        return Process.Start(start)!;
    }

    // The epoch of a checkpoint, whose every weight must be of that epoch; 0 when there is none.
    static int Epoch(string path)
    {
        if (!File.Exists(path)) return 0;
        var model = new Linear(Size, Size);
        var epoch = Checkpoint.Load(path, model);
        foreach (var p in model.Parameters()) Assert.True((p == epoch).All().Item<bool>(), string.Create(CultureInfo.InvariantCulture, $"a weight is not of epoch {epoch}"));
        return epoch;
    }
}
