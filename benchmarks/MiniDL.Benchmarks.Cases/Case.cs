namespace MiniDL.Benchmarks;

/// <summary>Work to be timed, on any device.</summary>
/// <param name="Name">What is done; benchmarks/pytorch.py has it under the same name.</param>
/// <param name="Prepare">Makes the operands on a device and gives what is timed.</param>
/// <param name="Unit">What <paramref name="Work"/> counts, a second: GB/s or GFLOP/s; empty when it is a time alone that matters.</param>
/// <param name="Work">Bytes that must be read and written, or floating-point operations.</param>
public sealed record Case(string Name, Func<Device, Action> Prepare, string Unit = "", double Work = 0)
{
    /// <summary>True when it takes a processor seconds.</summary>
    public bool ForCards { get; init; }

    /// <summary>Every case.</summary>
    public static IReadOnlyList<Case> All { get; } = [.. OpCases.All, .. ModelCases.All];

    /// <summary>Whether it is timed on a device.</summary>
    public bool SuitsDevice(Device device) => !ForCards || Devices.IsCard(device);

    /// <summary>The work done a second.</summary>
    public string Rate(double microseconds) => Unit.Length == 0 ? "" : FormattableString.Invariant($"{Work / microseconds / 1e3:F1} {Unit}");

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
