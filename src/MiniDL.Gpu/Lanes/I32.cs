namespace MiniDL.Gpu;

/// <summary>A 32-bit integer in a thread of a kernel.</summary>
internal readonly struct I32 : INumber<I32>
{
    readonly int v;

    I32(int v) => this.v = v;

    public static DType DType => DType.Int32;

    public static I32 Of(Number value) => new(Saturated.Int32(value.Integer));

    public static I32 From(float x) => new(Saturated.Int32(x));

    public static I32 From(double x) => new(Saturated.Int32(x));

    public static I32 From(long x) => new((int)x);

    public static TTo To<TTo>(I32 x) where TTo : unmanaged, IElement<TTo> => TTo.From((long)x.v);

    public static I32 operator +(I32 a, I32 b) => new((int)(a.v + b.v));

    public static I32 operator -(I32 a, I32 b) => new((int)(a.v - b.v));

    public static I32 operator *(I32 a, I32 b) => new((int)(a.v * b.v));

    public static I32 operator -(I32 a) => new((int)(-a.v));

    public static I32 MultiplyAdd(I32 a, I32 b, I32 c) => a * b + c;

    public static bool operator >(I32 a, I32 b) => a.v > b.v;

    public static bool operator <(I32 a, I32 b) => a.v < b.v;

    public static bool Same(I32 a, I32 b) => a.v == b.v;

    public static I32 Abs(I32 a) => a.v < 0 ? new(-a.v) : a;

    public static I32 Min(I32 a, I32 b) => a.v < b.v ? a : b;

    public static I32 Max(I32 a, I32 b) => a.v > b.v ? a : b;

    public static I32 IfGreater(I32 a, I32 b, I32 yes, I32 no) => a.v > b.v ? yes : no;
}
