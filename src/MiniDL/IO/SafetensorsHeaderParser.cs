using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace MiniDL.IO;

/// <summary>Parses the JSON of a safetensors header and checks each entry by itself; strict where JSON leaves room.</summary>
/// <remarks>What runs once an entry is compiled at full speed from the start: a file of a million entries is read before the runtime would get to it.</remarks>
ref struct SafetensorsHeaderParser
{
    const int ShortestEntry = 51; // "":{"dtype":"F16","shape":[],"data_offsets":[0,2]},
    const int MaxDepth = 4;

    readonly byte[] json;
    readonly string? file;
    readonly long dataLength;
    readonly Dictionary<string, string> metadata = [];
    readonly SafetensorsEntry[] entries;
    Utf8JsonReader reader;
    int count;

    public SafetensorsHeaderParser(byte[] json, string? file, long dataLength)
    {
        (this.json, this.file, this.dataLength) = (json, file, dataLength);
        var most = Math.Min(json.AsSpan().Count((byte)'{'), json.Length / ShortestEntry + 1);
        entries = new SafetensorsEntry[most];
        reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
    }

    public (SafetensorsEntry[] Entries, int Count, Dictionary<string, string> Metadata) Parse()
    {
        if (!Utf8.IsValid(json)) throw Error("the header is not UTF-8");
        if (json[0] != '{') throw Error($"the header starts with byte 0x{json[0]:x2}, not with '{{'");
        var hasMetadata = false;
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (!reader.ValueTextEquals("__metadata__"u8)) ParseEntry();
                else if (hasMetadata) throw Error("'__metadata__' stands twice in the header");
                else hasMetadata = ParseMetadata();
            }
            reader.Read(); // to the end: what is no white space there is an error
        }
        catch (JsonException e)
        {
            throw Error($"the header is no JSON: {e.Message}", e);
        }
        catch (InvalidOperationException e) // half a surrogate pair, escaped
        {
            throw Error($"text in the header at byte {reader.TokenStartIndex} is not Unicode", e);
        }
        return (entries, count, metadata);
    }

    bool ParseMetadata()
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw Error($"'__metadata__' is a {reader.TokenType}, it must be an object of strings");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String) throw Error($"'__metadata__': {DataFormatException.Show(key)} is a {reader.TokenType}, it must be a string");
            if (!metadata.TryAdd(key, reader.GetString()!)) throw Error($"'__metadata__': {DataFormatException.Show(key)} stands twice");
        }
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void ParseEntry()
    {
        var entry = ParseName();
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw Error(entry, $"is a {reader.TokenType}, it must be an object");
        bool hasDType = false, hasShape = false, hasOffsets = false;
        long elements = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("dtype"u8)) ParseDType(ref entry, Once(entry, ref hasDType, "dtype"));
            else if (reader.ValueTextEquals("shape"u8)) elements = ParseShape(ref entry, Once(entry, ref hasShape, "shape"));
            else if (reader.ValueTextEquals("data_offsets"u8)) ParseOffsets(ref entry, Once(entry, ref hasOffsets, "data_offsets"));
            else throw Error(entry, $"has {DataFormatException.Show(reader.GetString())}; an entry has dtype, shape and data_offsets");
        }
        if (!(hasDType && hasShape && hasOffsets))
            throw Error(entry, $"has no {(!hasDType ? "dtype" : !hasShape ? "shape" : "data_offsets")}");
        var bytes = (UInt128)(ulong)elements * (uint)entry.DType.Size();
        if (bytes != (ulong)(entry.End - entry.Begin))
            throw Error(entry, $"data_offsets [{entry.Begin},{entry.End}] hold {entry.End - entry.Begin} bytes, {elements} elements of {entry.DType} take {bytes}");
        entries[count++] = entry;
    }

    /// <summary>The name's place in the header; one with escapes is written over itself without them, which is never longer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    SafetensorsEntry ParseName()
    {
        var entry = new SafetensorsEntry { NameStart = (int)reader.TokenStartIndex + 1, NameLength = reader.ValueSpan.Length };
        if (entry.NameLength > SafetensorsHeader.MaxNameLength)
            throw Error($"the name at byte {entry.NameStart} has {entry.NameLength} bytes, at most {SafetensorsHeader.MaxNameLength} are read");
        if (reader.ValueIsEscaped) entry.NameLength = Encoding.UTF8.GetBytes(reader.GetString(), json.AsSpan(entry.NameStart));
        return entry;
    }

    readonly string Once(in SafetensorsEntry entry, ref bool seen, string field)
    {
        if (seen) throw Error(entry, $"has '{field}' twice");
        seen = true;
        return field;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void ParseDType(ref SafetensorsEntry entry, string field)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String) throw Error(entry, $"{field} is a {reader.TokenType}, it must be a string");
        entry.DType = SafetensorsDTypes.Find(reader.ValueSpan) ?? throw Error(entry, SafetensorsDTypes.Refusal(reader.GetString()!));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    long ParseShape(ref SafetensorsEntry entry, string field)
    {
        OpenArray(entry, field);
        entry.ShapeStart = (int)reader.TokenStartIndex;
        ulong elements = 1, steps = 1;
        var rank = 0;
        for (reader.Read(); reader.TokenType != JsonTokenType.EndArray; reader.Read())
        {
            if (rank++ == Layout.MaxRank) throw Error(entry, $"{field} has more than {Layout.MaxRank} axes");
            var size = (ulong)ParseNumber(entry, field);
            if (size > int.MaxValue) throw Error(entry, $"{field}: axis {rank - 1} has {size} elements, an axis has at most {int.MaxValue}");
            elements = Multiply(entry, field, elements, size);
            steps = Multiply(entry, field, steps, Math.Max(size, 1)); // strides are kept for an empty tensor too
        }
        entry.Rank = (byte)rank;
        return (long)elements;
    }

    readonly ulong Multiply(in SafetensorsEntry entry, string field, ulong product, ulong size)
    {
        var result = (UInt128)product * size;
        return result <= long.MaxValue ? (ulong)result : throw Error(entry, $"{field}: the product of its sizes passes {long.MaxValue}");
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void ParseOffsets(ref SafetensorsEntry entry, string field)
    {
        OpenArray(entry, field);
        reader.Read();
        entry.Begin = ParseNumber(entry, field);
        reader.Read();
        entry.End = ParseNumber(entry, field);
        reader.Read();
        if (reader.TokenType != JsonTokenType.EndArray) throw Error(entry, $"{field} has more than two numbers");
        if (entry.Begin > entry.End) throw Error(entry, $"{field} [{entry.Begin},{entry.End}] end before they begin");
        if (entry.End > dataLength) throw Error(entry, $"{field} [{entry.Begin},{entry.End}] end past the data, which has {dataLength} bytes");
    }

    void OpenArray(in SafetensorsEntry entry, string field)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray) throw Error(entry, $"{field} is a {reader.TokenType}, it must be an array");
    }

    /// <summary>A whole number in plain digits: no sign (−0 neither), fraction or exponent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    long ParseNumber(in SafetensorsEntry entry, string field)
    {
        if (reader.TokenType != JsonTokenType.Number) throw Error(entry, $"{field} holds a {reader.TokenType}, it must hold whole numbers");
        if (reader.ValueSpan[0] != '-' && reader.TryGetInt64(out var number)) return number;
        throw Error(entry, $"{field} holds {DataFormatException.Show(Encoding.ASCII.GetString(reader.ValueSpan))}, it must hold whole numbers from 0 to {long.MaxValue}");
    }

    readonly DataFormatException Error(in SafetensorsEntry entry, string rule)
        => Error($"entry {DataFormatException.Show(Encoding.UTF8.GetString(json.AsSpan(entry.NameStart, entry.NameLength)))}: {rule}");

    readonly DataFormatException Error(string rule, Exception? cause = null) => SafetensorsHeader.Error(file, rule, cause);
}
