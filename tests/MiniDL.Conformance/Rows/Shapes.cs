namespace MiniDL.Conformance.Rows;

/// <summary>Families of shapes and the rows of the commonest classes of ops.</summary>
internal static class Shapes
{
    /// <summary>Of an elementwise op: small ones, none, 0-d, and one that passes every vector width with a tail.</summary>
    public static readonly int[][] Elementwise = [[2, 3, 2], [7], [], [0], [2, 0, 3], [5, 67]];

    /// <summary>Of an elementwise op of two operands.</summary>
    public static readonly int[][][] Pairs =
    [
        [[2, 3, 2], [2, 3, 2]], [[2, 3, 2], [2]], [[3, 1], [1, 4]], [[2, 1, 2], [3, 1]], [[], [3]], [[4], []], [[], []], [[1], [2, 2]],
        [[0], [0]], [[2, 0, 3], [3]], [[2, 0, 3], []], [[5, 67], [67]], [[5, 67], [5, 1]],
    ];

    /// <summary>y = f(x), element by element.</summary>
    public static OpRow Unary(string name, Func<Tensor, Tensor> op, Func<double, double> f, Domain? domain = null)
        => Row(name, x => op(x), x => x.Map(f), domain ?? Domain.Real, Elementwise);

    /// <summary>y = f(a, b), element by element, with broadcasting.</summary>
    public static OpRow Binary(string name, Func<Tensor, Tensor, Tensor> op, Func<double, double, double> f, Domain? a = null, Domain? b = null)
        => Row(name, x => op(x[0], x[1]), x => Nd.Map(x[0], x[1], f), [a ?? Domain.Real, b ?? a ?? Domain.Real], Pairs);

    /// <summary>An op of one operand.</summary>
    public static OpRow Row(string name, Func<Tensor, Tensor> op, Func<Nd, Nd> reference, Domain domain, params int[][] shapes)
        => Row(name, x => op(x[0]), x => reference(x[0]), [domain], [.. shapes.Select(s => new[] { s })]);

    /// <summary>An op of several operands.</summary>
    public static OpRow Row(string name, Func<Tensor[], Tensor> op, Func<Nd[], Nd> reference, Domain[] domains, params int[][][] shapes)
        => Several(name, x => [op(x)], x => [reference(x)], domains, shapes);

    /// <summary>An op of several results.</summary>
    public static OpRow Several(string name, Func<Tensor[], Tensor[]> op, Func<Nd[], Nd[]> reference, Domain[] domains, params int[][][] shapes)
        => new(name, op, reference, [.. shapes.Select(s => s.Select((shape, i) => new Operand(shape, domains[i])).ToArray())]);
}
