using static MiniDL.Conformance.Rows.Shapes;

namespace MiniDL.Conformance.Rows;

/// <summary>Elementwise ops that give truth values.</summary>
internal static class ComparisonRows
{
    static readonly Domain Steps = new(null, (u, _) => Math.Floor(u * 5) - 2); // −2 … 2: many are equal

    static readonly Domain Odd = new(null, (u, i) => (i % 4) switch { 0 => double.NaN, 1 => double.PositiveInfinity, 2 => double.NegativeInfinity, _ => Math.Round(u * 64) });

    public static IEnumerable<OpRow> All =>
    [
        Pair("Eq", (a, b) => a.Eq(b), (a, b) => a == b), Number("Eq(number)", x => x.Eq(1), v => v == 1),
        Pair("Ne", (a, b) => a.Ne(b), (a, b) => a != b), Number("Ne(number)", x => x.Ne(1), v => v != 1),
        Pair("Lt", (a, b) => a.Lt(b), (a, b) => a < b), Number("Lt(number)", x => x.Lt(1), v => v < 1),
        Pair("Le", (a, b) => a.Le(b), (a, b) => a <= b), Number("Le(number)", x => x.Le(1), v => v <= 1),
        Pair("Gt", (a, b) => a.Gt(b), (a, b) => a > b), Number("Gt(number)", x => x.Gt(1), v => v > 1),
        Pair("Ge", (a, b) => a.Ge(b), (a, b) => a >= b), Number("Ge(number)", x => x.Ge(1), v => v >= 1),
        Pair("a == b", (a, b) => a == b, (a, b) => a == b, "op_Equality"), Number("x == c", x => x == 1, v => v == 1, "op_Equality"),
        Pair("a != b", (a, b) => a != b, (a, b) => a != b, "op_Inequality"), Number("x != c", x => x != 1, v => v != 1, "op_Inequality"),
        Pair("a < b", (a, b) => a < b, (a, b) => a < b, "op_LessThan"), Number("x < c", x => x < 1, v => v < 1, "op_LessThan"),
        Pair("a > b", (a, b) => a > b, (a, b) => a > b, "op_GreaterThan"), Number("x > c", x => x > 1, v => v > 1, "op_GreaterThan"),
        Pair("a <= b", (a, b) => a <= b, (a, b) => a <= b, "op_LessThanOrEqual"), Number("x <= c", x => x <= 1, v => v <= 1, "op_LessThanOrEqual"),
        Pair("a >= b", (a, b) => a >= b, (a, b) => a >= b, "op_GreaterThanOrEqual"), Number("x >= c", x => x >= 1, v => v >= 1, "op_GreaterThanOrEqual"),
        Number("c < x", x => 1 < x, v => 1 < v, "op_LessThan"), Number("c > x", x => 1 > x, v => 1 > v, "op_GreaterThan"),
        Number("c <= x", x => 1 <= x, v => 1 <= v, "op_LessThanOrEqual"), Number("c >= x", x => 1 >= x, v => 1 >= v, "op_GreaterThanOrEqual"),
        Pair("LogicalAnd", (a, b) => a.LogicalAnd(b), (a, b) => a != 0 && b != 0) with { Halves = Takes.ForOther },
        Pair("LogicalOr", (a, b) => a.LogicalOr(b), (a, b) => a != 0 || b != 0) with { Halves = Takes.ForOther },
        Pair("LogicalXor", (a, b) => a.LogicalXor(b), (a, b) => a != 0 ^ b != 0) with { Halves = Takes.ForOther },
        Number("LogicalNot", x => x.LogicalNot(), v => v == 0),
        Pair("a & b", (a, b) => a & b, (a, b) => a != 0 && b != 0, "op_BitwiseAnd") with { Halves = Takes.ForOther },
        Pair("a | b", (a, b) => a | b, (a, b) => a != 0 || b != 0, "op_BitwiseOr") with { Halves = Takes.ForOther },
        Number("!x", x => !x, v => v == 0, "op_LogicalNot"),
        Number("IsNan", x => x.IsNan(), double.IsNaN), Number("IsNan(odd)", x => x.IsNan(), double.IsNaN, domain: Odd),
        Number("IsInf", x => x.IsInf(), double.IsInfinity), Number("IsInf(odd)", x => x.IsInf(), double.IsInfinity, domain: Odd),
        Number("IsFinite", x => x.IsFinite(), double.IsFinite), Number("IsFinite(odd)", x => x.IsFinite(), double.IsFinite, domain: Odd),
    ];

    static OpRow Pair(string name, Func<Tensor, Tensor, Tensor> op, Func<double, double, bool> f, string? member = null)
        => Named(Binary(name, op, (a, b) => f(a, b) ? 1 : 0, Steps), member);

    static OpRow Number(string name, Func<Tensor, Tensor> op, Func<double, bool> f, string? member = null, Domain? domain = null)
    {
        var row = Named(Unary(name, op, v => f(v) ? 1 : 0, domain ?? Steps), member);
        return domain is null ? row : row.Without(Check.DTypes, "integers have no NaN and no infinity");
    }

    static OpRow Named(OpRow row, string? member)
        => (member is null ? row : row with { Members = [member] }) with { Integers = Takes.ForOther };
}
