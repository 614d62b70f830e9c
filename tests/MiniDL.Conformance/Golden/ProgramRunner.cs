using System.Text.Json;

namespace MiniDL.Conformance.Golden;

/// <summary>Kind <c>program</c>: many ops in a row, each on values made before it.</summary>
static class ProgramRunner
{
    public static void Check(GoldenCase golden, DType precision, Device device)
    {
        List<Tensor> values = [];
        var decoder = new Decoder(golden, precision, device) { Reference = json => Find(json, values) };
        foreach (var input in golden["inputs"].EnumerateArray()) values.Add(decoder.Tensor(input));
        foreach (var step in golden["steps"].EnumerateArray())
        {
            var op = step.GetProperty("op").GetString()!;
            var y = OpTable.Call(golden.Kind, op, decoder.Arguments(step.GetProperty("args"), step.GetProperty("kwargs"))).Single();
            if (!y.Shape.AsSpan().SequenceEqual(Decoder.Sizes(step)))
                throw new Mismatch($"value {values.Count} ({op}): shape {y.Shape}, expected {Layout.Text(Decoder.Sizes(step))}");
            values.Add(y);
        }
        var outs = golden["outs"].EnumerateArray().Select(k => values[k.GetInt32()]).ToArray();
        OpRunner.CheckAll(golden, decoder, outs, golden["values"], decoder.Inputs, [.. golden["grads"].EnumerateArray()], Tolerance.Program(precision), precision);
    }

    static Tensor? Find(JsonElement json, List<Tensor> values)
    {
        if (json.TryGetProperty("ref", out var k)) return values[k.GetInt32()];
        if (!json.TryGetProperty("gt", out var pair)) return null;
        var left = values[pair[0].GetInt32()];
        return pair[1].ValueKind == JsonValueKind.Null ? left > 0 : left > values[pair[1].GetInt32()];
    }
}
