using ILGPU;

namespace MiniDL.Gpu;

/// <summary>A bfloat16 in a thread of a kernel: stored and converted, no more.</summary>
internal readonly struct B16 : IElement<B16>
{
    readonly ushort bits;

    B16(uint bits) => this.bits = (ushort)bits;

    public static DType DType => DType.BFloat16;

    public static B16 From(float x)
    {
        var b = Interop.FloatAsInt(x);
        return float.IsNaN(x) ? new(b >> 16 | 0x40) : new(b + 0x7FFF + (b >> 16 & 1) >> 16);
    }

    public static B16 From(double x) => From(Rounding.ToOdd(x));

    public static B16 From(long x) => From((float)x);

    public static TTo To<TTo>(B16 x) where TTo : unmanaged, IElement<TTo> => TTo.From(Interop.IntAsFloat((uint)x.bits << 16));
}

/// <summary>An IEEE half in a thread of a kernel: stored and converted, no more.</summary>
internal readonly struct H16 : IElement<H16>
{
    const uint Infinity = 0x7C00, Rebias = 112u << 23; // exponents are biased by 127 and by 15

    readonly ushort bits;

    H16(uint bits) => this.bits = (ushort)bits;

    public static DType DType => DType.Float16;

    public static H16 From(float x)
    {
        var b = Interop.FloatAsInt(x);
        var sign = b >> 16 & 0x8000;
        b &= 0x7FFFFFFF;
        if (b > 0x7F800000) return new(sign | Infinity | 0x200 | b >> 13 & 0x1FF);
        if (b >= 0x47800000) return new(sign | Infinity);
        // Below 2⁻¹⁴ the step is 2⁻²⁴, which is the last bit of ½ as a float: adding ½ rounds to it.
        if (b < 0x38800000) return new(sign | Interop.FloatAsInt(Interop.IntAsFloat(b) + 0.5f) - 0x3F000000);
        return new(sign | b - Rebias + 0xFFF + (b >> 13 & 1) >> 13);
    }

    public static H16 From(double x) => From(Rounding.ToOdd(x));

    public static H16 From(long x) => From((float)x);

    public static TTo To<TTo>(H16 x) where TTo : unmanaged, IElement<TTo>
    {
        var magnitude = (uint)x.bits & 0x7FFF;
        var b = magnitude << 13;
        // Normal: a larger bias. Infinity and NaN: the largest exponent. Denormal: a number of steps of 2⁻²⁴.
        var y = magnitude >= Infinity ? Interop.IntAsFloat(b | 0x7F800000)
            : magnitude >= 0x400 ? Interop.IntAsFloat(b + Rebias)
            : (int)magnitude * (1f / (1 << 24));
        return TTo.From((x.bits & 0x8000) != 0 ? -y : y);
    }
}

/// <summary>Rounding on the way to a shorter float.</summary>
internal static class Rounding
{
    /// <summary>A double as a float whose last bit says whether anything was lost, so that it can be rounded once more.</summary>
    public static float ToOdd(double x)
    {
        var y = (float)x;
        if (y == x || double.IsNaN(x)) return y;
        var b = Interop.FloatAsInt(y);
        if (Math.Abs((double)y) > Math.Abs(x)) b--;
        return Interop.IntAsFloat(b | 1);
    }
}
