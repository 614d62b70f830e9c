namespace MiniDL.IO;

/// <summary>The names that the format has for element types.</summary>
static class SafetensorsDTypes
{
    /// <summary>The format's name of a type.</summary>
    public static string Name(DType dtype) => dtype switch
    {
        DType.Float64 => "F64",
        DType.Float32 => "F32",
        DType.Float16 => "F16",
        DType.BFloat16 => "BF16",
        DType.Int64 => "I64",
        DType.Int32 => "I32",
        DType.Bool => "BOOL",
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "The format has no name for this type"),
    };

    /// <summary>The type of that name; null when no tensor can hold it.</summary>
    public static DType? Find(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("F32"u8)) return DType.Float32;
        if (name.SequenceEqual("F64"u8)) return DType.Float64;
        if (name.SequenceEqual("F16"u8)) return DType.Float16;
        if (name.SequenceEqual("BF16"u8)) return DType.BFloat16;
        if (name.SequenceEqual("I64"u8)) return DType.Int64;
        if (name.SequenceEqual("I32"u8)) return DType.Int32;
        if (name.SequenceEqual("BOOL"u8)) return DType.Bool;
        return null;
    }

    /// <summary>Why a name was not found: the format knows it and this library does not, or nobody does.</summary>
    public static string Refusal(string name)
    {
        var known = name is "I8" or "U8" or "I16" or "U16" or "U32" or "U64" or "C64" || name.StartsWith("F8_", StringComparison.Ordinal)
            || name.StartsWith("F6_", StringComparison.Ordinal) || name is "F4";
        var held = "F64, F32, F16, BF16, I64, I32 and BOOL are read";
        return known ? $"dtype {name} is one that no tensor here can hold; {held}" : $"dtype {DataFormatException.Show(name)} is unknown; {held}";
    }
}
