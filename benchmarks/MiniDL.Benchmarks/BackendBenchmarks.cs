using BenchmarkDotNet.Attributes;

namespace MiniDL.Benchmarks;

/// <summary>Every case on every device.</summary>
[MemoryDiagnoser]
public class Backends
{
    Action work = null!;
    Device on = null!;

    public static IEnumerable<string> DeviceNames => Devices.SideBySide().Select(device => device.Name);

    public static IEnumerable<string> CaseNames => Case.All.Where(c => Devices.SideBySide().Any(c.SuitsDevice)).Select(c => c.Name);

    [ParamsSource(nameof(CaseNames))]
    public string Name { get; set; } = "";

    [ParamsSource(nameof(DeviceNames))]
    public string On { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        Generator.Seed(1);
        on = Devices.Find(On);
        work = Case.All.Single(c => c.Name == Name).Prepare(on);
    }

    [Benchmark]
    public void Run()
    {
        work();
        Devices.Synchronize(on);
    }
}
