// One file for a machine without the SDK: is this device right, how fast is it, does it learn?
// dotnet publish tools/MiniDL.SelfTest -c Release -r linux-x64 -o DIR
using MiniDL;
using MiniDL.Benchmarks;
using MiniDL.Gpu;
using MiniDL.SelfTest;

const string Help = $"""
    MiniDL.SelfTest VERB [options]
      selftest         every op's checks and the golden corpus; exit code 1 when something fails
      bench            times of ops and training steps; without --device, all devices side by side
      train            trains a small network on handwritten digits; exit code 1 when it does not learn
    options
    {Options.Help}
    """;

if (args is not [var verb, .. var rest] || verb is "--help" or "-h")
{
    Console.WriteLine($"{Help}\n\n{GpuDevice.Report()}");
    return 0;
}
try
{
    var options = Options.Parse(rest);
    using var guard = Guard(options.Minutes);
    return verb switch
    {
        "selftest" => Suite.Run(options),
        "bench" => QuickTable.Run(options),
        "train" => Training.Run(options),
        _ => throw new ArgumentException($"there is no verb {verb}"),
    } ? 0 : 1;
}
catch (Exception e) when (e is ArgumentException or InvalidOperationException)
{
    Console.Error.WriteLine(e is ArgumentException ? $"{e.Message}\n\n{Help}" : e.Message);
    return 2;
}

// A hung driver answers to no time limit.
static Timer? Guard(double minutes)
{
    const double Grace = 2, Week = 7 * 24 * 60;
    return minutes > Week ? null : new Timer(_ =>
    {
        Console.WriteLine($"\nnot done {Grace} minutes after the time limit: ended");
        Environment.Exit(1);
    }, null, TimeSpan.FromMinutes(minutes + Grace), Timeout.InfiniteTimeSpan);
}
