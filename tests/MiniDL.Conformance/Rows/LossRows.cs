using static MiniDL.Conformance.Rows.Shapes;

namespace MiniDL.Conformance.Rows;

/// <summary>Losses.</summary>
internal static class LossRows
{
    const string Equal = "prediction and target must have one shape";
    const string FixedShapes = "the shapes follow from the logits'";
    const string NoAxis = "the logits need an axis of classes";

    static readonly int[][][] Same = [[[2, 3], [2, 3]], [[7], [7]], [[], []], [[0], [0]], [[5, 67], [5, 67]]];
    static readonly Domain[] Two = [Domain.Real, Domain.Range(3, 5)];

    public static IEnumerable<OpRow> All =>
    [
        .. Pairs("Mse", Loss.Mse, (a, b) => (a - b) * (a - b)),
        .. Pairs("L1", Loss.L1, (a, b) => Math.Abs(a - b)),
        .. Reductions("BceWithLogits", Same, [Domain.Real, Domain.Unit], (x, r) => Loss.BceWithLogits(x[0], x[1], reduction: r), x => Nd.Map(x[0], x[1], Bce), null).Select(r => r.Without(Check.Broadcast, Equal)),
        .. Reductions("BceWithLogits(weights)", [[[2, 3], [2, 3], [2, 1], [3]], [[5, 67], [5, 67], [67], [67]]], [Domain.Real, Domain.Unit, Domain.Positive, Domain.Positive],
            (x, r) => Loss.BceWithLogits(x[0], x[1], x[2], x[3], r), x => Nd.Make(x[0].Shape, i => x[2][i] * ((x[1][i] * x[3][i] * Tail(-x[0][i])) + ((1 - x[1][i]) * Tail(x[0][i])))), null),
        .. Classes("CrossEntropy", 3, false, (x, r) => Loss.CrossEntropy(x[0], x[1], reduction: r), x => Cross(x, 0, -100), (_, _) => 1),
        .. Classes("CrossEntropy(smoothing)", 3, false, (x, r) => Loss.CrossEntropy(x[0], x[1], labelSmoothing: 0.2, reduction: r), x => Cross(x, 0.2, -100), (_, _) => 1),
        .. Classes("CrossEntropy(weights, ignored, smoothing)", 3, true, (x, r) => Loss.CrossEntropy(x[0], x[1], x[2], 1, 0.1, r), x => Cross(x, 0.1, 1), (x, t) => t == 1 ? 0 : x[2][(int)t]),
        .. Classes("Nll", 3, false, (x, r) => Loss.Nll(x[0], x[1], reduction: r), x => Negative(x, -100), (_, _) => 1),
        .. Classes("Nll(weights, ignored)", 3, true, (x, r) => Loss.Nll(x[0], x[1], x[2], 1, r), x => Negative(x, 1), (x, t) => t == 1 ? 0 : x[2][(int)t]),
        .. Reductions("CrossEntropy(probabilities)", [[[2, 3], [2, 3]], [[3], [3]], [[2, 3, 2], [2, 3, 2]], [[0, 3], [0, 3]], [[5, 67], [5, 67]]], [Domain.Real, Domain.Unit],
            (x, r) => Loss.CrossEntropy(x[0], x[1], labelSmoothing: 0.1, reduction: r), Soft, null).Select(r => r.Without(Check.DTypes, "an integer target holds classes")),
    ];

    static IEnumerable<OpRow> Pairs(string name, Func<Tensor, Tensor, LossReduction, Tensor> loss, Func<double, double, double> f)
        => Reductions(name, Same, Two, (x, r) => loss(x[0], x[1], r), x => Nd.Map(x[0], x[1], f), null).Select(r => r.Without(Check.Broadcast, Equal) with { Integers = Takes.ForOther });

