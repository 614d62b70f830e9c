using System.Diagnostics.CodeAnalysis;

namespace MiniDL;

/// <summary>Whether ops run their fused kernels or are composed of smaller ops.</summary>
public enum FusedKernels
{
    /// <summary>The backend's kernel where it has one, else the composite.</summary>
    Auto,

    /// <summary>Composites only: what tests and benchmarks compare with.</summary>
    Off,

    /// <summary>A missing kernel is an error that says why.</summary>
    Required,
}

/// <summary>The choice of <see cref="FusedKernels"/> on this thread.</summary>
public static class Fusion
{
    [ThreadStatic] static FusedKernels mode;

    /// <summary>The mode in force on this thread.</summary>
    public static FusedKernels Mode => mode;

    /// <summary>Sets the mode on this thread until the scope is disposed.</summary>
    public static FusionScope Use(FusedKernels mode) => new(mode);

    /// <summary>The kernels of an op, if the backend of <paramref name="x"/> has them and they are wanted.</summary>
    /// <param name="x">An operand.</param>
    /// <param name="op">The op's name.</param>
    /// <param name="kernels">The backend.</param>
    /// <param name="reason">Why the kernel does not fit these operands, or null when it does.</param>
    internal static bool Find<TKernels>(Tensor x, string op, [NotNullWhen(true)] out TKernels? kernels, string? reason = null) where TKernels : class
    {
        kernels = mode == FusedKernels.Off || reason is not null ? null : x.Backend as TKernels;
        if (kernels is not null) return true;
        if (mode == FusedKernels.Required)
            throw new InvalidOperationException($"{Gate.Describe(op)}: no fused kernel: {reason ?? $"the backend of {x.DType} on {x.Device} has none"}");
        return false;
    }

    internal static void Restore(FusedKernels before) => mode = before;

    internal static FusedKernels Exchange(FusedKernels next)
    {
        var before = mode;
        mode = next;
        return before;
    }
}

/// <summary>A <see cref="Fusion"/> mode until it is disposed.</summary>
public readonly ref struct FusionScope : IDisposable
{
    readonly FusedKernels before;

    internal FusionScope(FusedKernels mode) => before = Fusion.Exchange(mode);

    /// <summary>Back to the mode before.</summary>
    public void Dispose() => Fusion.Restore(before);
}
