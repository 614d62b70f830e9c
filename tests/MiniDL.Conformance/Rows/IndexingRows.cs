using static MiniDL.Conformance.Rows.Shapes;

namespace MiniDL.Conformance.Rows;

/// <summary>Ops that read or write where an integer or a truth value says.</summary>
internal static class IndexingRows
{
    const string NoAxis = "its shape needs an axis";

    public static IEnumerable<OpRow> All =>
    [
        Row("Gather", x => x[0].Gather(1, x[1]), x => Gather(x[0], 1, x[1]), [Domain.Real, Domain.Index(3)], [[2, 3], [2, 5]], [[4, 3], [2, 2]], [[0, 3], [0, 2]], [[2, 3], [2, 0]], [[5, 3], [5, 67]]) with { Integers = Takes.AsItIs },
        Row("Gather(0)", x => x[0].Gather(0, x[1]), x => Gather(x[0], 0, x[1]), [Domain.Real, Domain.Index(1)], [[], []], [[1], [4]]) with { Integers = Takes.AsItIs },
        Row("TakeAlongDim", x => x[0].TakeAlongDim(x[1], 1), x => Gather(x[0], 1, x[1]), [Domain.Real, Domain.Index(3)], [[2, 3], [2, 5]], [[0, 3], [0, 2]]).Without(Check.ZeroDim, NoAxis) with { Integers = Takes.AsItIs },
        Row("Scatter", x => x[0].Scatter(1, x[1], x[2]), x => Scatter(x[0], 1, x[1], x[2], add: false), [Domain.Real, Domain.Index(4), Domain.Range(3, 5)],
            [[2, 4], [2, 3], [2, 3]], [[3, 4], [2, 2], [3, 5]], [[0, 4], [0, 2], [0, 2]], [[5, 4], [5, 67], [5, 67]]) with { Integers = Takes.AsItIs },
        Row("Scatter(0-d)", x => x[0].Scatter(0, x[1], x[2]), x => x[2], [Domain.Real, Domain.Index(1), Domain.Real], [[[], [], []]]) with { Integers = Takes.AsItIs },
        Row("Scatter(value)", x => x[0].Scatter(0, x[1], 7), x => Scatter(x[0], 0, x[1], new(7), add: false), [Domain.Real, Domain.Index(4)], [[4, 3], [2, 3]], [[4], [3]], [[4, 0], [2, 0]]) with { Integers = Takes.AsItIs },
        Row("ScatterAdd", x => x[0].ScatterAdd(1, x[1], x[2]), x => Scatter(x[0], 1, x[1], x[2], add: true), [Domain.Real, Domain.Index(4), Domain.Real],
            [[2, 4], [2, 3], [2, 3]], [[3, 4], [2, 6], [3, 7]], [[0, 4], [0, 2], [0, 2]], [[5, 4], [5, 67], [5, 67]]) with { Integers = Takes.AsItIs },
        Row("ScatterAdd(value)", x => x[0].ScatterAdd(0, x[1], 2), x => Scatter(x[0], 0, x[1], new(2), add: true), [Domain.Real, Domain.Index(1)], [[], []], [[1], [3]]) with { Integers = Takes.AsItIs },
        Row("IndexSelect", x => x[0].IndexSelect(1, x[1]), x => Pick(x[0], x[1]), [Domain.Real, Domain.Index(3)], [[2, 3], [5]], [[0, 3], [2]], [[2, 3], [0]], [[5, 3], [67]]) with { Integers = Takes.AsItIs },
        Row("IndexSelect(0-d)", x => x[0].IndexSelect(0, x[1]), x => x[0], [Domain.Real, Domain.Index(1)], [[[], [1]]]) with { Integers = Takes.AsItIs },
        Row("IndexAdd", x => x[0].IndexAdd(0, x[1], x[2]), x => Scatter(x[0], 0, Nd.Make(x[2].Shape, i => x[1][i[0]]), x[2], add: true), [Domain.Real, Domain.Index(3), Domain.Real],
            [[3, 2], [4], [4, 2]], [[3, 2], [0], [0, 2]], [[3, 0], [2], [2, 0]]).Without(Check.ZeroDim, NoAxis) with { Integers = Takes.AsItIs },
        Row("MaskedFill", x => x[0].MaskedFill(x[1], -3), x => Fill(x[0], x[1], -3), [Domain.Real, Domain.Mask], [[2, 3], [2, 3]], [[2, 3], [3]], [[3], [2, 1]], [[], [2]], [[], []], [[2, 0], [1]], [[5, 67], [67]]) with { Integers = Takes.AsItIs },
        Row("MaskedFill(tensor)", x => x[0].MaskedFill(x[1], x[2]), x => Fill(x[0], x[1], x[2].Data[0]), [Domain.Real, Domain.Mask, Domain.Real], [[2, 3], [2, 3], []], [[], [], []], [[0], [1], []]) with { Integers = Takes.AsItIs },
        Row("MaskedSelect", x => x[0].MaskedSelect(x[1]), x => Chosen(x[0], x[1]), [Domain.Real, Domain.Mask], [[2, 3], [2, 3]], [[2, 3], [3]], [[3], [2, 1]], [[], []], [[0], [1]], [[5, 67], [67]]) with { Integers = Takes.AsItIs },
        Row("x[mask]", x => x[0][x[1]], x => Chosen(x[0], x[1]), [Domain.Real, Domain.Mask], [[2, 3], [2, 3]], [[7], [7]], [[0], [0]]) with { Members = ["get_At"], Integers = Takes.AsItIs },
        Row("x[index]", x => x[0][x[1]], x => Nd.Make([.. x[1].Shape, x[0].Size(1)], i => x[0][(int)x[1][i.AsSpan(0, i.Length - 1)], i[^1]]), [Domain.Real, Domain.Index(3)], [[3, 2], [4]], [[3, 2], [2, 2]], [[3, 2], []], [[3, 2], [0]]) with { Members = ["get_At"], Integers = Takes.AsItIs },
        Row("x[.., index]", x => x[0][.., x[1]], x => Pick(x[0], x[1]), [Domain.Real, Domain.Index(3)], [[2, 3], [4]]) with { Members = ["get_At"], Integers = Takes.AsItIs },
        Row("x[index, index]", x => x[0][x[1], x[2]], x => Nd.Make(Nd.Broadcast(x[1].Shape, x[2].Shape), i => x[0][(int)x[1][i], (int)x[2][i]]), [Domain.Real, Domain.Index(3), Domain.Index(2)], [[3, 2], [4], [4]], [[3, 2], [2, 1], [3]]) with { Members = ["get_At"], Integers = Takes.AsItIs },
        Row("Nonzero", x => x.Nonzero(), Nonzero, new(null, (u, _) => u < 0.5 ? 0 : Math.Round(u * 64)), [2, 3], [7], [], [0], [5, 67]) with { Integers = Takes.ForOther, Halves = Takes.ForOther },
        Row("Embedding", x => x[0].Embedding(x[1]), x => Nd.Make([.. x[1].Shape, x[0].Size(1)], i => x[0][(int)x[1][i.AsSpan(0, i.Length - 1)], i[^1]]), [Domain.Real, Domain.Index(4)],
            [[4, 3], [2, 3]], [[4, 3], []], [[4, 3], [0]], [[4, 67], [5]]).Without(Check.ZeroDim, "w is a matrix") with { Integers = Takes.AsItIs },
        Row("OneHot", x => x.OneHot(4), x => Nd.Make([.. x.Shape, 4], i => x[i.AsSpan(0, i.Length - 1)] == i[^1] ? 1 : 0), Domain.Index(4), [2, 3], [], [0], [67]),
        Row("OneHot()", x => x.OneHot(), x => Nd.Make([.. x.Shape, (int)x.Data.Max() + 1], i => x[i.AsSpan(0, i.Length - 1)] == i[^1] ? 1 : 0), Domain.Index(4), [2, 3], [5]),
    ];