    /// <summary>Logits [N, C], [N, C, d] and [C] with classes; with weights of the classes as a third operand that takes no gradient.</summary>
    static IEnumerable<OpRow> Classes(string name, int classes, bool weighted, Func<Tensor[], LossReduction, Tensor> loss, Func<Nd[], Nd> losses, Func<Nd[], double, double> weight)
    {
        int[][][] shapes = [[[3, classes], [3]], [[2, classes, 2], [2, 2]], [[classes], []], [[0, classes], [0]], [[67, classes], [67]]];
        if (weighted) shapes = [.. shapes.Select(s => (int[][])[.. s, [classes]])];
        var rows = Reductions(name, shapes, [Domain.Real, Domain.Index(classes), Domain.Positive.Constant()], loss, losses, x => x[1].Data.Sum(t => weight(x, t)));
        return rows.Select(r => (weighted ? r.Without(Check.Broadcast, FixedShapes) : r).Without(Check.ZeroDim, NoAxis) with { Integers = weighted ? Takes.Nothing : Takes.AsFloat32, HasKernel = name[0] == 'C' });
    }

    static IEnumerable<OpRow> Reductions(string name, int[][][] shapes, Domain[] domains, Func<Tensor[], LossReduction, Tensor> loss, Func<Nd[], Nd> losses, Func<Nd[], double>? count)
    {
        foreach (var reduction in Enum.GetValues<LossReduction>())
        {
            var row = Row($"{name}, {reduction}", x => loss(x, reduction), x => Reduced(losses(x), reduction, count?.Invoke(x)), domains, shapes);
            yield return row with { Members = [name.Split('(')[0]] };
        }
    }

    static Nd Reduced(Nd losses, LossReduction reduction, double? count) => reduction switch
    {
        LossReduction.Mean => new(losses.Data.Sum() / (count ?? losses.Data.Length)),
        LossReduction.Sum => new(losses.Data.Sum()),
        _ => losses,
    };

    /// <summary>log(1 + eˣ).</summary>
    static double Tail(double x) => Math.Log(1 + Math.Exp(x));

    static double Bce(double x, double target) => (target * Tail(-x)) + ((1 - target) * Tail(x));

    static Nd LogP(Nd x) => x.Lines(ClassAxis(x), x.Size(ClassAxis(x)), line =>
    {
        var total = Plain.LogSumExp(line);
        return Array.ConvertAll(line, v => v - total);
    });

    static int ClassAxis(Nd x) => x.Shape.Length == 1 ? 0 : 1;

    static int[] At(Nd x, int[] i, int c) => x.Shape.Length == 1 ? [c] : [i[0], c, .. i[1..]];

    static Nd Negative(Nd[] x, int ignored) => Nd.Make(x[1].Shape, i =>
    {
        var t = (int)x[1][i];
        return t == ignored ? 0 : -x[0][At(x[0], i, t)] * (x.Length > 2 ? x[2][t] : 1);
    });

    static Nd Cross(Nd[] x, double smoothing, int ignored)
    {
        var logP = LogP(x[0]);
        var classes = x[0].Size(ClassAxis(x[0]));
        double Weight(int c) => x.Length > 2 ? x[2][c] : 1;
        return Nd.Make(x[1].Shape, i =>
        {
            var t = (int)x[1][i];
            if (t == ignored) return 0;
            var smooth = Enumerable.Range(0, classes).Sum(c => -logP[At(x[0], i, c)] * Weight(c)) / classes;
            return ((1 - smoothing) * -logP[At(x[0], i, t)] * Weight(t)) + (smoothing * smooth);
        });
    }

    static Nd Soft(Nd[] x)
    {
        var logP = LogP(x[0]);
        var classes = x[0].Size(ClassAxis(x[0]));
        var terms = Nd.Map(logP, x[1], (l, q) => -l * ((0.9 * q) + (0.1 / classes)));
        return terms.Lines(ClassAxis(x[0]), null, line => [line.Sum()]);
    }
}
