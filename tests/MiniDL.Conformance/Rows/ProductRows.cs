using static MiniDL.Conformance.Rows.Shapes;

namespace MiniDL.Conformance.Rows;

/// <summary>Matrix products.</summary>
internal static class ProductRows
{
    const string NoNumbers = "a product takes no single numbers";
    const string FixedRanks = "its ranks are fixed; MatMul broadcasts";

    static readonly Domain[] Two = [Domain.Real, Domain.Real];
    static readonly Domain[] Three = [Domain.Real, Domain.Real, Domain.Real];

    public static IEnumerable<OpRow> All =>
    [
        Row("MatMul", x => x[0].MatMul(x[1]), x => MatMul(x[0], x[1]), Two,
            [[2, 3], [3, 2]], [[3], [3]], [[2, 3], [3]], [[3], [3, 2]], [[2, 2, 3], [3, 2]], [[2, 1, 2, 2], [3, 2, 1]], [[2, 2], [2, 2, 2]],
            [[0, 3], [3, 2]], [[2, 0], [0, 3]], [[2, 0, 3], [2, 3, 1]], [[0], [0]], [[9, 67], [67, 33]], [[3, 5, 19], [19, 4]]).Without(Check.ZeroDim, NoNumbers) with { Integers = Takes.AsItIs },
        Row("Mm", x => x[0].Mm(x[1]), x => MatMul(x[0], x[1]), Two, [[2, 3], [3, 2]], [[0, 3], [3, 2]]).Without(Check.ZeroDim, NoNumbers).Without(Check.Broadcast, FixedRanks) with { Integers = Takes.AsItIs },
        Row("Bmm", x => x[0].Bmm(x[1]), x => MatMul(x[0], x[1]), Two, [[2, 2, 3], [2, 3, 2]], [[0, 2, 3], [0, 3, 2]], [[3, 5, 19], [3, 19, 4]]).Without(Check.ZeroDim, NoNumbers).Without(Check.Broadcast, FixedRanks) with { Integers = Takes.AsItIs },
        Row("Mv", x => x[0].Mv(x[1]), x => MatMul(x[0], x[1]), Two, [[2, 3], [3]], [[0, 3], [3]], [[5, 67], [67]]).Without(Check.ZeroDim, NoNumbers).Without(Check.Broadcast, FixedRanks) with { Integers = Takes.AsItIs },
        Row("Outer", x => x[0].Outer(x[1]), x => Nd.Make([x[0].Size(0), x[1].Size(0)], i => x[0][i[0]] * x[1][i[1]]), Two, [[3], [4]], [[0], [3]], [[5], [67]]).Without(Check.ZeroDim, NoNumbers) with { Integers = Takes.AsItIs },
        .. Linears("Linear", Activation.None, v => v),
        .. Linears("Linear(relu)", Activation.Relu, v => Math.Max(v, 0)),
        .. Linears("Linear(sigmoid)", Activation.Sigmoid, Plain.Sigmoid),
        .. Linears("Linear(tanh)", Activation.Tanh, Math.Tanh),
        .. Linears("Linear(gelu)", Activation.Gelu, v => v * (1 + Plain.Erf(v / Math.Sqrt(2))) / 2),
    ];

    /// <summary>With a bias and without.</summary>
    static OpRow[] Linears(string name, Activation activation, Func<double, double> f)
    {
        var w = Domain.Range(-0.5, 0.5);
        var integers = activation is Activation.None or Activation.Relu ? Takes.AsItIs : Takes.AsFloat32;
        return
        [
            Row(name, x => x[0].Linear(x[1], x[2], activation), x => Nd.Map(MatMul(x[0], Transpose(x[1])), x[2], (z, b) => z + b).Map(f), [Domain.Real, w, w],
                [[2, 3], [2, 3], [2]], [[3], [2, 3], [2]], [[2, 2, 3], [2, 3], [2]], [[0, 3], [2, 3], [2]], [[2, 0, 3], [2, 3], [2]], [[9, 67], [33, 67], [33]]).Without(Check.ZeroDim, NoNumbers)
                with { Integers = integers, HasKernel = true },
            Row($"{name}, no bias", x => x[0].Linear(x[1], activation: activation), x => MatMul(x[0], Transpose(x[1])).Map(f), [Domain.Real, w],
                [[2, 3], [2, 3]], [[2, 2, 3], [2, 3]], [[0, 3], [2, 3]]) with { Members = ["Linear"], Integers = integers, HasKernel = true },
        ];
    }

    static Nd Transpose(Nd w) => Nd.Make([w.Size(1), w.Size(0)], i => w[i[1], i[0]]);

    /// <summary>Σₖ a[…, i, k]·b[…, k, j]; vectors count as a row at the left and a column at the right.</summary>
    public static Nd MatMul(Nd a, Nd b)
    {
        var (row, column) = (a.Shape.Length == 1, b.Shape.Length == 1);
        if (row) a = a.Reshape(1, a.Size(0));
        if (column) b = b.Reshape(b.Size(0), 1);
        int[] batch = Nd.Broadcast([.. a.Shape[..^2]], [.. b.Shape[..^2]]);
        var y = Nd.Make([.. batch, a.Size(-2), b.Size(-1)], i =>
        {
            var sum = 0.0;
            for (var k = 0; k < a.Size(-1); k++) sum += a[[.. i[..^1], k]] * b[[.. i[..^2], k, i[^1]]];
            return sum;
        });
        int[] shape = [.. batch, .. row ? Array.Empty<int>() : [a.Size(-2)], .. column ? Array.Empty<int>() : [b.Size(-1)]];
        return y.Reshape(shape);
    }
}
