namespace MiniDL.Gpu;

/// <summary>A truth value, 0 or 1, in a thread of a kernel.</summary>
internal readonly struct U8 : INumber<U8>
{
    readonly byte v;

    U8(byte v) => this.v = v;

    public static DType DType => DType.Bool;

    public static U8 Of(Number value) => new((byte)(value.Integer < 0 ? 0 : value.Integer > 255 ? 255 : value.Integer));

    public static U8 From(float x) => new((byte)(x != 0 ? 1 : 0));

    public static U8 From(double x) => new((byte)(x != 0 ? 1 : 0));

    public static U8 From(long x) => new((byte)(x != 0 ? 1 : 0));

    public static TTo To<TTo>(U8 x) where TTo : unmanaged, IElement<TTo> => TTo.From((long)x.v);

    public static U8 operator +(U8 a, U8 b) => new((byte)(a.v + b.v));

    public static U8 operator -(U8 a, U8 b) => new((byte)(a.v - b.v));

    public static U8 operator *(U8 a, U8 b) => new((byte)(a.v * b.v));

    public static U8 operator -(U8 a) => new((byte)(-a.v));

    public static U8 MultiplyAdd(U8 a, U8 b, U8 c) => a * b + c;

    public static bool operator >(U8 a, U8 b) => a.v > b.v;

    public static bool operator <(U8 a, U8 b) => a.v < b.v;

    public static bool Same(U8 a, U8 b) => a.v == b.v;

    public static U8 Abs(U8 a) => a;

    public static U8 Min(U8 a, U8 b) => a.v < b.v ? a : b;

    public static U8 Max(U8 a, U8 b) => a.v > b.v ? a : b;

    public static U8 IfGreater(U8 a, U8 b, U8 yes, U8 no) => a.v > b.v ? yes : no;
}
