using System.Text.Json;

namespace MiniDL.Conformance.Golden;

/// <summary>Kind <c>large</c>: shapes that reach every blocking and tail; results and gradients are compared by probes.</summary>
static class LargeRunner
{
    const int ProjectionSeed = 1000;

    public static void Check(GoldenCase golden, DType precision, Device device)
    {
        var decoder = new Decoder(golden, precision, device);
        var y = OpTable.Call(golden.Kind, golden.Name, decoder.Arguments())[0];
        CheckProbe("result", y, golden["out"], precision);
        var dx = Gradients.Of([y], [decoder.Tensor(golden["cotangent"])], decoder.Inputs);
        for (var i = 0; i < dx.Length; i++)
            CheckProbe($"gradient {i}", dx[i] ?? throw new Mismatch($"gradient {i}: none"), golden["grads"][i], precision);
    }

    static void CheckProbe(string what, Tensor actual, JsonElement probe, DType precision)
    {
        if (!actual.Shape.AsSpan().SequenceEqual(Decoder.Sizes(probe)))
            throw new Mismatch($"{what}: shape {actual.Shape}, expected {Layout.Text(Decoder.Sizes(probe))}");
        if (actual.DType != precision) throw new Mismatch($"{what}: {actual.DType}, expected {precision}");
        var x = Expected.Read(actual);
        var norm = probe.GetProperty("norm").GetDouble();
        var (ofNorm, ofValue) = precision == DType.Float64 ? (1e-10, 1e-10) : (2e-5, 1e-4);
        Require($"{what}: norm", Math.Sqrt(x.Sum(value => value * value)), norm, ofNorm * norm);
        var j = 0;
        foreach (var projection in probe.GetProperty("project").EnumerateArray())
        {
            Require($"{what}: projection {j}", Project(x, ProjectionSeed + j), projection.GetDouble(), ofNorm * norm);
            j++;
        }
        var (at, values) = (probe.GetProperty("at"), probe.GetProperty("values"));
        var largest = values.EnumerateArray().Select(value => Math.Abs(value.GetDouble())).DefaultIfEmpty().Max();
        for (var k = 0; k < at.GetArrayLength(); k++)
            Require($"{what}: element {at[k].GetInt32()}", x[at[k].GetInt32()], values[k].GetDouble(), ofValue * largest);
    }

    static double Project(double[] x, int seed)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++) sum += x[i] * (2 * Lcg.Unit(i, seed) - 1);
        return sum;
    }

    static void Require(string what, double actual, double expected, double tolerance)
    {
        if (!(Math.Abs(actual - expected) <= tolerance))
            throw new Mismatch($"{what} is {actual:R}, expected {expected:R} ± {tolerance:E1}");
    }
}
