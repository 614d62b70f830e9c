namespace MiniDL.NN;

/// <summary>A 1-d convolution: x [N, C, L] → y [N, Out, OutL]; see <see cref="Tensor.Conv1d"/>.</summary>
/// <remarks>Weight and bias begin uniform in ±1/√(C/groups·K), as in PyTorch.</remarks>
public sealed class Conv1d : BuiltInLayer
{
    readonly int stride, dilation, groups;
    readonly Padding padding;

    /// <summary>A convolution of this size.</summary>
    /// <param name="inChannels">C.</param>
    /// <param name="outChannels">Out.</param>
    /// <param name="kernelSize">K.</param>
    /// <param name="stride">The step of the kernel.</param>
    /// <param name="padding">Zeros on each side, or "same".</param>
    /// <param name="dilation">The step between taps of the kernel.</param>
    /// <param name="groups">Independent groups of channels.</param>
    /// <param name="bias">Whether to add b.</param>
    public Conv1d(int inChannels, int outChannels, int kernelSize, int stride = 1, Padding padding = default, int dilation = 1, int groups = 1, bool bias = true)
    {
        ConvText.Check(nameof(Conv1d), inChannels, outChannels, (1, kernelSize), (1, stride), (1, dilation), groups);
        (this.stride, this.padding, this.dilation, this.groups) = (stride, padding, dilation, groups);
        var taps = inChannels / groups * kernelSize;
        Weight = Init.Default([outChannels, inChannels / groups, kernelSize], taps);
        if (bias) Bias = Init.Default([outChannels], taps);
    }

    /// <summary>w, [Out, C/groups, K].</summary>
    public Parameter Weight { get; }

    /// <summary>b, [Out].</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    protected override string Arguments
        => $"{Weight.Size(1) * groups}, {Weight.Size(0)}, {Weight.Size(2)}{ModuleText.Argument("stride", stride, 1)}{ConvText.Argument(padding)}"
         + $"{ModuleText.Argument("dilation", dilation, 1)}{ModuleText.Argument("groups", groups, 1)}{ModuleText.Argument("bias", Bias is not null, true)}";

    private protected override Tensor Compute(Tensor x) => x.Conv1d(Weight, Bias, stride, padding, dilation, groups);
}

/// <summary>A 2-d convolution: x [N, C, H, W] → y [N, Out, OutH, OutW]; see <see cref="Tensor.Conv2d"/>.</summary>
/// <remarks>Weight and bias begin uniform in ±1/√(C/groups·KH·KW), as in PyTorch.</remarks>
public sealed class Conv2d : BuiltInLayer
{
    readonly Size2 stride, dilation;
    readonly Padding padding;
    readonly int groups;

    /// <summary>A convolution of this size; a pair (height, width) can stand for each number.</summary>
    /// <param name="inChannels">C.</param>
    /// <param name="outChannels">Out.</param>
    /// <param name="kernelSize">KH and KW.</param>
    /// <param name="stride">The step of the kernel; 1 when left out.</param>
    /// <param name="padding">Zeros on each side, or "same".</param>
    /// <param name="dilation">The step between taps of the kernel; 1 when left out.</param>
    /// <param name="groups">Independent groups of channels.</param>
    /// <param name="bias">Whether to add b.</param>
    public Conv2d(int inChannels, int outChannels, Size2 kernelSize, Size2? stride = null, Padding padding = default, Size2? dilation = null, int groups = 1, bool bias = true)
    {
        (this.stride, this.padding, this.dilation, this.groups) = (stride ?? 1, padding, dilation ?? 1, groups);
        ConvText.Check(nameof(Conv2d), inChannels, outChannels, kernelSize, this.stride, this.dilation, groups);
        var taps = inChannels / groups * kernelSize.H * kernelSize.W;
        Weight = Init.Default([outChannels, inChannels / groups, kernelSize.H, kernelSize.W], taps);
        if (bias) Bias = Init.Default([outChannels], taps);
    }

    /// <summary>w, [Out, C/groups, KH, KW].</summary>
    public Parameter Weight { get; }

    /// <summary>b, [Out].</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    protected override string Arguments
        => $"{Weight.Size(1) * groups}, {Weight.Size(0)}, {ConvText.Of(new(Weight.Size(2), Weight.Size(3)))}{ConvText.Argument("stride", stride, 1)}{ConvText.Argument(padding)}"
         + $"{ConvText.Argument("dilation", dilation, 1)}{ModuleText.Argument("groups", groups, 1)}{ModuleText.Argument("bias", Bias is not null, true)}";

