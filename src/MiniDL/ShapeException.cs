namespace MiniDL;

/// <summary>A tensor whose shape does not fit. The message names op (and layer), argument, rule and values; the fields hold them for a program.</summary>
public sealed class ShapeException : ArgumentException
{
    /// <summary>An error in words alone.</summary>
    public ShapeException(string message) : base(message) { }

    /// <summary>An error with a cause.</summary>
    public ShapeException(string message, Exception innerException) : base(message, innerException) { }

    /// <summary>An empty error.</summary>
    public ShapeException() { }

    /// <summary>The error of an op: <c>Conv2d 'features.3': x has 4 channels, w takes 3 (…)</c>.</summary>
    internal ShapeException(string op, string rule, string? argument = null, int? axis = null, long? expected = null, long? actual = null)
        : base($"{Gate.Describe(op)}: {rule}")
        => (Op, ModulePath, Argument, Axis, Expected, Actual) = (op, Gate.CurrentModule, argument, axis, expected, actual);

    /// <summary>The op.</summary>
    public string? Op { get; }

    /// <summary>The path of the module in its model, when a layer called the op.</summary>
    public string? ModulePath { get; }

    /// <summary>The argument at fault.</summary>
    public string? Argument { get; }

    /// <summary>The axis at fault.</summary>
    public int? Axis { get; }

    /// <summary>The size that the rule wants.</summary>
    public long? Expected { get; }

    /// <summary>The size that was there.</summary>
    public long? Actual { get; }
}
