// dotnet run -c Release --project benchmarks/MiniDL.Benchmarks -- --quick [--device cpu,opencl] [--filter TEXT] [--minutes N]
// dotnet run -c Release --project benchmarks/MiniDL.Benchmarks -- --filter '*MatMul*' --artifacts /tmp/benchmarks
using BenchmarkDotNet.Running;
using MiniDL.Benchmarks;

if (args is not ["--quick", .. var quick])
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
    return 0;
}
try
{
    return QuickTable.Run(Options.Parse(quick)) ? 0 : 1;
}
catch (Exception e) when (e is ArgumentException or InvalidOperationException)
{
    Console.Error.WriteLine(e is ArgumentException ? $"{e.Message}\n\n--quick, the table of devices side by side:\n{Options.Help}" : e.Message);
    return 2;
}
