using static MiniDL.Conformance.Rows.Shapes;

namespace MiniDL.Conformance.Rows;

/// <summary>Ops that only move elements.</summary>
internal static class MovementRows
{
    const string NoAxis = "a 0-d tensor has no axis for it";
    const string Refused = "strides that need a copy are refused, as PyTorch's view does: MovementTests";

    public static IEnumerable<OpRow> All
        => Rows.Select(r => r with { Integers = Takes.AsItIs, Halves = r.Members[0] is "Tril" or "Triu" ? Takes.Nothing : Takes.AsItIs });

    static IEnumerable<OpRow> Rows =>
    [
        Row("Reshape", x => x.Reshape(-1), x => x.Reshape(x.Data.Length), Domain.Real, [2, 3, 2], [7], [], [0], [2, 0, 3], [5, 67]),
        Row("Reshape(3, -1)", x => x.Reshape(3, -1), x => x.Reshape(3, x.Data.Length / 3), Domain.Real, [2, 3, 2], [3, 1]),
        Row("ViewAs", x => x.ViewAs(-1, 1), x => x.Reshape(x.Data.Length, 1), Domain.Real, [2, 3, 2], [], [0], [5, 67]).Without(Check.Strided, Refused),
        Row("Flatten", x => x.Flatten(), x => x.Reshape(x.Data.Length), Domain.Real, [2, 3, 2], [], [0], [2, 0, 3]),
        Row("Flatten(1, 2)", x => x.Flatten(1, 2), x => x.Reshape(x.Size(0), x.Size(1) * x.Size(2), x.Size(3)), Domain.Real, [2, 3, 2, 2], [2, 0, 3, 1]),
        Row("Permute", x => x.Permute(2, 0, 1), x => Permute(x, 2, 0, 1), Domain.Real, [2, 3, 4], [2, 0, 3]),
        Row("Permute()", x => x.Permute(), x => x, Domain.Real, [[]]),
        Row("Transpose", x => x.Transpose(0, -1), x => Permute(x, 2, 1, 0), Domain.Real, [2, 3, 4], [2, 0, 3]),
        Row("Transpose(0-d)", x => x.Transpose(0, -1), x => x, Domain.Real, [], [3]),
        Row("T", x => x.T(), x => Permute(x, 0, 2, 1), Domain.Real, [2, 3, 4], [2, 0, 3]),
        Row("T(vector)", x => x.T(), x => x, Domain.Real, [3], []),
        Row("SwapAxes", x => x.SwapAxes(0, 1), x => Permute(x, 1, 0, 2), Domain.Real, [2, 3, 4], [2, 0, 3]).Without(Check.ZeroDim, NoAxis),
        Row("MoveDim", x => x.MoveDim(0, -1), x => Permute(x, 1, 2, 0), Domain.Real, [2, 3, 4], [2, 0, 3]).Without(Check.ZeroDim, NoAxis),
        Row("Expand", x => x.Expand(2, 3, 4), x => Nd.Make([2, 3, 4], i => x[i]), Domain.Real, [2, 1, 4], [3, 1], [4], []),
        Row("Expand(empty)", x => x.Expand(2, 0, 3), x => Nd.Make([2, 0, 3], i => x[i]), Domain.Real, [0, 1], [1, 0, 3]),
        Row("Expand(-1)", x => x.Expand(4, -1, 3), x => Nd.Make([4, x.Size(0), 3], i => x[i]), Domain.Real, [2, 1], [5, 3]),
        Row("BroadcastTo", x => x.BroadcastTo(2, 3), x => Nd.Make([2, 3], i => x[i]), Domain.Real, [3], [2, 1], []),
        Row("BroadcastTo(empty)", x => x.BroadcastTo(2, 0), x => Nd.Make([2, 0], i => x[i]), Domain.Real, [0], [1]),
        Row("Squeeze", x => x.Squeeze(), x => x.Reshape([.. x.Shape.Where(s => s != 1)]), Domain.Real, [2, 1, 3], [1, 1], [], [1, 0], [2, 3]),
        Row("Squeeze(1)", x => x.Squeeze(1), x => x.Size(1) == 1 ? x.Reshape([x.Size(0), .. x.Shape[2..]]) : x, Domain.Real, [2, 1, 3], [2, 3], [0, 1]),
        Row("Unsqueeze", x => x.Unsqueeze(-1), x => x.Reshape([.. x.Shape, 1]), Domain.Real, [2, 3], [], [0]),
        Row("Unsqueeze(0)", x => x.Unsqueeze(0), x => x.Reshape([1, .. x.Shape]), Domain.Real, [2, 3], []),
        Row("Narrow", x => x.Narrow(1, 1, 2), x => Nd.Make([x.Size(0), 2], i => x[i[0], i[1] + 1]), Domain.Real, [2, 4], [0, 3]).Without(Check.ZeroDim, NoAxis),
        Row("Select", x => x.Select(1, -1), x => Nd.Make([x.Size(0)], i => x[i[0], x.Size(1) - 1]), Domain.Real, [2, 4], [0, 3]).Without(Check.ZeroDim, NoAxis),
        Pieces("Split", x => x.Split(2, 1), [2, 2, 1], [3, 5], [0, 5]),
        Pieces("Split(sizes)", x => x.Split([1, 0, 4], 1), [1, 0, 4], [3, 5], [0, 5]),
        Pieces("Chunk", x => x.Chunk(3, -1), [2, 2, 1], [3, 5], [0, 5]),
        Several("Unbind", x => x[0].Unbind(1), x => [.. Enumerable.Range(0, x[0].Size(1)).Select(k => Nd.Make([x[0].Size(0)], i => x[0][i[0], k]))], [Domain.Real], [[2, 3]], [[0, 2]]).Without(Check.ZeroDim, NoAxis),
        Row("Cat", x => Tensor.Cat(x, -1), x => Cat(x, -1), [Domain.Real, Domain.Real, Domain.Real], [[2, 3], [2, 1], [2, 0]], [[2, 0], [2, 0], [2, 0]], [[5, 67], [5, 1], [5, 8]]).Without(Check.ZeroDim, NoAxis),
        Row("Cat(0)", x => Tensor.Cat(x), x => Cat(x, 0), [Domain.Real, Domain.Real], [[2, 3], [1, 3]], [[4], [2]]),
        Row("Stack", x => Tensor.Stack(x, 1), x => Nd.Make([x[0].Size(0), 2], i => x[i[1]][i[0]]), [Domain.Real, Domain.Real], [[3], [3]], [[0], [0]]).Without(Check.Broadcast, "the shapes must be equal"),
        Row("Stack(0-d)", x => Tensor.Stack(x), x => Nd.Make([2], i => x[i[0]].Data[0]), [Domain.Real, Domain.Real], [[[], []]]),
        Row("Pad", x => x.Pad([1, 2], 0.5), x => Pad(x, [(1, 2)], 0.5), Domain.Real, [3, 2], [4], [0], [3, 0]).Without(Check.ZeroDim, NoAxis).Without(Check.DTypes, "the value is no integer"),
        Row("Pad(two axes, cropping)", x => x.Pad([-1, 1, 2, 0], 3), x => Pad(x, [(-1, 1), (2, 0)], 3), Domain.Real, [3, 2], [2, 3, 2]),
        Row("Flip", x => x.Flip(0, -1), x => Nd.Make(x.Shape, i => x[x.Size(0) - 1 - i[0], i[1], x.Size(2) - 1 - i[2]]), Domain.Real, [2, 3, 4], [2, 0, 3], [3, 4, 67]),
        Row("Flip(none)", x => x.Flip(), x => x, Domain.Real, [2, 3], []),
        Row("Roll", x => x.Roll(2), x => new(x.Shape, [.. x.Data.Select((_, i) => x.Data[(i + (2 * x.Data.Length) - 2) % x.Data.Length])]), Domain.Real, [2, 3], [], [1], [0]),
        Row("Roll(dim)", x => x.Roll(-1, 1), x => Nd.Make(x.Shape, i => x[i[0], (i[1] + 1) % x.Size(1)]), Domain.Real, [2, 3], [2, 0]),
        Row("Roll(dims)", x => x.Roll([1, 4], [0, 1]), x => Nd.Make(x.Shape, i => x[(i[0] + x.Size(0) - 1) % x.Size(0), (i[1] + (4 * x.Size(1)) - 4) % x.Size(1)]), Domain.Real, [2, 3], [3, 5]),
        Row("Repeat", x => x.Repeat(2, 1, 3), x => Tile(x, 2, 1, 3), Domain.Real, [2, 3, 2], [2], [], [0]),
        Row("Tile", x => x.Tile(2, 3), x => Tile(x, 2, 3), Domain.Real, [2, 2], [3], [], [0]),
        Row("Tril", x => x.Tril(), x => Nd.Make(x.Shape, i => i[^1] <= i[^2] ? x[i] : 0), Domain.Real, [3, 4], [2, 3, 3], [0, 3]).Without(Check.ZeroDim, NoAxis),
        Row("Tril(1)", x => x.Tril(1), x => Nd.Make(x.Shape, i => i[^1] <= i[^2] + 1 ? x[i] : 0), Domain.Real, [3, 4], [4, 2]),
        Row("Triu", x => x.Triu(), x => Nd.Make(x.Shape, i => i[^1] >= i[^2] ? x[i] : 0), Domain.Real, [3, 4], [2, 3, 3], [0, 3]).Without(Check.ZeroDim, NoAxis),
        Row("Triu(-1)", x => x.Triu(-1), x => Nd.Make(x.Shape, i => i[^1] >= i[^2] - 1 ? x[i] : 0), Domain.Real, [3, 4], [4, 2]),
        Row("Diagonal", x => x.Diagonal(1), x => Nd.Make([Math.Min(x.Size(0), x.Size(1) - 1)], i => x[i[0], i[0] + 1]), Domain.Real, [3, 4], [4, 2], [0, 3]).Without(Check.ZeroDim, NoAxis),
        Row("Diagonal(-1, 0, 2)", x => x.Diagonal(-1, 0, 2), x => Nd.Make([x.Size(1), x.Size(0) - 1], i => x[i[1] + 1, i[0], i[1]]), Domain.Real, [3, 2, 4]),
        Row("Clone", x => x.Clone(), x => x, Domain.Real, Elementwise),
        Row("Contiguous", x => x.Contiguous(), x => x, Domain.Real, Elementwise),
        Row("x[i]", x => x[-1], x => Nd.Make(x.Shape[1..], i => x[[x.Size(0) - 1, .. i]]), Domain.Real, [3, 4], [3], [2, 0]) with { Members = ["get_At"] },
        Row("x[.., 1..]", x => x[.., 1..], x => Nd.Make([x.Size(0), x.Size(1) - 1], i => x[i[0], i[1] + 1]), Domain.Real, [3, 4], [0, 3], [5, 67]) with { Members = ["get_At"] },
        Row("x[^1, 0, new axis]", x => x[^1, 0, TensorIndex.NewAxis], x => new([1], [x[x.Size(0) - 1, 0]]), Domain.Real, [3, 4]) with { Members = ["get_At"] },
        Row("x[..., new axis]", x => x[TensorIndex.Ellipsis, TensorIndex.NewAxis], x => x.Reshape([.. x.Shape, 1]), Domain.Real, [], [2, 3]) with { Members = ["get_At"] },
        Row("x[step -2]", x => x[TensorIndex.Slice(.., -2)], x => Nd.Make([(x.Size(0) + 1) / 2], i => x[x.Size(0) - 1 - (2 * i[0])]), Domain.Real, [7], [4], [67]) with { Members = ["get_At"] },
    ];

