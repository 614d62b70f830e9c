using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace MiniDL;

internal static partial class VectorMath<T, E>
{
    /// <summary>e^a = 2^k·e^r with k whole and |r| ≤ ln 2 / 2. Denormal results are kept.</summary>
    [MethodImpl(AggressiveInlining)]
    public static T Exp(T a)
    {
        var e = Expm1Near0(ReduceByLn2(ClampExponent(a), out var k));
        Scales(k, out var first, out var second);
        return T.Fma(e, first, first) * second;
    }

    /// <summary>e^a − 1 = 2^k·(e^r − 1) + (2^k − 1).</summary>
    [MethodImpl(NoInlining | AggressiveOptimization)]
    public static T Expm1(T a)
    {
        var e = Expm1Near0(ReduceByLn2(ClampExponent(a), out var k));
        Scales(k, out var first, out var second);
        var inverse = T.SubtractBits(T.AddBits(One, One), second);
        return SignOf(a, T.Fma(e, first, first - inverse) * second);
    }

    /// <summary>tanh a = (e^2a − 1) / (e^2a − 1 + 2), of |a|; 1 in every bit from 10 (double: 20) on.</summary>
    [MethodImpl(AggressiveInlining)]
    public static T Tanh(T a)
    {
        var x = T.Abs(a);
        var end = T.Real(IsSingle ? 10 : 20);
        x = T.IfGreater(x, end, end, x);
        var e = Expm1Near0(ReduceByLn2(x + x, out var k));
        var scale = Scale(k);
        e = T.Fma(e, scale, scale - One);
        return SignOf(a, e / (e + T.Real(2)));
    }

    /// <summary>Keeps the exponent where its two factors are normal; beyond, e^a is 0 or ∞ all the same. NaN passes.</summary>
    [MethodImpl(AggressiveInlining)]
    static T ClampExponent(T a)
    {
        var (low, high) = (T.Real(IsSingle ? -105 : -746), T.Real(IsSingle ? 89 : 710));
        a = T.IfGreater(a, high, high, a);
        return T.IfGreater(low, a, low, a);
    }

    /// <summary>r = a − k·ln 2, with ln 2 in two parts, the first short enough for its product to be exact. <paramref name="k"/> is left in the lowest bits of k + <see cref="Rounder"/>.</summary>
    [MethodImpl(AggressiveInlining)]
    static T ReduceByLn2(T a, out T k)
    {
        k = T.Fma(a, T.Real(1.4426950408889634), Rounder);
        var whole = k - Rounder;
        return T.Fma(whole, -Ln2Low, T.Fma(whole, -Ln2High, a));
    }

    /// <summary>e^r − 1 = r + r²·q(r) on |r| ≤ 0.3466; q to 7e-8 (double: 2e-18).</summary>
    [MethodImpl(AggressiveInlining)]
    static T Expm1Near0(T r)
    {
        T q, r2 = r * r;
        if (IsSingle)
            q = Horner(T.Real(0.0013941123623141916), r, 0.0083631812800399155, 0.041666375142261508, 0.16666576969580632, 0.50000000269458818);
        else
        {
            var r4 = r2 * r2;
            q = Horner(T.Real(2.0921588706871154e-9), r, 2.5105217741374665e-8, 2.7557252915033918e-7);
            q = Estrin(q, r, r2, r4, 2.755725539833699e-6, 2.480158734733589e-5, 0.00019841269874822157, 0.0013888888888874401);
            q = Estrin(q, r, r2, r4, 0.0083333333333261347, 0.041666666666666684, 0.16666666666666671, 0.5);
        }
        return T.Fma(r2, q, r);
    }

    /// <summary>2^k for a k that gives a normal number.</summary>
    [MethodImpl(AggressiveInlining)]
    static T Scale(T k) => T.AddBits(IsSingle ? T.ShiftLeft(k, 23) : T.ShiftLeft(k, 52), One);

    /// <summary>2^k as two factors, for a k whose power may be denormal or infinite.</summary>
    [MethodImpl(AggressiveInlining)]
    static void Scales(T k, out T first, out T second)
    {
        // The Rounder's own bits fall off the upper end, halved too.
        var half = T.ShiftRight(k, 1);
        first = Scale(half);
        second = Scale(T.SubtractBits(k, half));
    }
}
