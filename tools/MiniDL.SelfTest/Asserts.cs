using System.Diagnostics;

namespace MiniDL.SelfTest;

/// <summary>ILGPU's assertions as exceptions: one that fails is a failure of its part, not the end of the process.</summary>
sealed class Asserts : TraceListener
{
    /// <summary>Takes the place of the listener that ends the process.</summary>
    public static void Throw()
    {
        Trace.Listeners.Clear();
        Trace.Listeners.Add(new Asserts());
    }

    public override void Fail(string? message, string? detailMessage) => throw new InvalidOperationException($"assertion failed: {message} {detailMessage}".TrimEnd());

    public override void Write(string? message)
    {
        // What is traced is not asked for.
    }

    public override void WriteLine(string? message)
    {
        // Neither are its lines.
    }
}
