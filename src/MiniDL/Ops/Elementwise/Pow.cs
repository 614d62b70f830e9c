namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = xᵖ.</summary>
    /// <remarks>Gradient: dx = dy·p·xᵖ⁻¹; 0 when p is 0.</remarks>
    public Tensor Pow(double exponent)
    {
        if (exponent == 2) return Square();
        if (dtype.IsInteger() && exponent >= 0 && exponent == Math.Floor(exponent))
            return To(DType.Float64).Pow(exponent).To(dtype);
        return Unary.Run(new PowNumberOp(exponent), this);
    }

    /// <summary>y = aᵇ, element by element, with broadcasting.</summary>
    /// <remarks>Gradient: da = dy·b·aᵇ⁻¹ (0 where b is 0), db = dy·aᵇ·ln a (0 where a is 0 and b is not negative).</remarks>
    public Tensor Pow(Tensor exponent)
    {
        ArgumentNullException.ThrowIfNull(exponent);
        return Binary.Run(default(PowOp), this, exponent);
    }

    /// <summary>y = cˣ.</summary>
    /// <remarks>Gradient: dx = dy·y·ln c.</remarks>
    public static Tensor Pow(double number, Tensor exponent)
    {
        ArgumentNullException.ThrowIfNull(exponent);
        var x = Types.AsFloat(exponent, nameof(Pow));
        return Full([], number, x.dtype, x.Device).Pow(x);
    }
}

/// <summary>y = xᵖ.</summary>
internal readonly struct PowNumberOp(double p) : IUnaryOp
{
    const int Other = -1;

    readonly Number p = p, less = p - 1;
    readonly int twice = p is >= 0 and <= 3 && 2 * p == Math.Floor(2 * p) ? (int)(2 * p) : Other; // of the powers that are simpler

    public static string Name => "Pow";

    public static Saves Saves => Saves.Input;

    public T Invoke<T>(T x) where T : struct, ILanes<T> => twice switch
    {
        1 => T.Sqrt(x),
        2 => x,
        6 => x * x * x,
        _ => T.Pow(x, T.Of(p)),
    };

    public T Derivative<T>(T x) where T : struct, ILanes<T> => twice switch
    {
        0 => T.Of(0),
        2 => T.Of(1),
        4 => T.Of(2) * x,
        _ => T.Of(p) * T.Pow(x, T.Of(less)),
    };
}

/// <summary>y = aᵇ.</summary>
internal readonly struct PowOp : IBinaryOp
{
    public static string Name => "Pow";

    public T Invoke<T>(T a, T b) where T : struct, ILanes<T> => T.Pow(a, b);

    public T DerivativeA<T>(T a, T b) where T : struct, ILanes<T> => Formulas.PowSlopeA(a, b);

    public T DerivativeB<T>(T a, T b) where T : struct, ILanes<T> => Formulas.PowSlopeB(a, b);
}
