namespace MiniDL;

/// <summary>The processor: one backend object a dtype.</summary>
internal sealed class CpuDevice : Device
{
    readonly IBackend[] backends;

    public CpuDevice() => backends =
    [
        new CpuBackend<float>(this, DType.Float32),
        new CpuBackend<double>(this, DType.Float64),
        new CpuBackend<int>(this, DType.Int32),
        new CpuBackend<long>(this, DType.Int64),
        new CpuBackend<byte>(this, DType.Bool),
        new CpuBackend<BFloat16>(this, DType.BFloat16),
        new CpuBackend<Half>(this, DType.Float16),
    ];

    /// <inheritdoc/>
    public override string Name => "cpu";

    /// <inheritdoc/>
    public override IBackend Backend(DType dtype) => backends[(int)dtype];

    internal override void EndOfBackward() => BufferPool.Cpu.EndOfBackward();
}
