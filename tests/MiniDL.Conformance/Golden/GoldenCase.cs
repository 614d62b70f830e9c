using System.Buffers.Binary;
using System.Text.Json;

namespace MiniDL.Conformance.Golden;

/// <summary>One case: its fields as they stand in the file, and the bytes that its tensors point into.</summary>
public sealed class GoldenCase
{
    readonly JsonElement fields;

    internal GoldenCase(JsonElement fields, byte[] data)
    {
        (this.fields, Data) = (fields, data);
        Kind = fields.GetProperty("kind").GetString()!;
        Name = fields.TryGetProperty("name", out var name) ? name.GetString()! : $"seeds {fields.GetProperty("seed").GetInt32() / 50 * 50}…";
    }

    /// <summary><c>op</c>, <c>module</c>, <c>optimizer</c>, <c>schedule</c>, <c>program</c>, <c>large</c> or <c>trace</c>.</summary>
    public string Kind { get; }

    /// <summary>PyTorch's name of the op, module, optimizer, schedule or model; programs go by ranges of their seeds.</summary>
    public string Name { get; }

    /// <summary>True when PyTorch's own Float32 misses this case, so that it holds in Float64 only.</summary>
    public bool OnlyFloat64 => Find("float32") is { ValueKind: JsonValueKind.False };

    /// <summary>The elements of the largest tensor among arguments and results.</summary>
    public int Elements => Largest(fields);

    internal byte[] Data { get; }

    internal JsonElement this[string field] => fields.GetProperty(field);

    /// <summary>A field that may be missing or null.</summary>
    internal JsonElement? Find(string field)
        => fields.TryGetProperty(field, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>The same case with the first number of a field's first tensor moved, to test the runner.</summary>
    internal GoldenCase WithAltered(string field, double by)
    {
        var data = (byte[])Data.Clone();
        var at = data.AsSpan(fields.GetProperty(field)[0].GetProperty("at").GetInt32());
        BinaryPrimitives.WriteDoubleLittleEndian(at, BinaryPrimitives.ReadDoubleLittleEndian(at) + by);
        return new GoldenCase(fields, data);
    }

    static int Largest(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray().Select(Largest).DefaultIfEmpty().Max(),
        JsonValueKind.Object => value.EnumerateObject().Select(p => p.Name == "shape" ? p.Value.EnumerateArray().Aggregate(1, (n, size) => n * size.GetInt32()) : Largest(p.Value)).DefaultIfEmpty().Max(),
        _ => 0,
    };

    /// <summary>What the case is about, short enough for a message: arguments with shapes in place of data.</summary>
    public override string ToString() => $"{Kind} {Name}{Describe("ctor")}{Describe("sizes")}{Describe("args")}{Describe("kwargs")}{Describe("seed")}";

    string Describe(string field) => Find(field) is { } value ? " " + Describe(value) : "";

    static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => "[" + string.Join(", ", value.EnumerateArray().Select(Describe)) + "]",
        JsonValueKind.Object when value.TryGetProperty("shape", out var shape) => Describe(shape),
        JsonValueKind.Object => "{" + string.Join(", ", value.EnumerateObject().Select(p => $"{p.Name}: {Describe(p.Value)}")) + "}",
        _ => value.GetRawText(),
    };
}
