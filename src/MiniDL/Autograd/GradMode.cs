namespace MiniDL;

/// <summary>Whether ops are recorded on this thread.</summary>
internal static class GradMode
{
    [ThreadStatic] static int disabled;

    /// <summary>True when an op on a tensor that requires a gradient records itself.</summary>
    public static bool Enabled => disabled == 0;

    internal static int Disabled { get => disabled; set => disabled = value; }
}

/// <summary>Switches recording off (or on) until it is disposed. A ref struct: the compiler refuses it across <c>await</c>.</summary>
public readonly ref struct GradModeScope : IDisposable
{
    readonly int before;

    internal GradModeScope(bool enabled)
    {
        before = GradMode.Disabled;
        GradMode.Disabled = enabled ? 0 : 1;
    }

    /// <summary>Back to the mode before.</summary>
    public void Dispose() => GradMode.Disabled = before;
}
