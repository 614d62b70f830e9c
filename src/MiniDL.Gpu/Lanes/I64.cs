namespace MiniDL.Gpu;

/// <summary>A 64-bit integer in a thread of a kernel.</summary>
internal readonly struct I64 : INumber<I64>
{
    readonly long v;

    I64(long v) => this.v = v;

    public static DType DType => DType.Int64;

    public static I64 Of(Number value) => new(value.Integer);

    public static I64 From(float x) => new(Saturated.Int64(x));

    public static I64 From(double x) => new(Saturated.Int64(x));

    public static I64 From(long x) => new(x);

    public static TTo To<TTo>(I64 x) where TTo : unmanaged, IElement<TTo> => TTo.From((long)x.v);

    public static I64 operator +(I64 a, I64 b) => new((long)(a.v + b.v));

    public static I64 operator -(I64 a, I64 b) => new((long)(a.v - b.v));

    public static I64 operator *(I64 a, I64 b) => new((long)(a.v * b.v));

    public static I64 operator -(I64 a) => new((long)(-a.v));

    public static I64 MultiplyAdd(I64 a, I64 b, I64 c) => a * b + c;

    public static bool operator >(I64 a, I64 b) => a.v > b.v;

    public static bool operator <(I64 a, I64 b) => a.v < b.v;

    public static bool Same(I64 a, I64 b) => a.v == b.v;

    public static I64 Abs(I64 a) => a.v < 0 ? new(-a.v) : a;

    public static I64 Min(I64 a, I64 b) => a.v < b.v ? a : b;

    public static I64 Max(I64 a, I64 b) => a.v > b.v ? a : b;

    public static I64 IfGreater(I64 a, I64 b, I64 yes, I64 no) => a.v > b.v ? yes : no;
}
