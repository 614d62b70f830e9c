using ILGPU;

namespace MiniDL.Gpu;

/// <summary>A double in a thread of a kernel: <see cref="VectorMath{T, E}"/> runs over it as over the CPU's registers, and gives the same bits.</summary>
internal readonly struct F64 : IReal<F64>, IBitLanes<F64, double>
{
    readonly double v;

    F64(double v) => this.v = v;

    public static DType DType => DType.Float64;

    public static bool HasFma => true;

    public static F64 Of(Number value) => new(value.Double);

    public static F64 Real(double value) => new(value);

    public static F64 From(float x) => new(x);

    public static F64 From(double x) => new(x);

    public static F64 From(long x) => new(x);

    public static TTo To<TTo>(F64 x) where TTo : unmanaged, IElement<TTo> => TTo.From(x.v);

    public static F64 operator +(F64 a, F64 b) => new(a.v + b.v);

    public static F64 operator -(F64 a, F64 b) => new(a.v - b.v);

    public static F64 operator *(F64 a, F64 b) => new(a.v * b.v);

    public static F64 operator /(F64 a, F64 b) => new(a.v / b.v);

    public static F64 operator -(F64 a) => new(-a.v);

    public static F64 MultiplyAdd(F64 a, F64 b, F64 c) => Fma(a, b, c);

    public static bool operator >(F64 a, F64 b) => Is(Greater(a, b));

    public static bool operator <(F64 a, F64 b) => Is(Greater(b, a));

    public static bool Same(F64 a, F64 b) => Is(Equal(a, b));

    public static F64 Abs(F64 a) => new(Math.Abs(a.v));

    // As the CPU chooses among zeros, and NaN when either is.
    public static F64 Min(F64 a, F64 b) => IfEqual(a, a, IfGreater(b, a, a, b), a);

    public static F64 Max(F64 a, F64 b) => IfEqual(a, a, IfGreater(a, b, a, b), a);

    public static F64 IfGreater(F64 a, F64 b, F64 yes, F64 no) => new(Intrinsics.IfGreater(a.v, b.v, yes.v, no.v));

    public static F64 Fma(F64 a, F64 b, F64 c) => new(Intrinsics.Fma(a.v, b.v, c.v));

    public static F64 Sqrt(F64 a) => new(Math.Sqrt(a.v));

    public static F64 Floor(F64 a) => new(Math.Floor(a.v));

    public static F64 Exp(F64 a) => VectorMath<F64, double>.Exp(a);

    public static F64 Log(F64 a) => VectorMath<F64, double>.Log(a);

    public static F64 Expm1(F64 a) => VectorMath<F64, double>.Expm1(a);

    public static F64 Log1p(F64 a) => VectorMath<F64, double>.Log1p(a);

    public static F64 Tanh(F64 a) => VectorMath<F64, double>.Tanh(a);

    public static F64 Sin(F64 a) => VectorMath<F64, double>.Sin(a);

    public static F64 Cos(F64 a) => VectorMath<F64, double>.Cos(a);

    public static F64 Erf(F64 a) => VectorMath<F64, double>.Erf(a);

    public static F64 Pow(F64 a, F64 b) => VectorMath<F64, double>.Pow(a, b);

    public static F64 FromBits(long bits) => Pattern((ulong)bits);

    public static F64 operator &(F64 a, F64 b) => Pattern(Bits(a) & Bits(b));

    public static F64 operator |(F64 a, F64 b) => Pattern(Bits(a) | Bits(b));

    public static F64 operator ^(F64 a, F64 b) => Pattern(Bits(a) ^ Bits(b));

    public static F64 AddBits(F64 a, F64 b) => Pattern(Bits(a) + Bits(b));

    public static F64 SubtractBits(F64 a, F64 b) => Pattern(Bits(a) - Bits(b));

    public static F64 ShiftLeft(F64 a, int n) => Pattern(Bits(a) << n);

    public static F64 ShiftRight(F64 a, int n) => Pattern(Bits(a) >> n);

    public static F64 Greater(F64 a, F64 b) => IfGreater(a, b, Pattern(ulong.MaxValue), Pattern(0));

    public static F64 Equal(F64 a, F64 b) => IfEqual(a, b, Pattern(ulong.MaxValue), Pattern(0));

    public static F64 Select(F64 mask, F64 yes, F64 no) => Bits(mask) != 0 ? yes : no;

    public static void ReduceLarge(F64 a, F64 end, ref F64 r, ref F64 quarter)
    {
        // As patterns, which are in order from 0 on: NaN and ∞ are beyond them all.
        if (Bits(Abs(a)) <= Bits(end) || Bits(Abs(a)) >= 0x7FF0000000000000) return;
        quarter = FromBits(KernelAngle.Reduce(a.v, out var rest));
        r = new(rest);
    }

    static ulong Bits(F64 a) => Interop.FloatAsInt(a.v);

    static F64 Pattern(ulong bits) => new(Interop.IntAsFloat(bits));

    static F64 IfEqual(F64 a, F64 b, F64 yes, F64 no) => new(Intrinsics.IfEqual(a.v, b.v, yes.v, no.v));

    static bool Is(F64 mask) => Bits(mask) != 0;
}
