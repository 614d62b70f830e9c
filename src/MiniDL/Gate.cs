namespace MiniDL;

/// <summary>What an observer of the gate hears of.</summary>
internal interface IOpListener
{
    /// <summary>An op begins.</summary>
    void Enter(string op);

    /// <summary>An op has made <paramref name="y"/> of its operands.</summary>
    void Leave(string op, Tensor y, ReadOnlySpan<Tensor?> operands);
}

/// <summary>The one gate through which every op enters and leaves: error texts, Summary and anomaly mode listen here.</summary>
internal static class Gate
{
    [ThreadStatic] static IOpListener? listener;
    [ThreadStatic] static ModuleFrame? frame;

    /// <summary>The layer that is running on this thread, and those around it.</summary>
    internal sealed record ModuleFrame(string Path, ModuleFrame? Outer);

    /// <summary>The observer of this thread's ops.</summary>
    public static IOpListener? Listener { get => listener; set => listener = value; }

    /// <summary>The running layer.</summary>
    public static ModuleFrame? Frame { get => frame; set => frame = value; }

    /// <summary>The path of the running layer in its model, or null.</summary>
    public static string? CurrentModule => frame is { Path.Length: > 0 } f ? f.Path : null;

    /// <summary>The op's name as a message begins: with the layer's path, if there is one.</summary>
    public static string Describe(string op) => CurrentModule is { } path ? $"{op} '{path}'" : op;

    /// <summary>Marks the beginning of an op.</summary>
    public static void Enter(string op) => listener?.Enter(op);

    /// <summary>Marks the end of an op, keeps its operands alive until here, and hands its result on.</summary>
    public static Tensor Leave(string op, Tensor y, Tensor a)
    {
        if (listener is { } l) l.Leave(op, y, [a]);
        GC.KeepAlive(a);
        return y;
    }

    /// <inheritdoc cref="Leave(string, Tensor, Tensor)"/>
    public static Tensor Leave(string op, Tensor y, Tensor a, Tensor? b)
    {
        if (listener is { } l) l.Leave(op, y, [a, b]);
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        return y;
    }

    /// <inheritdoc cref="Leave(string, Tensor, Tensor)"/>
    public static Tensor Leave(string op, Tensor y, Tensor a, Tensor? b, Tensor? c)
    {
        if (listener is { } l) l.Leave(op, y, [a, b, c]);
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        GC.KeepAlive(c);
        return y;
    }

    /// <inheritdoc cref="Leave(string, Tensor, Tensor)"/>
    public static Tensor Leave(string op, Tensor y, ReadOnlySpan<Tensor?> operands)
    {
        listener?.Leave(op, y, operands);
        foreach (var operand in operands) GC.KeepAlive(operand);
        return y;
    }
}