    /// <summary>y[i, j] = x[i, index[i, j]], for the axis dim.</summary>
    static Nd Gather(Nd x, int dim, Nd index) => Nd.Make(index.Shape, i =>
    {
        if (i.Length == 0) return x.Data[0];
        var at = (int[])i.Clone();
        at[dim] = (int)index[i];
        return x[at];
    });

    /// <summary>y[i, index[i, j]] = source[i, j], or +=; the last write wins.</summary>
    static Nd Scatter(Nd x, int dim, Nd index, Nd source, bool add)
    {
        var y = new Nd(x.Shape, (double[])x.Data.Clone());
        Nd.Make(index.Shape, i =>
        {
            var at = (int[])i.Clone();
            if (at.Length > 0) at[dim] = (int)index[i];
            var flat = 0;
            for (var d = 0; d < at.Length; d++) flat = (flat * x.Shape[d]) + at[d];
            return y.Data[flat] = (add ? y.Data[flat] : 0) + source[i];
        });
        return y;
    }

    static Nd Pick(Nd x, Nd index) => Nd.Make([x.Size(0), index.Size(0)], i => x[i[0], (int)index[i[1]]]);

    static Nd Fill(Nd x, Nd mask, double value) => Nd.Make(Nd.Broadcast(x.Shape, mask.Shape), i => mask[i] != 0 ? value : x[i]);

    static Nd Chosen(Nd x, Nd mask)
    {
        var values = new List<double>();
        Nd.Make(Nd.Broadcast(x.Shape, mask.Shape), i =>
        {
            if (mask[i] != 0) values.Add(x[i]);
            return 0;
        });
        return new([values.Count], [.. values]);
    }

    static Nd Nonzero(Nd x)
    {
        var places = new List<double>();
        var count = 0;
        Nd.Make(x.Shape, i =>
        {
            if (x[i] == 0) return 0;
            count++;
            places.AddRange(i.Select(at => (double)at));
            return 0;
        });
        return new([count, x.Shape.Length], [.. places]);
    }
}
