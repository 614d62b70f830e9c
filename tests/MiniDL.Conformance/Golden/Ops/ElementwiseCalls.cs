using static MiniDL.Conformance.Golden.OpTable;

namespace MiniDL.Conformance.Golden;

static class ElementwiseCalls
{
    public static void Register()
    {
        Unary();
        Activations();
        Binary();
        Comparisons();
    }

    static void Unary()
    {
        Add("abs", a => a.Tensor(0).Abs());
        Add("neg", a => a.Tensor(0).Neg());
        Add("sign", a => a.Tensor(0).Sign());
        Add("exp", a => a.Tensor(0).Exp());
        Add("expm1", a => a.Tensor(0).Expm1());
        Add("log", a => a.Tensor(0).Log());
        Add("log1p", a => a.Tensor(0).Log1p());
        Add("sqrt", a => a.Tensor(0).Sqrt());
        Add("rsqrt", a => a.Tensor(0).Rsqrt());
        Add("reciprocal", a => a.Tensor(0).Reciprocal());
        Add("square", a => a.Tensor(0).Square());
        Add("sin", a => a.Tensor(0).Sin());
        Add("cos", a => a.Tensor(0).Cos());
        Add("tanh", a => a.Tensor(0).Tanh());
        Add("sigmoid", a => a.Tensor(0).Sigmoid());
        Add("erf", a => a.Tensor(0).Erf());
        Add("floor", a => a.Tensor(0).Floor());
        Add("ceil", a => a.Tensor(0).Ceil());
        Add("detach", a => a.Tensor(0).Detach());
    }

    static void Activations()
    {
        Add("nn.functional.relu", a => a.Tensor(0).Relu());
        Add("nn.functional.leaky_relu", a => a.Tensor(0).LeakyRelu(a.Number(1, "negative_slope", 0.01)));
        Add("nn.functional.elu", a => a.Tensor(0).Elu(a.Number(1, "alpha", 1)));
        Add("nn.functional.gelu", a => a.Tensor(0).Gelu(tanh: a.Text(1, "approximate", "none") == "tanh"));
        Add("nn.functional.silu", a => a.Tensor(0).Silu());
        Add("nn.functional.softplus", a => a.Tensor(0).Softplus(a.Number(1, "beta", 1), a.Number(2, "threshold", 20)));
    }

    static void Binary()
    {
        Add("add", a => a.Find(1, "other") is Tensor y ? a.Tensor(0).Add(y, a.Number(2, "alpha", 1)) : a.Tensor(0).Add(a.Number(1, "other")));
        Add("sub", a => a.Find(1, "other") is Tensor y ? a.Tensor(0).Sub(y, a.Number(2, "alpha", 1)) : a.Tensor(0).Sub(a.Number(1, "other")));
        Add("mul", a => a.Find(1, "other") is Tensor y ? a.Tensor(0) * y : a.Tensor(0) * a.Number(1, "other"));
        Add("div", a => a.Find(1, "other") is Tensor y ? a.Tensor(0).Div(y, RoundingMode(a)) : a.Tensor(0) / a.Number(1, "other"));
        Add("pow", a => a.Find(1, "exponent") is Tensor y ? a.Tensor(0).Pow(y) : a.Tensor(0).Pow(a.Number(1, "exponent")));
        Add("maximum", a => a.Tensor(0).Maximum(Other(a, 1)));
        Add("minimum", a => a.Tensor(0).Minimum(Other(a, 1)));
        Add("clamp", Clamp);
        Add("where", a => Tensor.Where(a.Tensor(1, "condition"), a.Tensor(0), Other(a, 2)));
        Add("program:where", a => Tensor.Where(a.Tensor(0, "condition"), a.Tensor(1), a.Tensor(2, "other")));
    }

    /// <summary>An operand that may be a number.</summary>
    static Tensor Other(Args a, int place) => a.Find(place, "other") as Tensor ?? Tensor.Scalar(a.Number(place, "other"), a.Tensor(0).DType).To(a.Tensor(0).Device);

    static Rounding RoundingMode(Args a) => a.Text(2, "rounding_mode") switch
    {
        null => Rounding.None,
        "trunc" => Rounding.Trunc,
        "floor" => Rounding.Floor,
        var other => throw new InvalidDataException($"no rounding mode '{other}'"),
    };

    static Tensor Clamp(Args a)
        => a.Find(1, "min") is Tensor || a.Find(2, "max") is Tensor
            ? a.Tensor(0).Clamp(a.TensorOrNull(1, "min"), a.TensorOrNull(2, "max"))
            : a.Tensor(0).Clamp(a.Number(1, "min", double.NegativeInfinity), a.Number(2, "max", double.PositiveInfinity));

    static void Comparisons()
    {
        Add("eq", a => a.Tensor(0).Eq(Other(a, 1)));
        Add("ne", a => a.Tensor(0).Ne(Other(a, 1)));
        Add("lt", a => a.Tensor(0).Lt(Other(a, 1)));
        Add("le", a => a.Tensor(0).Le(Other(a, 1)));
        Add("gt", a => a.Tensor(0).Gt(Other(a, 1)));
        Add("ge", a => a.Tensor(0).Ge(Other(a, 1)));
        Add("logical_and", a => a.Tensor(0).LogicalAnd(Other(a, 1)));
        Add("logical_or", a => a.Tensor(0).LogicalOr(Other(a, 1)));
        Add("logical_not", a => a.Tensor(0).LogicalNot());
        Add("isnan", a => a.Tensor(0).IsNan());
        Add("isinf", a => a.Tensor(0).IsInf());
        Add("isfinite", a => a.Tensor(0).IsFinite());
    }
}
