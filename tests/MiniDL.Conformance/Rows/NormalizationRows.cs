using static MiniDL.Conformance.Rows.Shapes;

namespace MiniDL.Conformance.Rows;

/// <summary>Ops on rows: softmax, normalizations, attention, dropout.</summary>
internal static class NormalizationRows
{
    const string NoAxis = "it needs an axis";
    const string FixedShapes = "the shapes follow from x's";

    static readonly int[][] RowShapes = [[2, 3, 2], [7], [], [5, 67], [0, 3], [2, 0, 3]];
    static readonly Domain[] Affine = [Domain.Real, Domain.Positive, Domain.Real];

    public static IEnumerable<OpRow> All =>
    [
        Row("Softmax", x => x.Softmax(-1), x => Lines(x, -1, Plain.Softmax), Domain.Real, RowShapes) with { HasKernel = true },
        Row("Softmax(0)", x => x.Softmax(0), x => Lines(x, 0, Plain.Softmax), Domain.Real, [3, 2, 2], [67, 5], [3, 0]) with { HasKernel = true },
        Row("Softmax(1)", x => x.Softmax(1), x => Lines(x, 1, Plain.Softmax), Domain.Real, [2, 3, 2], [2, 67, 9]) with { HasKernel = true },
        Row("LogSoftmax", x => x.LogSoftmax(-1), x => Lines(x, -1, LogSoftmax), Domain.Real, RowShapes) with { HasKernel = true },
        Row("LogSoftmax(1)", x => x.LogSoftmax(1), x => Lines(x, 1, LogSoftmax), Domain.Real, [2, 3, 2], [2, 67, 9]) with { HasKernel = true },
        Row("LayerNorm", x => x[0].LayerNorm([x[0].Size(-1)], x[1], x[2]), x => Scale(Lines(x[0], -1, Normalized), x[1], x[2]), Affine, [[2, 2, 3], [3], [3]], [[5], [5], [5]], [[0, 3], [3], [3]], [[5, 67], [67], [67]])
            .Without(Check.ZeroDim, NoAxis) with { Integers = Takes.Nothing, HasKernel = true },
        Row("LayerNorm(plain, two axes)", x => x.LayerNorm([2, 3]), x => Lines(x.Reshape(x.Size(0), 6), -1, Normalized).Reshape(x.Shape), Domain.Real, [3, 2, 3], [0, 2, 3]) with { HasKernel = true },
        Row("LayerNorm(no b)", x => x[0].LayerNorm([4], x[1]), x => Scale(Lines(x[0], -1, Normalized), x[1], new(0)), Affine, [[3, 4], [4]]) with { Integers = Takes.Nothing, HasKernel = true },
        Row("BatchNorm", x => x[0].BatchNorm(null, null, x[1], x[2], training: true), x => Channels(x[0], 1, x[1], x[2]), Affine, [[3, 2, 2], [2], [2]], [[4, 3], [3], [3]], [[5, 3, 2, 9], [3], [3]], [[0, 2, 2], [2], [2]])
            .Without(Check.ZeroDim, NoAxis).Without(Check.Broadcast, FixedShapes) with { Integers = Takes.Nothing, HasKernel = true },
        Row("BatchNorm(plain)", x => x.BatchNorm(null, null, training: true), x => Channels(x, 1, new([x.Size(1)], Ones(x)), new(0)), Domain.Real, [3, 2, 2], [4, 3]) with { HasKernel = true },
        Row("BatchNorm(inference)", x => x[0].BatchNorm(x[3], x[4], x[1], x[2]), x => Given(x[0], x[3], x[4], x[1], x[2]), [.. Affine, Domain.Real.Constant(), Domain.Positive.Constant()],
            [[2, 2, 3], [2], [2], [2], [2]], [[1, 3], [3], [3], [3], [3]], [[0, 2], [2], [2], [2], [2]], [[5, 4, 3, 7], [4], [4], [4], [4]]) with { Integers = Takes.Nothing, HasKernel = true },
        Row("GroupNorm", x => x[0].GroupNorm(2, x[1], x[2]), x => Groups(x[0], 2, x[1], x[2]), Affine, [[2, 4, 2], [4], [4]], [[3, 2], [2], [2]], [[0, 4, 2], [4], [4]], [[3, 4, 5, 7], [4], [4]]).Without(Check.ZeroDim, NoAxis),
        Attention("ScaledDotProductAttention", x => x[0].ScaledDotProductAttention(x[1], x[2]), (_, _, _) => 0, 3,
            [[1, 2, 2], [1, 3, 2], [1, 3, 2]], [[2, 3], [4, 3], [4, 2]], [[2, 0, 3], [2, 2, 3], [2, 2, 2]], [[0, 2, 3], [0, 2, 3], [0, 2, 3]], [[2, 2, 9, 8], [2, 2, 17, 8], [2, 2, 17, 5]]) with { HasKernel = true },
        Attention("ScaledDotProductAttention(causal)", x => x[0].ScaledDotProductAttention(x[1], x[2], causal: true, scale: 0.7), (_, i, j) => j <= i ? 0 : double.NegativeInfinity, 3,
            [[1, 3, 2], [1, 3, 2], [1, 3, 1]], [[2, 2], [4, 2], [4, 2]], [[2, 9, 8], [2, 17, 8], [2, 17, 5]]) with { HasKernel = true },
        Attention("ScaledDotProductAttention(mask)", x => x[0].ScaledDotProductAttention(x[1], x[2], x[3] > -1), (m, i, j) => m![i, j] > -1 ? 0 : double.NegativeInfinity, 4,
            [[1, 2, 2], [1, 3, 2], [1, 3, 1], [2, 3]], [[2, 9, 8], [2, 17, 8], [2, 17, 5], [9, 17]]) with { HasKernel = true },
        Attention("ScaledDotProductAttention(added mask)", x => x[0].ScaledDotProductAttention(x[1], x[2], x[3]), (m, i, j) => m![i, j], 4,
            [[1, 2, 2], [1, 3, 2], [1, 3, 1], [2, 3]], [[2, 2], [3, 2], [3, 2], [3]], [[2, 9, 8], [2, 17, 8], [2, 17, 5], [9, 17]]),
        Several("ScaledDotProductAttentionWithWeights", x => x[0].ScaledDotProductAttentionWithWeights(x[1], x[2]) is var (y, weights) ? [y, weights] : [], x => Attend(x, (_, _, _) => 0, null),
            [Domain.Real, Domain.Real, Domain.Real], [[1, 2, 2], [1, 3, 2], [1, 3, 2]], [[2, 0, 3], [2, 2, 3], [2, 2, 2]]).Without(Check.ZeroDim, NoAxis) with { Integers = Takes.Nothing },
        Row("Dropout", x => x.Dropout(0.5, training: false), x => x, Domain.Real, Elementwise) with { Integers = Takes.AsItIs, Halves = Takes.AsItIs },
        Row("Dropout(1)", x => x.Dropout(1), x => x.Map(_ => 0), Domain.Real, Elementwise),
    ];

