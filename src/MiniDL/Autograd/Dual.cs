namespace MiniDL;

/// <summary>A value and its slope: a formula run over it gives its own derivative (forward mode).</summary>
internal readonly struct Dual<T>(T value, T slope) : ILanes<Dual<T>> where T : struct, ILanes<T>
{
    public readonly T Value = value, Slope = slope;

    static Dual<T> Chain(T value, T derivative, T slope) => new(value, derivative * slope);

    public static Dual<T> Of(Number value) => new(T.Of(value), T.Of(0));

    public static Dual<T> operator +(Dual<T> a, Dual<T> b) => new(a.Value + b.Value, a.Slope + b.Slope);

    public static Dual<T> operator -(Dual<T> a, Dual<T> b) => new(a.Value - b.Value, a.Slope - b.Slope);

    public static Dual<T> operator *(Dual<T> a, Dual<T> b) => new(a.Value * b.Value, a.Slope * b.Value + a.Value * b.Slope);

    public static Dual<T> operator /(Dual<T> a, Dual<T> b)
    {
        var y = a.Value / b.Value;
        return new(y, (a.Slope - y * b.Slope) / b.Value);
    }

    public static Dual<T> operator -(Dual<T> a) => new(-a.Value, -a.Slope);

    public static Dual<T> Abs(Dual<T> a) => Chain(T.Abs(a.Value), Formulas.Sign(a.Value), a.Slope);

    public static Dual<T> Min(Dual<T> a, Dual<T> b) => new(T.Min(a.Value, b.Value), T.IfGreater(a.Value, b.Value, b.Slope, a.Slope));

    public static Dual<T> Max(Dual<T> a, Dual<T> b) => new(T.Max(a.Value, b.Value), T.IfGreater(a.Value, b.Value, a.Slope, b.Slope));

    public static Dual<T> IfGreater(Dual<T> a, Dual<T> b, Dual<T> yes, Dual<T> no)
        => new(T.IfGreater(a.Value, b.Value, yes.Value, no.Value), T.IfGreater(a.Value, b.Value, yes.Slope, no.Slope));

    public static Dual<T> Fma(Dual<T> a, Dual<T> b, Dual<T> c)
        => new(T.Fma(a.Value, b.Value, c.Value), T.Fma(a.Slope, b.Value, T.Fma(a.Value, b.Slope, c.Slope)));

    public static Dual<T> Sqrt(Dual<T> a)
    {
        var y = T.Sqrt(a.Value);
        return Chain(y, T.Of(0.5) / y, a.Slope);
    }

    public static Dual<T> Exp(Dual<T> a)
    {
        var y = T.Exp(a.Value);
        return Chain(y, y, a.Slope);
    }

    public static Dual<T> Log(Dual<T> a) => Chain(T.Log(a.Value), T.Of(1) / a.Value, a.Slope);

    public static Dual<T> Expm1(Dual<T> a)
    {
        var y = T.Expm1(a.Value);
        return Chain(y, y + T.Of(1), a.Slope);
    }

    public static Dual<T> Log1p(Dual<T> a) => Chain(T.Log1p(a.Value), T.Of(1) / (T.Of(1) + a.Value), a.Slope);

    public static Dual<T> Tanh(Dual<T> a)
    {
        var y = T.Tanh(a.Value);
        return Chain(y, T.Of(1) - y * y, a.Slope);
    }

    public static Dual<T> Sin(Dual<T> a) => Chain(T.Sin(a.Value), T.Cos(a.Value), a.Slope);

    public static Dual<T> Cos(Dual<T> a) => Chain(T.Cos(a.Value), -T.Sin(a.Value), a.Slope);

    public static Dual<T> Erf(Dual<T> a) => Chain(T.Erf(a.Value), Formulas.ErfSlope(a.Value), a.Slope);

    public static Dual<T> Pow(Dual<T> a, Dual<T> b)
        => new(T.Pow(a.Value, b.Value), Formulas.PowSlopeA(a.Value, b.Value) * a.Slope + Formulas.PowSlopeB(a.Value, b.Value) * b.Slope);

    public static Dual<T> Floor(Dual<T> a) => new(T.Floor(a.Value), T.Of(0));
}
