namespace MiniDL;

/// <summary>The processor.</summary>
internal sealed class CpuDevice : Device
{
    /// <inheritdoc/>
    public override string Name => "cpu";

    /// <inheritdoc/>
    public override IBackend Backend(DType dtype) => null!;
}