    static OpRow Pieces(string name, Func<Tensor, Tensor[]> op, int[] sizes, params int[][] shapes)
        => Several(name, x => op(x[0]), x => Cut(x[0], sizes), [Domain.Real], [.. shapes.Select(s => new[] { s })]).Without(Check.ZeroDim, NoAxis);

    static Nd[] Cut(Nd x, int[] sizes)
    {
        var pieces = new Nd[sizes.Length];
        for (int k = 0, start = 0; k < sizes.Length; start += sizes[k++])
        {
            var from = start;
            pieces[k] = Nd.Make([x.Size(0), sizes[k]], i => x[i[0], from + i[1]]);
        }
        return pieces;
    }

    static Nd Permute(Nd x, params int[] dims) => Nd.Make([.. dims.Select(d => x.Shape[d])], i =>
    {
        var at = new int[i.Length];
        for (var d = 0; d < at.Length; d++) at[dims[d]] = i[d];
        return x[at];
    });

    static Nd Cat(Nd[] x, int dim)
    {
        if (dim < 0) dim += x[0].Shape.Length;
        var shape = (int[])x[0].Shape.Clone();
        shape[dim] = x.Sum(u => u.Shape[dim]);
        return Nd.Make(shape, i =>
        {
            var at = (int[])i.Clone();
            var k = 0;
            while (at[dim] >= x[k].Shape[dim]) at[dim] -= x[k++].Shape[dim];
            return x[k][at];
        });
    }

    /// <summary>The pairs of widths count from the last axis.</summary>
    static Nd Pad(Nd x, (int Before, int After)[] widths, double value)
    {
        var n = x.Shape.Length;
        int Before(int d) => n - 1 - d < widths.Length ? widths[n - 1 - d].Before : 0;
        int After(int d) => n - 1 - d < widths.Length ? widths[n - 1 - d].After : 0;
        return Nd.Make([.. x.Shape.Select((size, d) => size + Before(d) + After(d))], i =>
        {
            int[] at = [.. i.Select((v, d) => v - Before(d))];
            return at.Select((v, d) => v >= 0 && v < x.Shape[d]).All(inside => inside) ? x[at] : value;
        });
    }

    static Nd Tile(Nd x, params int[] repeats)
    {
        var n = Math.Max(repeats.Length, x.Shape.Length);
        int[] sizes = [.. Enumerable.Repeat(1, n - x.Shape.Length), .. x.Shape];
        var whole = x.Reshape(sizes);
        return Nd.Make([.. sizes.Select((size, d) => size * repeats[d])], i => whole[[.. i.Select((at, d) => at % sizes[d])]]);
    }
}
