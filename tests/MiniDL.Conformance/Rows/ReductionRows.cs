using static MiniDL.Conformance.Rows.Shapes;

namespace MiniDL.Conformance.Rows;

/// <summary>Sums, means, extremes and whatever else gives fewer numbers.</summary>
internal static class ReductionRows
{
    static readonly int[][] WholeShapes = [[2, 3, 2], [7], [], [5, 67], [0], [2, 0, 3]];
    static readonly int[][] LastShapes = [[2, 3, 2], [7], [], [5, 67], [0, 3], [67, 5], [3, 0]];
    static readonly int[][] SomeShapes = [[2, 3, 2], [3, 1, 4], [4, 5, 67], [2, 0, 3], [0, 2, 3]];

    static readonly Domain Zeros = new(null, (u, _) => u < 0.5 ? 0 : 1);

    public static IEnumerable<OpRow> All =>
    [
        .. Family("Sum", x => x.Sum(), (x, dim) => x.Sum(dim), (x, dims) => x.Sum(dims, keepDim: true), line => line.Sum(), Takes.AsInt64),
        .. Family("Mean", x => x.Mean(), (x, dim) => x.Mean(dim), (x, dims) => x.Mean(dims, keepDim: true), line => line.Sum() / line.Length, Takes.AsFloat32),
        .. Family("Var", x => x.Var(correction: 0), (x, dim) => x.Var(dim, correction: 0), (x, dims) => x.Var(dims, keepDim: true, correction: 0), line => Variance(line, 0), Takes.AsFloat32),
        .. Family("Std", x => x.Std(0.5), (x, dim) => x.Std(dim, correction: 0.5), (x, dims) => x.Std(dims, keepDim: true, correction: 0.5), line => Math.Sqrt(Variance(line, 0.5)), Takes.AsFloat32),
        Row("Var(unbiased)", x => x.Var(), x => Reduce(x, [], false, line => Variance(line, 1)), Domain.Real, [2, 3, 2], [7], [5, 67], [2]),
        Row("Std(unbiased)", x => x.Std(dim: -1), x => Reduce(x, [-1], false, line => Math.Sqrt(Variance(line, 1))), Domain.Real, [2, 3, 2], [7], [5, 67]),
        .. Extremes("Amax", x => x.Amax(), (x, dim) => x.Amax(dim), (x, dims) => x.Amax(dims, keepDim: true), line => line.Max(), Takes.AsItIs),
        .. Extremes("Amin", x => x.Amin(), (x, dim) => x.Amin(dim), (x, dims) => x.Amin(dims, keepDim: true), line => line.Min(), Takes.AsItIs),
        Row("Max", x => x.Max(), x => Reduce(x, [], false, line => line.Max()), Domain.Real, NoEmptyAxis(WholeShapes)) with { Integers = Takes.AsItIs },
        Row("Min", x => x.Min(), x => Reduce(x, [], false, line => line.Min()), Domain.Real, NoEmptyAxis(WholeShapes)) with { Integers = Takes.AsItIs },
        Extreme("Max(dim)", x => x.Max(-1), line => line.Max(), keepDim: false),
        Extreme("Max(dim, keepDim)", x => x.Max(-1, keepDim: true), line => line.Max(), keepDim: true),
        Extreme("Min(dim)", x => x.Min(-1), line => line.Min(), keepDim: false),
        Extreme("Min(dim, keepDim)", x => x.Min(-1, keepDim: true), line => line.Min(), keepDim: true),
        Row("ArgMax", x => x.ArgMax(), x => Reduce(x, [], false, line => Array.IndexOf(line, line.Max())), Domain.Real, NoEmptyAxis(WholeShapes)) with { Integers = Takes.ForOther },
        Row("ArgMin", x => x.ArgMin(), x => Reduce(x, [], false, line => Array.IndexOf(line, line.Min())), Domain.Real, NoEmptyAxis(WholeShapes)) with { Integers = Takes.ForOther },
        Row("ArgMax(dim)", x => x.ArgMax(-1), x => Reduce(x, [-1], false, line => Array.IndexOf(line, line.Max())), Domain.Real, NoEmptyAxis(LastShapes)) with { Integers = Takes.ForOther },
        Row("ArgMin(dim)", x => x.ArgMin(-1, keepDim: true), x => Reduce(x, [-1], true, line => Array.IndexOf(line, line.Min())), Domain.Real, NoEmptyAxis(LastShapes)) with { Integers = Takes.ForOther },
        .. Truths("Any", x => x.Any(), (x, dim) => x.Any(dim), (x, dims) => x.Any(dims, keepDim: true), line => line.Any(v => v != 0) ? 1 : 0),
        .. Truths("All", x => x.All(), (x, dim) => x.All(dim), (x, dims) => x.All(dims, keepDim: true), line => line.All(v => v != 0) ? 1 : 0),
        .. Truths("CountNonzero", x => x.CountNonzero(), (x, dim) => x.CountNonzero(dim), null, line => line.Count(v => v != 0)),
        .. Family("LogSumExp", x => x.LogSumExp([]), (x, dim) => x.LogSumExp(dim), (x, dims) => x.LogSumExp(dims, keepDim: true), Plain.LogSumExp, Takes.AsFloat32),
        .. Norms(2), .. Norms(1), .. Norms(3), .. Norms(0.5), .. Norms(0),
        .. Extremes("Norm(inf)", x => x.Norm(double.PositiveInfinity), (x, dim) => x.Norm(double.PositiveInfinity, dim), (x, dims) => x.Norm(double.PositiveInfinity, dims, true), line => line.Max(Math.Abs), Takes.AsFloat32),
        .. Extremes("Norm(-inf)", x => x.Norm(double.NegativeInfinity), (x, dim) => x.Norm(double.NegativeInfinity, dim), (x, dims) => x.Norm(double.NegativeInfinity, dims, true), line => line.Min(Math.Abs), Takes.AsFloat32),
        Row("CumSum", x => x.CumSum(-1), x => x.Shape.Length == 0 ? x : x.Lines(-1, x.Size(-1), Running), Domain.Real, LastShapes) with { Integers = Takes.AsInt64 },
        Row("CumSum(0)", x => x.CumSum(0), x => x.Lines(0, x.Size(0), Running), Domain.Real, [2, 3, 2], [67, 5], [0, 2]) with { Integers = Takes.AsInt64 },
    ];

