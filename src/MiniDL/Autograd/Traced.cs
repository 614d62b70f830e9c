namespace MiniDL;

/// <summary>A lane that is a tensor: an op's formula run over it records tensor ops, so that a derivative can itself be differentiated, to any order.</summary>
internal readonly struct Traced : ILanes<Traced>
{
    readonly Tensor? tensor;
    readonly Number constant;

    public Traced(Tensor tensor) => this.tensor = tensor;

    Traced(Number constant) => this.constant = constant;

    /// <summary>The tensor; a constant becomes one of the shape of <paramref name="like"/>.</summary>
    public Tensor Result(Tensor like) => tensor ?? Tensor.Full(like.Shape, constant.Double, like.dtype, like.Device);

    public static Traced Of(Number value) => new(value);

    static Traced Constant(double value) => new((Number)value);

    public static Traced operator +(Traced a, Traced b) => (a.tensor, b.tensor) switch
    {
        ({ } x, { } y) => new(x + y),
        ({ } x, null) => b.constant.Double == 0 ? a : new(x + b.constant.Double),
        (null, { } y) => a.constant.Double == 0 ? b : new(y + a.constant.Double),
        _ => Constant(a.constant.Double + b.constant.Double),
    };

    public static Traced operator -(Traced a, Traced b) => (a.tensor, b.tensor) switch
    {
        ({ } x, { } y) => new(x - y),
        ({ } x, null) => new(x - b.constant.Double),
        (null, { } y) => new(a.constant.Double - y),
        _ => Constant(a.constant.Double - b.constant.Double),
    };

    public static Traced operator *(Traced a, Traced b) => (a.tensor, b.tensor) switch
    {
        ({ } x, { } y) => new(x * y),
        ({ } x, null) => b.constant.Double == 1 ? a : new(x * b.constant.Double),
        (null, { } y) => a.constant.Double == 1 ? b : new(y * a.constant.Double),
        _ => Constant(a.constant.Double * b.constant.Double),
    };

    public static Traced operator /(Traced a, Traced b) => (a.tensor, b.tensor) switch
    {
        ({ } x, { } y) => new(x / y),
        ({ } x, null) => new(x / b.constant.Double),
        (null, { } y) => new(a.constant.Double / y),
        _ => Constant(a.constant.Double / b.constant.Double),
    };

    public static Traced operator -(Traced a) => a.tensor is { } x ? new(-x) : Constant(-a.constant.Double);

    public static Traced Fma(Traced a, Traced b, Traced c) => a * b + c;

    public static Traced Min(Traced a, Traced b) => a.tensor is null && b.tensor is null
        ? Constant(Math.Min(a.constant.Double, b.constant.Double)) : new(a.Beside(b).Minimum(b.Beside(a)));

    public static Traced Max(Traced a, Traced b) => a.tensor is null && b.tensor is null
        ? Constant(Math.Max(a.constant.Double, b.constant.Double)) : new(a.Beside(b).Maximum(b.Beside(a)));

    /// <summary>A recorded selection, not a product with a mask: 0·∞ would be NaN.</summary>
    public static Traced IfGreater(Traced a, Traced b, Traced yes, Traced no)
    {
        if (a.tensor is null && b.tensor is null) return a.constant.Double > b.constant.Double ? yes : no;
        var condition = a.Beside(b).Detach() > b.Beside(a).Detach();
        var like = yes.tensor ?? no.tensor ?? a.tensor ?? b.tensor!;
        return new(Tensor.Where(condition, yes.Number(like), no.Number(like)));
    }

    public static Traced Abs(Traced a) => a.tensor is { } x ? new(x.Abs()) : Constant(Math.Abs(a.constant.Double));

    public static Traced Sqrt(Traced a) => a.tensor is { } x ? new(x.Sqrt()) : Constant(Math.Sqrt(a.constant.Double));

    public static Traced Exp(Traced a) => a.tensor is { } x ? new(x.Exp()) : Constant(Math.Exp(a.constant.Double));

    public static Traced Log(Traced a) => a.tensor is { } x ? new(x.Log()) : Constant(Math.Log(a.constant.Double));

    public static Traced Expm1(Traced a) => new(a.Whole(nameof(Expm1)).Expm1());

    public static Traced Log1p(Traced a) => new(a.Whole(nameof(Log1p)).Log1p());

    public static Traced Tanh(Traced a) => new(a.Whole(nameof(Tanh)).Tanh());

    public static Traced Sin(Traced a) => new(a.Whole(nameof(Sin)).Sin());

    public static Traced Cos(Traced a) => new(a.Whole(nameof(Cos)).Cos());

    public static Traced Erf(Traced a) => new(a.Whole(nameof(Erf)).Erf());

    public static Traced Pow(Traced a, Traced b) => (a.tensor, b.tensor) switch
    {
        ({ } x, null) => new(x.Pow(b.constant.Double)),
        (null, null) => Constant(Math.Pow(a.constant.Double, b.constant.Double)),
        _ => new(a.Beside(b).Pow(b.Beside(a))),
    };

    public static Traced Floor(Traced a) => a.tensor is { } x ? new(x.Floor()) : Constant(Math.Floor(a.constant.Double));

    /// <summary>This operand as a tensor that broadcasts against the other.</summary>
    Tensor Beside(Traced other) => tensor ?? Number(other.tensor!);

    Tensor Number(Tensor like) => tensor ?? Tensor.Full([], constant.Double, like.dtype, like.Device);

    /// <summary>The tensor of an operand that no formula calls with a constant.</summary>
    Tensor Whole(string function)
        => tensor ?? throw new InvalidOperationException($"Formula: {function} of a constant; compute it with Math.{function} beforehand");
}
