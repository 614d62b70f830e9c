using System.Text.Json;

namespace MiniDL.Conformance.Golden;

/// <summary>Kind <c>op</c>: results, gradients and second derivatives of one call.</summary>
static class OpRunner
{
    public static void Check(GoldenCase golden, DType precision, Device device)
    {
        var decoder = new Decoder(golden, precision, device);
        var outs = OpTable.Call(golden.Kind, golden.Name, decoder.Arguments());
        CheckAll(golden, decoder, outs, golden["outs"], decoder.Inputs, Items(golden.Find("grads")), Tolerance.Single(precision), precision);
    }

    /// <summary>What ops, modules and programs have in common once the results are there.</summary>
    public static void CheckAll(
        GoldenCase golden, Decoder decoder, Tensor[] outs, JsonElement expected, IReadOnlyList<Tensor> inputs, JsonElement[]? grads,
        Tolerance tolerance, DType precision)
    {
        var check = new Expected(golden, precision);
        if (outs.Length != expected.GetArrayLength())
            throw new Mismatch($"{outs.Length} results, expected {expected.GetArrayLength()}");
        for (var i = 0; i < outs.Length; i++) check.Check($"result {i}", outs[i], expected[i], tolerance.Value);
        if (grads is null) return;

        var cotangents = golden["cotangents"].EnumerateArray().Select(decoder.Tensor).ToArray();
        var differentiable = outs.Length == cotangents.Length ? outs : [.. outs.Where(y => y.DType.IsDifferentiable())];
        var dx = Gradients.Of(differentiable, cotangents, inputs);
        for (var i = 0; i < dx.Length; i++) check.Check($"gradient {i}", dx[i], grads[i], tolerance.Gradient);

        if (golden.Find("v") is not { } v) return;
        var second = Gradients.Of(dx, [.. v.EnumerateArray().Select(decoder.TensorOrNull)], inputs);
        for (var i = 0; i < second.Length; i++) check.Check($"second derivative {i}", second[i], golden["second"][i], tolerance.Second);
    }

    static JsonElement[]? Items(JsonElement? array) => array is { } items ? [.. items.EnumerateArray()] : null;
}
