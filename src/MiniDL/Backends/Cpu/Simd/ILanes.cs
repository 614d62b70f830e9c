namespace MiniDL;

/// <summary>Numbers that go through a formula side by side: one, a SIMD register full, or a recorded tensor. What integers can do too.</summary>
/// <typeparam name="T">The lane type itself.</typeparam>
public interface INumberLanes<T> where T : struct, INumberLanes<T>
{
    /// <summary>A constant in every lane.</summary>
    static abstract T Of(Number value);

    /// <summary>Sum.</summary>
    static abstract T operator +(T a, T b);

    /// <summary>Difference.</summary>
    static abstract T operator -(T a, T b);

    /// <summary>Product.</summary>
    static abstract T operator *(T a, T b);

    /// <summary>Negation.</summary>
    static abstract T operator -(T a);

    /// <summary>|a|.</summary>
    static abstract T Abs(T a);

    /// <summary>The smaller; NaN when either is NaN.</summary>
    static abstract T Min(T a, T b);

    /// <summary>The larger; NaN when either is NaN.</summary>
    static abstract T Max(T a, T b);

    /// <summary>In each lane <paramref name="yes"/> where a &gt; b, else <paramref name="no"/> (also when either is NaN).</summary>
    static abstract T IfGreater(T a, T b, T yes, T no);
}

/// <summary>Lanes of real numbers: what a formula of an elementwise op is written over, once, for scalars, SIMD at every width, GPUs and recorded tensors.</summary>
/// <typeparam name="T">The lane type itself.</typeparam>
public interface ILanes<T> : INumberLanes<T> where T : struct, ILanes<T>
{
    /// <summary>Quotient.</summary>
    static abstract T operator /(T a, T b);

    /// <summary>a·b + c, rounded once where the hardware has FMA.</summary>
    static abstract T Fma(T a, T b, T c);

    /// <summary>Square root.</summary>
    static abstract T Sqrt(T a);

    /// <summary>e to the a.</summary>
    static abstract T Exp(T a);

    /// <summary>Natural logarithm.</summary>
    static abstract T Log(T a);

    /// <summary>e^a − 1, accurate near 0.</summary>
    static abstract T Expm1(T a);

    /// <summary>log(1 + a), accurate near 0.</summary>
    static abstract T Log1p(T a);

    /// <summary>Hyperbolic tangent.</summary>
    static abstract T Tanh(T a);

    /// <summary>Sine of radians.</summary>
    static abstract T Sin(T a);

    /// <summary>Cosine of radians.</summary>
    static abstract T Cos(T a);

    /// <summary>The error function 2/√π ∫₀ᵃ exp(−t²) dt.</summary>
    static abstract T Erf(T a);

    /// <summary>a to the b, with C's special cases.</summary>
    static abstract T Pow(T a, T b);

    /// <summary>The largest whole number that is not above a.</summary>
    static abstract T Floor(T a);
}
