using System.Text.Json;

namespace MiniDL.Conformance.Golden;

/// <summary>Compares tensors with those of a case.</summary>
public sealed class Expected(GoldenCase source, DType precision)
{
    /// <summary>Shape, element type and every element.</summary>
    public void Check(string what, Tensor? actual, JsonElement expected, double rtol, double? atol = null)
    {
        if (expected.ValueKind == JsonValueKind.Null)
        {
            CheckZero(what, actual);
            return;
        }
        if (actual is null) actual = Tensor.Zeros(Decoder.Sizes(expected), precision); // no path from the result: PyTorch may write its zeros down
        CheckType(what, actual.DType, expected.GetProperty("t").GetString()!);
        var sizes = Decoder.Sizes(expected);
        if (!actual.Shape.AsSpan().SequenceEqual(sizes))
            throw new Mismatch($"{what}: shape {actual.Shape}, expected {Layout.Of(sizes)}");
        var (there, wanted) = (Read(actual), Read(expected));
        for (var i = 0; i < there.Length; i++)
            if (!Tolerance.Holds(there[i], wanted[i], rtol, atol ?? rtol))
                throw new Mismatch($"{what}: {there[i]:R} at {Index(i, sizes)} of {actual.Shape}, expected {wanted[i]:R}");
    }

    /// <summary>The elements as doubles, in row-major order.</summary>
    public static double[] Read(Tensor x) => x.Detach().To(Device.Cpu).To(DType.Float64).ToArray<double>();

    static void CheckZero(string what, Tensor? actual)
    {
        if (actual is null) return;
        foreach (var value in Read(actual))
            if (value != 0) throw new Mismatch($"{what}: {value:R}, expected none or zero");
    }

    void CheckType(string what, DType actual, string expected)
    {
        var wanted = expected switch
        {
            "float64" => precision,
            "float32" => DType.Float32,
            "int64" => DType.Int64,
            "int32" => DType.Int32,
            "bool" => DType.Bool,
            _ => throw new InvalidDataException($"the corpus names a dtype '{expected}'"),
        };
        if (actual != wanted) throw new Mismatch($"{what}: {actual}, expected {wanted}");
    }

    double[] Read(JsonElement json)
    {
        var stored = json.GetProperty("t").GetString() switch
        {
            "float64" => Decoder.Elements<double>(source, json).ToArray(),
            "float32" => Array.ConvertAll(Decoder.Elements<float>(source, json).ToArray(), x => (double)x),
            "int64" => Array.ConvertAll(Decoder.Elements<long>(source, json).ToArray(), x => (double)x),
            "int32" => Array.ConvertAll(Decoder.Elements<int>(source, json).ToArray(), x => (double)x),
            _ => Array.ConvertAll(Decoder.Elements<bool>(source, json).ToArray(), x => x ? 1.0 : 0.0),
        };
        return InOrder(stored, Decoder.Sizes(json), Decoder.Strides(json));
    }

    static double[] InOrder(double[] stored, int[] sizes, long[] strides)
    {
        long count = 1;
        foreach (var size in sizes) count *= size;
        var values = new double[count];
        for (var i = 0; i < count; i++)
        {
            long at = 0;
            var rest = i;
            for (var axis = sizes.Length - 1; axis >= 0; axis--)
            {
                at += rest % sizes[axis] * strides[axis];
                rest /= sizes[axis];
            }
            values[i] = stored[at];
        }
        return values;
    }

    static string Index(int flat, int[] sizes)
    {
        var index = new int[sizes.Length];
        for (var axis = sizes.Length - 1; axis >= 0; axis--)
        {
            index[axis] = flat % sizes[axis];
            flat /= sizes[axis];
        }
        return Layout.Text(index);
    }
}
