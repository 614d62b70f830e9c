using ILGPU;

namespace MiniDL.Gpu;

/// <summary>A float in a thread of a kernel: <see cref="VectorMath{T, E}"/> runs over it as over the CPU's registers, and gives the same bits.</summary>
internal readonly struct F32 : IReal<F32>, IBitLanes<F32, float>
{
    readonly float v;

    F32(float v) => this.v = v;

    public static DType DType => DType.Float32;

    public static bool HasFma => true;

    public static F32 Of(Number value) => new(value.Single);

    public static F32 Real(double value) => new((float)value);

    public static F32 From(float x) => new(x);

    public static F32 From(double x) => new((float)x);

    public static F32 From(long x) => new(x);

    public static TTo To<TTo>(F32 x) where TTo : unmanaged, IElement<TTo> => TTo.From(x.v);

    public static F32 operator +(F32 a, F32 b) => new(a.v + b.v);

    public static F32 operator -(F32 a, F32 b) => new(a.v - b.v);

    public static F32 operator *(F32 a, F32 b) => new(a.v * b.v);

    public static F32 operator /(F32 a, F32 b) => new(a.v / b.v);

    public static F32 operator -(F32 a) => new(-a.v);

    public static F32 MultiplyAdd(F32 a, F32 b, F32 c) => Fma(a, b, c);

    public static bool operator >(F32 a, F32 b) => Is(Greater(a, b));

    public static bool operator <(F32 a, F32 b) => Is(Greater(b, a));

    public static bool Same(F32 a, F32 b) => Is(Equal(a, b));

    public static F32 Abs(F32 a) => new(Math.Abs(a.v));

    // As the CPU chooses among zeros, and NaN when either is.
    public static F32 Min(F32 a, F32 b) => IfEqual(a, a, IfGreater(b, a, a, b), a);

    public static F32 Max(F32 a, F32 b) => IfEqual(a, a, IfGreater(a, b, a, b), a);

    public static F32 IfGreater(F32 a, F32 b, F32 yes, F32 no) => new(Intrinsics.IfGreater(a.v, b.v, yes.v, no.v));

    public static F32 Fma(F32 a, F32 b, F32 c) => new(Intrinsics.Fma(a.v, b.v, c.v));

    public static F32 Sqrt(F32 a) => new(MathF.Sqrt(a.v));

    public static F32 Floor(F32 a) => new(MathF.Floor(a.v));

    public static F32 Exp(F32 a) => VectorMath<F32, float>.Exp(a);

    public static F32 Log(F32 a) => VectorMath<F32, float>.Log(a);

    public static F32 Expm1(F32 a) => VectorMath<F32, float>.Expm1(a);

    public static F32 Log1p(F32 a) => VectorMath<F32, float>.Log1p(a);

    public static F32 Tanh(F32 a) => VectorMath<F32, float>.Tanh(a);

    public static F32 Sin(F32 a) => VectorMath<F32, float>.Sin(a);

    public static F32 Cos(F32 a) => VectorMath<F32, float>.Cos(a);

    public static F32 Erf(F32 a) => VectorMath<F32, float>.Erf(a);

    public static F32 Pow(F32 a, F32 b) => VectorMath<F32, float>.Pow(a, b);

    public static F32 FromBits(long bits) => Pattern((uint)bits);

    public static F32 operator &(F32 a, F32 b) => Pattern(Bits(a) & Bits(b));

    public static F32 operator |(F32 a, F32 b) => Pattern(Bits(a) | Bits(b));

    public static F32 operator ^(F32 a, F32 b) => Pattern(Bits(a) ^ Bits(b));

    public static F32 AddBits(F32 a, F32 b) => Pattern(Bits(a) + Bits(b));

    public static F32 SubtractBits(F32 a, F32 b) => Pattern(Bits(a) - Bits(b));

    public static F32 ShiftLeft(F32 a, int n) => Pattern(Bits(a) << n);

    public static F32 ShiftRight(F32 a, int n) => Pattern(Bits(a) >> n);

    public static F32 Greater(F32 a, F32 b) => IfGreater(a, b, Pattern(uint.MaxValue), Pattern(0));

    public static F32 Equal(F32 a, F32 b) => IfEqual(a, b, Pattern(uint.MaxValue), Pattern(0));

    public static F32 Select(F32 mask, F32 yes, F32 no) => Bits(mask) != 0 ? yes : no;

    public static void ReduceLarge(F32 a, F32 end, ref F32 r, ref F32 quarter)
    {
        // As patterns, which are in order from 0 on: NaN and ∞ are beyond them all.
        if (Bits(Abs(a)) <= Bits(end) || Bits(Abs(a)) >= 0x7F800000) return;
        quarter = FromBits(KernelAngle.Reduce(a.v, out var rest));
        r = new(rest);
    }

    static uint Bits(F32 a) => Interop.FloatAsInt(a.v);

    static F32 Pattern(uint bits) => new(Interop.IntAsFloat(bits));

    static F32 IfEqual(F32 a, F32 b, F32 yes, F32 no) => new(Intrinsics.IfEqual(a.v, b.v, yes.v, no.v));

    static bool Is(F32 mask) => Bits(mask) != 0;
}
