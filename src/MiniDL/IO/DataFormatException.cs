namespace MiniDL.IO;

/// <summary>A file that breaks the rules of its format. The message names format, file, entry (or line and column), rule and values.</summary>
public sealed class DataFormatException : FormatException
{
    /// <summary>An error in words alone.</summary>
    public DataFormatException(string message) : base(message) { }

    /// <summary>An error with a cause.</summary>
    public DataFormatException(string message, Exception innerException) : base(message, innerException) { }

    /// <summary>An empty error.</summary>
    public DataFormatException() { }

    /// <summary>The error of a reader: <c>Safetensors 'model.safetensors': entry 'w': …</c>; a stream has no name.</summary>
    internal DataFormatException(string format, string? name, string rule, Exception? cause = null)
        : base(name is null ? $"{format}: {rule}" : $"{format} '{name}': {rule}", cause) { }

    /// <summary>Text of a file made fit for a message: at most 60 characters, none of them a control character.</summary>
    internal static string Show(ReadOnlySpan<char> text)
    {
        var shown = text[..Math.Min(text.Length, 60)].ToArray();
        for (var i = 0; i < shown.Length; i++)
        {
            if (char.IsControl(shown[i])) shown[i] = '\uFFFD';
        }
        return text.Length > shown.Length ? $"'{new string(shown)}…'" : $"'{new string(shown)}'";
    }
}
