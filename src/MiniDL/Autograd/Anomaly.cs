namespace MiniDL;

/// <summary>Anomaly mode: looks for the first NaN or infinity, and names the op and the layer that made it.</summary>
internal sealed class Anomaly : IOpListener
{
    [ThreadStatic] static bool enabled;

    /// <summary>True on a thread inside <see cref="Autograd.DetectAnomaly"/>.</summary>
    public static bool Enabled { get => enabled; set => enabled = value; }

    public void Enter(string op) { }

    public void Leave(string op, Tensor y, ReadOnlySpan<Tensor?> operands)
    {
        if (y.node is { } node && Gate.CurrentModule is { } module) (node.Extras ??= new()).Module ??= module;
        if (!IsBad(y)) return;
        foreach (var x in operands)
            if (x is not null && IsBad(x)) return; // it came in from outside the graph: the op only passed it on
        throw new ArithmeticException($"{Gate.Describe(op)}: made a NaN or an infinity of finite operands (shapes {Shapes(operands)} → {y.layout})");
    }

    /// <summary>Throws when a backward made a NaN or an infinity.</summary>
    public static void CheckGradient(GradNode node, Tensor g)
    {
        if (!IsBad(g)) return;
        var module = node.Extras?.Module is { } path ? $" '{path}'" : "";
        throw new ArithmeticException($"{node.Name}{module}: its backward made a NaN or an infinity (gradient of shape {g.layout})");
    }

    static bool IsBad(Tensor x)
    {
        if (!x.dtype.IsDifferentiable()) return false;
        var (before, listener) = (enabled, Gate.Listener);
        (enabled, Gate.Listener) = (false, null);
        try
        {
            using var mode = new GradModeScope(false);
            return !x.Detach().IsFinite().All().Item<bool>();
        }
        finally
        {
            (enabled, Gate.Listener) = (before, listener);
        }
    }

    static string Shapes(ReadOnlySpan<Tensor?> operands)
    {
        var text = new List<string>();
        foreach (var x in operands)
            if (x is not null) text.Add(x.layout.ToString());
        return string.Join(", ", text);
    }
}

/// <summary>Anomaly mode on this thread until it is disposed.</summary>
public readonly ref struct AnomalyScope : IDisposable
{
    readonly bool before;
    readonly IOpListener? listener;

    internal AnomalyScope(bool on)
    {
        (before, listener) = (Anomaly.Enabled, Gate.Listener);
        Anomaly.Enabled = on;
        Gate.Listener = on ? new Anomaly() : listener;
    }

    /// <summary>Back to how it was.</summary>
    public void Dispose()
    {
        Anomaly.Enabled = before;
        Gate.Listener = listener;
    }
}
