namespace MiniDL.NN;

/// <summary>The largest value of each window: x [N, C, H, W] → y [N, C, OutH, OutW]; see <see cref="Tensor.MaxPool2d"/>.</summary>
/// <param name="kernelSize">Height and width of a window.</param>
/// <param name="stride">The step of the window; kernelSize when left out.</param>
/// <param name="padding">−∞ on each side; 0 when left out.</param>
/// <param name="dilation">The step between places of the window; 1 when left out.</param>
/// <param name="ceilMode">Round the output's size up, so that windows may begin inside and end outside.</param>
public sealed class MaxPool2d(Size2 kernelSize, Size2? stride = null, Size2? padding = null, Size2? dilation = null, bool ceilMode = false) : BuiltInLayer
{
    /// <inheritdoc/>
    protected override string Arguments
        => $"{ConvText.Of(kernelSize)}{(stride is { } s && s != kernelSize ? $", stride: {ConvText.Of(s)}" : "")}{ConvText.Argument("padding", padding ?? 0, 0)}"
         + $"{ConvText.Argument("dilation", dilation ?? 1, 1)}{ModuleText.Argument("ceilMode", ceilMode, false)}";

    private protected override Tensor Compute(Tensor x) => x.MaxPool2d(kernelSize, stride, padding, dilation, ceilMode);
}

/// <summary>The mean of each window: x [N, C, H, W] → y [N, C, OutH, OutW]; see <see cref="Tensor.AvgPool2d"/>.</summary>
/// <param name="kernelSize">Height and width of a window.</param>
/// <param name="stride">The step of the window; kernelSize when left out.</param>
/// <param name="padding">Zeros on each side; 0 when left out.</param>
/// <param name="ceilMode">Round the output's size up, so that windows may begin inside and end outside.</param>
/// <param name="countIncludePad">Whether the padding counts in the mean.</param>
/// <param name="divisorOverride">Divide the sum by this instead of by the number of places.</param>
public sealed class AvgPool2d(Size2 kernelSize, Size2? stride = null, Size2? padding = null, bool ceilMode = false, bool countIncludePad = true, int? divisorOverride = null) : BuiltInLayer
{
    /// <inheritdoc/>
    protected override string Arguments
        => $"{ConvText.Of(kernelSize)}{(stride is { } s && s != kernelSize ? $", stride: {ConvText.Of(s)}" : "")}{ConvText.Argument("padding", padding ?? 0, 0)}"
         + $"{ModuleText.Argument("ceilMode", ceilMode, false)}{ModuleText.Argument("countIncludePad", countIncludePad, true)}{(divisorOverride is { } d ? $", divisorOverride: {d}" : "")}";

    private protected override Tensor Compute(Tensor x) => x.AvgPool2d(kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride);
}