    static double[] Ones(Nd x) => [.. Enumerable.Repeat(1.0, x.Size(1))];

    static Nd Lines(Nd x, int dim, Func<double[], double[]> f) => x.Shape.Length == 0 ? new(f(x.Data)[0]) : x.Lines(dim, x.Size(dim), f);

    static double[] LogSoftmax(double[] line)
    {
        var total = Plain.LogSumExp(line);
        return Array.ConvertAll(line, v => v - total);
    }

    static double[] Normalized(double[] line)
    {
        var mean = line.Sum() / line.Length;
        var variance = line.Sum(v => (v - mean) * (v - mean)) / line.Length;
        return Array.ConvertAll(line, v => (v - mean) / Math.Sqrt(variance + 1e-5));
    }

    static Nd Scale(Nd x, Nd w, Nd b) => Nd.Make(x.Shape, i => (x[i] * w[i]) + b[i]);

    static Nd Channels(Nd x, int groups, Nd w, Nd b)
    {
        var (n, c) = (x.Size(0), x.Size(1));
        if (x.Data.Length == 0) return x;
        var inner = x.Data.Length / n / c;
        var flat = x.Reshape(n, c, inner);
        var columns = Nd.Make([c, n * inner], i => flat[i[1] / inner, i[0], i[1] % inner]);
        var normal = columns.Lines(1, n * inner, Normalized);
        return Nd.Make(x.Shape, i =>
        {
            var place = i[2..].Select((at, d) => at * Nd.Count(x.Shape[(d + 3)..])).Sum();
            return (normal[i[1], (i[0] * inner) + place] * w[i[1]]) + b[i[1]];
        });
    }

    static Nd Given(Nd x, Nd mean, Nd variance, Nd w, Nd b)
        => Nd.Make(x.Shape, i => ((x[i] - mean[i[1]]) / Math.Sqrt(variance[i[1]] + 1e-5) * w[i[1]]) + b[i[1]]);

    static Nd Groups(Nd x, int groups, Nd w, Nd b)
    {
        if (x.Data.Length == 0) return x;
        var rows = x.Reshape(x.Size(0) * groups, x.Data.Length / x.Size(0) / groups);
        var normal = rows.Lines(1, rows.Size(1), Normalized).Reshape(x.Shape);
        return Nd.Make(x.Shape, i => (normal[i] * w[i[1]]) + b[i[1]]);
    }

    static OpRow Attention(string name, Func<Tensor[], Tensor> op, Func<Nd?, int, int, double> mask, int operands, params int[][][] shapes)
        => Row(name, op, x => Attend(x, mask, name.Contains("causal", StringComparison.Ordinal) ? 0.7 : null)[0], [.. Enumerable.Repeat(Domain.Real, operands)], shapes)
            .Without(Check.ZeroDim, NoAxis) with
        { Integers = Takes.Nothing };

    /// <summary>softmax(q·kᵀ·scale + mask)·v and the softmax.</summary>
    static Nd[] Attend(Nd[] x, Func<Nd?, int, int, double> mask, double? scale)
    {
        var (q, k, v, m) = (x[0], x[1], x[2], x.Length > 3 ? x[3] : null);
        var factor = scale ?? (1 / Math.Sqrt(q.Size(-1)));
        int[] scoreShape = [.. q.Shape[..^1], k.Size(-2)];
        var scores = Nd.Make(scoreShape, i =>
        {
            var sum = 0.0;
            for (var d = 0; d < q.Size(-1); d++) sum += q[[.. i[..^1], d]] * k[[.. i[..^2], i[^1], d]];
            return (sum * factor) + mask(m, i[^2], i[^1]);
        });
        var weights = scores.Lines(-1, k.Size(-2), Plain.Softmax);
        return [ProductRows.MatMul(weights, v), weights];
    }
}
