using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace MiniDL;

internal static partial class VectorMath<T, E>
{
    /// <summary>log a = k·ln 2 + log m, where a = 2^k·m and √½ ≤ m &lt; √2.</summary>
    [MethodImpl(NoInlining | AggressiveOptimization)]
    public static T Log(T a)
    {
        Split(a, out var k, out var m);
        return LogDomain(a, LogOf(k, m - One, k * Ln2Low));
    }

    /// <summary>log(1 + a): the logarithm of u = 1 + a as rounded, whose error goes back into the fraction.</summary>
    [MethodImpl(NoInlining | AggressiveOptimization)]
    public static T Log1p(T a)
    {
        var u = One + a;
        // What rounding took from 1 + a, by the larger part first.
        var error = T.IfGreater(T.Abs(a), One, One - (u - a), a - (u - One));
        SplitNormal(u, out var k, out var m);
        // 2^−k, by way of 2^(1−k): k may be 128 (double: 1024), where only a zero error is left.
        var twice = T.SubtractBits(T.AddBits(m, T.AddBits(One, T.FromBits(1L << Fraction))), u);
        var f = T.Fma(error, twice * T.Real(0.5), m - One);
        return SignOf(a, LogDomain(u, LogOf(k, f, k * Ln2Low)));
    }

    // ln 2 in two parts: products of the first with a whole number up to 2^8 (double: 2^11) are exact.
    static T Ln2High
    {
        [MethodImpl(AggressiveInlining)]
        get => T.Real(IsSingle ? 0.693145751953125 : 0.69314718036912382);
    }

    static T Ln2Low
    {
        [MethodImpl(AggressiveInlining)]
        get => T.Real(IsSingle ? 1.4286068203094172e-6 : 1.9082149292705878e-10);
    }

    /// <summary>k·ln 2 + log(1 + f). With s = f / (2 + f): log(1 + f) = 2·atanh s = f − (f²/2 − s·(f²/2 + s²·R(s²))).</summary>
    [MethodImpl(AggressiveInlining)]
    static T LogOf(T k, T f, T low)
    {
        var s = f / (T.Real(2) + f);
        var z = s * s;
        var h = T.Real(0.5) * f * f;
        return T.Fma(k, Ln2High, f - (h - T.Fma(s, T.Fma(z, Atanh(z), h), low)));
    }

    /// <summary>R(z) in 2·atanh s = 2s + s³·R(s²), on 0 ≤ z ≤ 0.0295; to 1.2e-9 (double: 2.1e-18). It is about ⅔ + z·<see cref="AtanhTail"/>.</summary>
    [MethodImpl(AggressiveInlining)]
    static T Atanh(T z) => T.Fma(AtanhTail(z), z, TwoThirds);

    static T TwoThirds
    {
        [MethodImpl(AggressiveInlining)]
        get => T.Real(IsSingle ? 0.66666666553020314 : 0.66666666666666666);
    }

    [MethodImpl(AggressiveInlining)]
    static T AtanhTail(T z)
    {
        if (IsSingle) return Horner(T.Real(0.2333238288399603), z, 0.28550737113361339, 0.40000122753700772);
        var z2 = z * z;
        var r = Horner(T.Real(0.13087948903741358), z, 0.13268637927596805, 0.15386245131919035);
        return Estrin(r, z, z2, z2 * z2, 0.18181795532052969, 0.22222222392818171, 0.28571428570798241, 0.40000000000000887);
    }

    /// <summary>log's values where a is not a positive finite number: −∞ at 0, ∞ at ∞, else NaN.</summary>
    [MethodImpl(AggressiveInlining)]
    static T LogDomain(T a, T log)
    {
        log = T.Select(T.Greater(a, T.Real(0)), log, T.Select(T.Equal(a, T.Real(0)), -Infinity, NaN));
        return T.IfGreater(a, Largest, a, log);
    }

    /// <summary>a = 2^k·m with √½ ≤ m &lt; √2, of any positive number.</summary>
    [MethodImpl(AggressiveInlining)]
    static void Split(T a, out T k, out T m)
    {
        var denormal = T.Greater(T.Real(IsSingle ? 1.17549435082228751e-38 : 2.2250738585072014e-308), a);
        var lift = T.Real(IsSingle ? 8388608.0 : 4503599627370496.0);
        SplitNormal(T.Select(denormal, a * lift, a), out k, out m);
        k -= denormal & T.Real(Fraction);
    }

    /// <summary>The same of a normal number.</summary>
    [MethodImpl(AggressiveInlining)]
    static void SplitNormal(T a, out T k, out T m)
    {
        var start = T.FromBits(IsSingle ? 0x3F3504F3 : 0x3FE6A09E667F3BCD);
        var bits = T.AddBits(T.SubtractBits(a, start), One);
        m = T.AddBits(bits & T.FromBits((1L << Fraction) - 1), start);
        // The biased exponent becomes a number as the lowest bits of 2^Fraction.
        var anchor = IsSingle ? 8388608.0 : 4503599627370496.0;
        k = ((IsSingle ? T.ShiftRight(bits, 23) : T.ShiftRight(bits, 52)) | T.Real(anchor)) - T.Real(anchor + (IsSingle ? 127 : 1023));
    }
}
