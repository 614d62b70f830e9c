// dotnet run -c Release --project benchmarks/MiniDL.Benchmarks -- --filter '*MatMul*' --artifacts /tmp/benchmarks
using BenchmarkDotNet.Running;

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