    /// <summary>f over the elements along some axes (all, when none is named), in row-major order.</summary>
    public static Nd Reduce(Nd x, int[] dims, bool keepDim, Func<double[], double> f)
    {
        var gone = x.Shape.Select((_, d) => dims.Length == 0 || dims.Contains(d) || dims.Contains(d - x.Shape.Length)).ToArray();
        int[] kept = [.. x.Shape.Select((size, d) => gone[d] ? 1 : size)];
        int[] inner = [.. x.Shape.Select((size, d) => gone[d] ? size : 1)];
        var y = Nd.Make(kept, o =>
        {
            var outer = (int[])o.Clone();
            return f(Nd.Make(inner, i => x[[.. i.Select((at, d) => gone[d] ? at : outer[d])]]).Data);
        });
        return keepDim ? y : y.Reshape([.. x.Shape.Where((_, d) => !gone[d])]);
    }

    static OpRow[] Family(string name, Func<Tensor, Tensor> whole, Func<Tensor, int, Tensor> last, Func<Tensor, int[], Tensor> some, Func<double[], double> f, Takes integers, Func<int[][], int[][]>? shapes = null)
    {
        shapes ??= s => s;
        var member = name.Split('(')[0];
        return
        [
            Row(name, whole, x => Reduce(x, [], false, f), Domain.Real, shapes(WholeShapes)) with { Members = [member], Integers = integers },
            Row($"{name}, last axis", x => last(x, -1), x => Reduce(x, [-1], false, f), Domain.Real, shapes(LastShapes)) with { Members = [member], Integers = integers },
            Row($"{name}, two axes kept", x => some(x, [0, 2]), x => Reduce(x, [0, 2], true, f), Domain.Real, shapes(SomeShapes)) with { Members = [member], Integers = integers },
        ];
    }

    static OpRow[] Extremes(string name, Func<Tensor, Tensor> whole, Func<Tensor, int, Tensor> last, Func<Tensor, int[], Tensor> some, Func<double[], double> f, Takes integers)
        => Family(name, whole, last, some, f, integers, NoEmptyAxis);

    static OpRow[] Norms(double p)
    {
        Func<double[], double> f = p == 0 ? line => line.Count(v => v != 0) : line => Math.Pow(line.Sum(v => Math.Pow(Math.Abs(v), p)), 1 / p);
        return Family(FormattableString.Invariant($"Norm({p})"), x => x.Norm(p), (x, dim) => x.Norm(p, dim), (x, dims) => x.Norm(p, dims, keepDim: true), f, Takes.AsFloat32);
    }

    static IEnumerable<OpRow> Truths(string name, Func<Tensor, Tensor> whole, Func<Tensor, int, Tensor> last, Func<Tensor, int[], Tensor>? some, Func<double[], double> f)
    {
        yield return Truth(name, whole, x => Reduce(x, [], false, f), WholeShapes);
        yield return Truth($"{name}(dim)", x => last(x, -1), x => Reduce(x, [-1], false, f), LastShapes);
        if (some is not null) yield return Truth($"{name}(dims)", x => some(x, [0, 2]), x => Reduce(x, [0, 2], true, f), SomeShapes);
    }

    static OpRow Truth(string name, Func<Tensor, Tensor> op, Func<Nd, Nd> reference, int[][] shapes)
        => Row(name, op, reference, Zeros, shapes) with { Integers = Takes.ForOther, Halves = Takes.ForOther };

    static OpRow Extreme(string name, Func<Tensor, (Tensor Values, Tensor Indices)> op, Func<double[], double> f, bool keepDim)
        => Several(name, x => op(x[0]) is var (values, indices) ? [values, indices] : [],
            x => [Reduce(x[0], [-1], keepDim, f), Reduce(x[0], [-1], keepDim, line => Array.IndexOf(line, f(line)))],
            [Domain.Real], [.. NoEmptyAxis(LastShapes).Select(s => new[] { s })]) with
        { Integers = Takes.AsItIs };

    /// <summary>Shapes whose reduced axes have elements: what has none has no largest. An axis that stays may have none.</summary>
    static int[][] NoEmptyAxis(int[][] shapes) => [.. shapes.Where(s => !s.Contains(0) || (s.Length == 2 && s[1] > 0))];

    static double[] Running(double[] line)
    {
        var sum = 0.0;
        return Array.ConvertAll(line, v => sum += v);
    }

    static double Variance(double[] line, double correction)
    {
        var mean = line.Sum() / line.Length;
        return line.Sum(v => (v - mean) * (v - mean)) / Math.Max(line.Length - correction, 0);
    }
}