    private protected override Tensor Compute(Tensor x) => x.Conv2d(Weight, Bias, stride, padding, dilation, groups);
}

/// <summary>A transposed 2-d convolution, which makes images larger: x [N, C, H, W] → y [N, Out, OutH, OutW]; see <see cref="Tensor.ConvTranspose2d"/>.</summary>
/// <remarks>Weight and bias begin uniform in ±1/√(Out/groups·KH·KW), as in PyTorch.</remarks>
public sealed class ConvTranspose2d : BuiltInLayer
{
    readonly Size2 stride, padding, outputPadding, dilation;
    readonly int groups;

    /// <summary>A transposed convolution of this size; a pair (height, width) can stand for each number.</summary>
    /// <param name="inChannels">C.</param>
    /// <param name="outChannels">Out.</param>
    /// <param name="kernelSize">KH and KW.</param>
    /// <param name="stride">The step of the kernel in y; 1 when left out.</param>
    /// <param name="padding">What is cut off each side; 0 when left out.</param>
    /// <param name="outputPadding">Added to one side of y's size, which the stride leaves open; 0 when left out.</param>
    /// <param name="groups">Independent groups of channels.</param>
    /// <param name="bias">Whether to add b.</param>
    /// <param name="dilation">The step between taps of the kernel; 1 when left out.</param>
    public ConvTranspose2d(int inChannels, int outChannels, Size2 kernelSize, Size2? stride = null, Size2? padding = null, Size2? outputPadding = null, int groups = 1, bool bias = true, Size2? dilation = null)
    {
        (this.stride, this.padding, this.outputPadding, this.dilation, this.groups) = (stride ?? 1, padding ?? 0, outputPadding ?? 0, dilation ?? 1, groups);
        ConvText.Check(nameof(ConvTranspose2d), inChannels, outChannels, kernelSize, this.stride, this.dilation, groups);
        var taps = outChannels / groups * kernelSize.H * kernelSize.W;
        Weight = Init.Default([inChannels, outChannels / groups, kernelSize.H, kernelSize.W], taps);
        if (bias) Bias = Init.Default([outChannels], taps);
    }

    /// <summary>w, [C, Out/groups, KH, KW].</summary>
    public Parameter Weight { get; }

    /// <summary>b, [Out].</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    protected override string Arguments
        => $"{Weight.Size(0)}, {Weight.Size(1) * groups}, {ConvText.Of(new(Weight.Size(2), Weight.Size(3)))}{ConvText.Argument("stride", stride, 1)}{ConvText.Argument("padding", padding, 0)}"
         + $"{ConvText.Argument("outputPadding", outputPadding, 0)}{ModuleText.Argument("groups", groups, 1)}{ModuleText.Argument("bias", Bias is not null, true)}{ConvText.Argument("dilation", dilation, 1)}";

    private protected override Tensor Compute(Tensor x) => x.ConvTranspose2d(Weight, Bias, stride, padding, outputPadding, groups, dilation);
}

/// <summary>The arguments of window layers: their rules, and how they are printed.</summary>
internal static class ConvText
{
    public static void Check(string layer, int inChannels, int outChannels, Size2 kernelSize, Size2 stride, Size2 dilation, int groups)
    {
        NN.Check.Positive(layer, inChannels);
        NN.Check.Positive(layer, outChannels);
        NN.Check.Positive(layer, Math.Min(kernelSize.H, kernelSize.W), nameof(kernelSize));
        NN.Check.Positive(layer, Math.Min(stride.H, stride.W), nameof(stride));
        NN.Check.Positive(layer, Math.Min(dilation.H, dilation.W), nameof(dilation));
        NN.Check.Positive(layer, groups);
        if (inChannels % groups != 0 || outChannels % groups != 0)
            throw new ArgumentException($"{layer}: {groups} groups do not divide {inChannels} input channels and {outChannels} output channels", nameof(groups));
    }

    /// <summary>3, or (3, 5).</summary>
    public static string Of(Size2 size) => size.H == size.W ? $"{size.H}" : $"({size.H}, {size.W})";

    /// <summary>What stands in code as an argument.</summary>
    public static string Argument(string name, Size2 value, int usual) => value == usual ? "" : $", {name}: {Of(value)}";

    /// <inheritdoc cref="Argument(string, Size2, int)"/>
    public static string Argument(Padding padding) => padding.IsSame ? ", padding: \"same\"" : Argument("padding", (padding.H, padding.W), 0);
}
