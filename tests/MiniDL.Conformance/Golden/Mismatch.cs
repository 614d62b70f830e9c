namespace MiniDL.Conformance.Golden;

/// <summary>A case that does not hold.</summary>
public sealed class Mismatch : Exception
{
    /// <summary>With what was expected and what was there.</summary>
    public Mismatch(string message) : base(message) { }

    /// <summary>With a cause.</summary>
    public Mismatch(string message, Exception innerException) : base(message, innerException) { }

    /// <summary>Without words.</summary>
    public Mismatch() { }
}
