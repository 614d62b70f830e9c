using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace MiniDL.Conformance.Golden;

/// <summary>An index axis in <c>__getitem__</c>: start, stop and step of a Python slice.</summary>
public sealed record Slice(int? Start, int? Stop, int Step);

/// <summary>Python's <c>...</c> in an index.</summary>
public sealed record Ellipsis;

/// <summary>Several values; a tuple is told from a list only by <c>__getitem__</c>.</summary>
public sealed record Sequence(object?[] Items, bool IsTuple);

/// <summary>Makes values of a case's JSON, in one precision and on one device, and keeps the tensors whose gradients are asked for.</summary>
public sealed class Decoder(GoldenCase source, DType precision, Device device)
{
    readonly List<Tensor> inputs = [];

    /// <summary>The tensors marked <c>"grad": true</c>, in order.</summary>
    public IReadOnlyList<Tensor> Inputs => inputs;

    /// <summary>In a program, finds the value that a reference names.</summary>
    public Func<JsonElement, Tensor?>? Reference { get; init; }

    /// <summary>The arguments of a call.</summary>
    public Args Arguments(JsonElement args, JsonElement kwargs) => new(
        [.. args.EnumerateArray().Select(Value)],
        kwargs.EnumerateObject().ToDictionary(p => p.Name, p => Value(p.Value)));

    /// <summary>Named arguments alone.</summary>
    public Args Keywords(JsonElement kwargs) => new([], kwargs.EnumerateObject().ToDictionary(p => p.Name, p => Value(p.Value)));

    /// <summary>The arguments of the case itself.</summary>
    public Args Arguments() => Arguments(source["args"], source["kwargs"]);

    /// <summary>A tensor of the case that may be null.</summary>
    public Tensor? TensorOrNull(JsonElement json) => json.ValueKind == JsonValueKind.Null ? null : Tensor(json);

    /// <summary>A tensor, with the strides that it is written with.</summary>
    public Tensor Tensor(JsonElement json)
    {
        var tensor = json.TryGetProperty("lcg", out _) ? Formula(json) : Stored(json);
        if (json.TryGetProperty("grad", out var grad) && grad.GetBoolean())
        {
            tensor.RequiresGrad = true;
            inputs.Add(tensor);
        }
        return tensor;
    }

    /// <summary>Any argument: a tensor, a number, text, null, a sequence or one of the marked literals.</summary>
    object? Value(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Null: return null;
            case JsonValueKind.True: return true;
            case JsonValueKind.False: return false;
            case JsonValueKind.String: return json.GetString();
            case JsonValueKind.Number when json.TryGetInt64(out var whole): return whole;
            case JsonValueKind.Number: return json.GetDouble();
            case JsonValueKind.Array: return new Sequence([.. json.EnumerateArray().Select(Value)], IsTuple: false);
        }
        if (Reference?.Invoke(json) is { } value) return value;
        if (json.TryGetProperty("tuple", out var tuple)) return new Sequence([.. tuple.EnumerateArray().Select(Value)], IsTuple: true);
        if (json.TryGetProperty("slice", out var slice)) return new Slice(Bound(slice[0]), Bound(slice[1]), Bound(slice[2]) ?? 1);
        if (json.TryGetProperty("ellipsis", out _)) return new Ellipsis();
        if (json.TryGetProperty("float", out var special)) return Special(special.GetString()!);
        if (json.TryGetProperty("dtype", out var dtype)) return TypeNamed(dtype.GetString()!);
        return Tensor(json);
    }

    static int? Bound(JsonElement json) => json.ValueKind == JsonValueKind.Null ? null : json.GetInt32();

    static double Special(string text) => text switch
    {
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        "nan" => double.NaN,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    DType TypeNamed(string name) => name switch
    {
        "float64" => precision,
        "float32" => DType.Float32,
        "int64" => DType.Int64,
        "int32" => DType.Int32,
        "bool" => DType.Bool,
        _ => throw new InvalidDataException($"the corpus names a dtype '{name}'"),
    };

    Tensor Formula(JsonElement json)
    {
        var shape = Sizes(json);
        return json.TryGetProperty("below", out _)
            ? Place(MiniDL.Tensor.From(Lcg.Below(json), shape))
            : Place(MiniDL.Tensor.From(Lcg.Uniform(json), shape).To(precision));
    }

    Tensor Stored(JsonElement json)
    {
        var flat = json.GetProperty("t").GetString() switch
        {
            "float64" => Place(MiniDL.Tensor.From(Elements<double>(source, json), Count(json)).To(precision)),
            "float32" => Place(MiniDL.Tensor.From(Elements<float>(source, json), Count(json))),
            "int64" => Place(MiniDL.Tensor.From(Elements<long>(source, json), Count(json))),
            "int32" => Place(MiniDL.Tensor.From(Elements<int>(source, json), Count(json))),
            "bool" => Place(MiniDL.Tensor.From(Elements<bool>(source, json), Count(json))),
            var other => throw new InvalidDataException($"the corpus names a dtype '{other}'"),
        };
        return flat.Alias(Layout.Of(Sizes(json), Strides(json)));
    }

    Tensor Place(Tensor tensor) => tensor.To(device);

    internal static int[] Sizes(JsonElement json) => [.. json.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())];

    internal static long[] Strides(JsonElement json) => [.. json.GetProperty("strides").EnumerateArray().Select(stride => stride.GetInt64())];

    static int Count(JsonElement json) => json.GetProperty("n").GetInt32();

    /// <summary>The stored elements of a tensor, in the order of the file.</summary>
    internal static ReadOnlySpan<T> Elements<T>(GoldenCase source, JsonElement json) where T : unmanaged
    {
        var bytes = Count(json) * (typeof(T) == typeof(bool) ? 1 : System.Runtime.CompilerServices.Unsafe.SizeOf<T>());
        return MemoryMarshal.Cast<byte, T>(source.Data.AsSpan(json.GetProperty("at").GetInt32(), bytes));
    }
}
