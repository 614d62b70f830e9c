using static MiniDL.Conformance.Rows.Shapes;

namespace MiniDL.Conformance.Rows;

/// <summary>Elementwise ops of floats.</summary>
internal static class ElementwiseRows
{
    public static IEnumerable<OpRow> All =>
    [
        Unary("Abs", x => x.Abs(), Math.Abs) with { Integers = Takes.AsItIs },
        Unary("Neg", x => x.Neg(), v => -v) with { Integers = Takes.AsItIs },
        Unary("-x", x => -x, v => -v) with { Members = ["op_UnaryNegation"], Integers = Takes.AsItIs },
        Unary("Sign", x => x.Sign(), v => Math.Sign(v)) with { Integers = Takes.AsItIs },
        Unary("Exp", x => x.Exp(), Math.Exp),
        Unary("Log", x => x.Log(), Math.Log, Domain.Positive),
        Unary("Log1p", x => x.Log1p(), v => Math.Log(1 + v), Domain.AboveMinusOne),
        Unary("Expm1", x => x.Expm1(), Plain.Expm1),
        Unary("Sqrt", x => x.Sqrt(), Math.Sqrt, Domain.Positive),
        Unary("Rsqrt", x => x.Rsqrt(), v => 1 / Math.Sqrt(v), Domain.Positive),
        Unary("Reciprocal", x => x.Reciprocal(), v => 1 / v),
        Unary("Square", x => x.Square(), v => v * v) with { Integers = Takes.AsItIs },
        Unary("Sin", x => x.Sin(), Math.Sin),
        Unary("Cos", x => x.Cos(), Math.Cos),
        Unary("Tanh", x => x.Tanh(), Math.Tanh),
        Unary("Sigmoid", x => x.Sigmoid(), Plain.Sigmoid),
        Unary("Erf", x => x.Erf(), Plain.Erf),
        Unary("Floor", x => x.Floor(), Math.Floor) with { Integers = Takes.AsItIs },
        Unary("Ceil", x => x.Ceil(), Math.Ceiling) with { Integers = Takes.AsItIs },
        Unary("Pow(3)", x => x.Pow(3), v => v * v * v) with { Integers = Takes.AsItIs },
        Unary("Pow(2)", x => x.Pow(2), v => v * v) with { Integers = Takes.AsItIs },
        Unary("Pow(1)", x => x.Pow(1), v => v) with { Integers = Takes.AsItIs },
        Unary("Pow(0)", x => x.Pow(0), _ => 1) with { Integers = Takes.AsItIs },
        Unary("Pow(0.5)", x => x.Pow(0.5), Math.Sqrt, Domain.Positive),
        Unary("Pow(-1.7)", x => x.Pow(-1.7), v => Math.Pow(v, -1.7), Domain.Positive),
        Unary("Pow(c, x)", x => Tensor.Pow(1.5, x), v => Math.Pow(1.5, v)),
        Binary("Pow(a, b)", (a, b) => a.Pow(b), Math.Pow, Domain.Positive, Domain.Real),
        Unary("Clamp", x => x.Clamp(-0.5, 1.2), v => Math.Clamp(v, -0.5, 1.2), Domain.Range(-2, 2, -0.5, 1.2)),
        Unary("Clamp(min)", x => x.Clamp(min: -1), v => Math.Max(v, -1)) with { Integers = Takes.AsItIs },
        Unary("Clamp(max)", x => x.Clamp(max: 1), v => Math.Min(v, 1)) with { Integers = Takes.AsItIs },
        Binary("Clamp(min, null)", (x, min) => x.Clamp(min, null), Math.Max, Domain.Range(-2, 1), Domain.Range(-1, 2)) with { Integers = Takes.AsItIs },
        Row("Clamp(min, max)", x => x[0].Clamp(x[1], x[2]), x => ClampTo(x[0], x[1], x[2]),
            [Domain.Real, Domain.Range(-1, -0.5), Domain.Range(0.2, 1.3)], [[2, 3], [3], [2, 1]], [[4], [], []], [[0], [1], [0]], [[], [], []]) with { Integers = Takes.AsItIs },
        Unary("Relu", x => x.Relu(), v => Math.Max(v, 0)) with { Integers = Takes.AsItIs },
        Unary("LeakyRelu", x => x.LeakyRelu(0.1), v => v > 0 ? v : 0.1 * v),
        Unary("Elu", x => x.Elu(1.3), v => v > 0 ? v : 1.3 * Plain.Expm1(v)),
        Unary("Gelu", x => x.Gelu(), v => v * (1 + Plain.Erf(v / Math.Sqrt(2))) / 2),
        Unary("Gelu(tanh)", x => x.Gelu(tanh: true), v => v / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (v + (0.044715 * v * v * v))))),
        Unary("Silu", x => x.Silu(), v => v * Plain.Sigmoid(v)),
        Unary("Softplus", x => x.Softplus(), v => Math.Log(1 + Math.Exp(v))),
        Unary("Softplus(2, 1)", x => x.Softplus(beta: 2, threshold: 1), v => 2 * v > 1 ? v : Math.Log(1 + Math.Exp(2 * v)) / 2, Domain.Range(-2, 2, 0.5)),
        Unary("Apply", x => x.Apply(new Bump(0.5f)), v => Math.Exp(-0.5 * v * v)),

        Binary("Add", (a, b) => a.Add(b), (a, b) => a + b) with { Integers = Takes.AsItIs },
        Binary("Add(alpha)", (a, b) => a.Add(b, alpha: 2), (a, b) => a + (2 * b)) with { Integers = Takes.AsItIs },
        Binary("a + b", (a, b) => a + b, (a, b) => a + b) with { Members = ["op_Addition"], Integers = Takes.AsItIs },
        Unary("Add(number)", x => x.Add(3), v => v + 3) with { Integers = Takes.AsItIs },
        Unary("c + x", x => 1.5 + x, v => v + 1.5) with { Members = ["op_Addition"] },
        Binary("Sub", (a, b) => a.Sub(b), (a, b) => a - b) with { Integers = Takes.AsItIs },
        Binary("Sub(alpha)", (a, b) => a.Sub(b, alpha: 3), (a, b) => a - (3 * b)) with { Integers = Takes.AsItIs },
        Binary("a - b", (a, b) => a - b, (a, b) => a - b) with { Members = ["op_Subtraction"], Integers = Takes.AsItIs },
        Unary("Sub(number)", x => x.Sub(2), v => v - 2) with { Integers = Takes.AsItIs },
        Unary("c - x", x => 2 - x, v => 2 - v) with { Members = ["op_Subtraction"], Integers = Takes.AsItIs },
        Binary("Mul", (a, b) => a.Mul(b), (a, b) => a * b) with { Integers = Takes.AsItIs },
        Binary("a * b", (a, b) => a * b, (a, b) => a * b) with { Members = ["op_Multiply"], Integers = Takes.AsItIs },
        Unary("Mul(number)", x => x.Mul(-3), v => v * -3) with { Integers = Takes.AsItIs },
        Unary("c * x", x => 0.5 * x, v => 0.5 * v) with { Members = ["op_Multiply"] },
        Binary("Div", (a, b) => a.Div(b), (a, b) => a / b),
        Binary("a / b", (a, b) => a / b, (a, b) => a / b) with { Members = ["op_Division"] },
        Unary("Div(number)", x => x.Div(4), v => v / 4),
        Unary("c / x", x => 3 / x, v => 3 / v) with { Members = ["op_Division"] },
        Binary("Div(floor)", (a, b) => a.Div(b, Rounding.Floor), (a, b) => Math.Floor(a / b)) with { Integers = Takes.AsItIs },
        Binary("Div(trunc)", (a, b) => a.Div(b, Rounding.Trunc), (a, b) => Math.Truncate(a / b)) with { Integers = Takes.AsItIs },
        Binary("Maximum", (a, b) => a.Maximum(b), Math.Max) with { Integers = Takes.AsItIs },
        Binary("Minimum", (a, b) => a.Minimum(b), Math.Min) with { Integers = Takes.AsItIs },
        Row("Where", x => Tensor.Where(x[0], x[1], x[2]), x => Choose(x[0], x[1], x[2]), [Domain.Mask, Domain.Real, Domain.Real],
            [[2, 3], [2, 3], [2, 3]], [[2, 1], [3], [2, 3]], [[3], [], [2, 1]], [[], [2], []], [[], [], []], [[0], [1], [0]], [[2, 0, 3], [3], []], [[5, 67], [67], [5, 1]])
            with { Integers = Takes.AsItIs },
    ];

    static Nd ClampTo(Nd x, Nd min, Nd max) => Nd.Make(Nd.Broadcast(x.Shape, min.Shape, max.Shape), i => Math.Min(Math.Max(x[i], min[i]), max[i]));

    static Nd Choose(Nd condition, Nd a, Nd b) => Nd.Make(Nd.Broadcast(condition.Shape, a.Shape, b.Shape), i => condition[i] != 0 ? a[i] : b[i]);

    readonly struct Bump(float a) : IFormula
    {
        public T Invoke<T>(T x) where T : struct, ILanes<T> => T.Exp(T.Of(-a) * x * x);
    }
}
