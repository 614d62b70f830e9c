// MiniDL beside libtorch (through TorchSharp) on the same inputs, alternating in one process, results compared first.
// dotnet run -c Release --project benchmarks/MiniDL.Peers -- [--threads 1,2] [--filter TEXT]
// benchmarks/MiniDL.Peers/tuned.sh runs it with libtorch at its best on processors that are not Intel's.
using System.Globalization;
using MiniDL;
using MiniDL.Peers;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
OldLibstdcxx.Accommodate();

string Argument(string name, string fallback) => args.SkipWhile(a => a != name).Skip(1).FirstOrDefault() ?? fallback;
var filter = Argument("--filter", "");
TorchSharp.torch.set_num_interop_threads(1);
TorchSharp.torch.random.manual_seed(1);
Console.WriteLine($"libtorch {TorchSharp.torch.__version__}, {Environment.ProcessorCount} processors, MiniDL on {Cpu.VectorBits}-bit vectors; µs, medians; a ratio above 1 means MiniDL is faster");
Console.WriteLine($"{"",-34} threads     MiniDL   libtorch   ratio");
foreach (var duel in Cases.All())
{
    if (!duel.Name.Contains(filter, StringComparison.Ordinal)) continue;
    foreach (var threads in Argument("--threads", "1,2").Split(',').Select(t => int.Parse(t, CultureInfo.InvariantCulture)))
    {
        Cpu.Threads = threads;
        TorchSharp.torch.set_num_threads(threads);
        var (mine, torch) = duel.Run();
        Console.WriteLine($"{duel.Name,-34} {threads,7} {mine,10:F2} {torch,10:F2} {torch / mine,7:F2}");
    }
}
