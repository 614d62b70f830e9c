using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace MiniDL;

internal static unsafe partial class VectorMath<T, E>
{
    /// <summary>sin a, of the angle r that is left when quarter turns are taken off.</summary>
    [MethodImpl(NoInlining | AggressiveOptimization)]
    public static T Sin(T a) => Sine(a, 0);

    /// <summary>cos a = sin a quarter turn on.</summary>
    [MethodImpl(NoInlining | AggressiveOptimization)]
    public static T Cos(T a) => Sine(a, 1);

    [MethodImpl(AggressiveInlining)]
    static T Sine(T a, long turns)
    {
        var r = ReduceByQuarterTurns(a, out var quarter);
        quarter = T.AddBits(quarter, T.FromBits(turns));
        var z = r * r;
        var sin = r * T.Fma(z, SinTail(z), One);
        var cos = T.Fma(z * z, CosTail(z), T.Fma(z, T.Real(-0.5), One));
        var odd = T.SubtractBits(T.Real(0), quarter & T.FromBits(1));
        var sign = T.ShiftLeft(quarter & T.FromBits(2), IsSingle ? 30 : 62);
        return T.Select(odd, cos, sin) ^ sign;
    }

    /// <summary>
    /// r = a − n·π/2, |r| ≤ π/4, with π/2 in parts whose products with n are exact (Cody and Waite). <paramref name="quarter"/> has n in its lowest bits.
    /// Lanes beyond 4096 (double: 10⁶) go one by one through <see cref="LargeAngle"/>.
    /// </summary>
    [MethodImpl(AggressiveInlining)]
    static T ReduceByQuarterTurns(T a, out T quarter)
    {
        quarter = T.Fma(a, T.Real(0.63661977236758134), Rounder);
        var n = quarter - Rounder;
        T r;
        if (IsSingle)
        {
            r = T.Fma(n, T.Real(-1.5703125), a);
            r = T.Fma(n, T.Real(-0.0004837512969970703125), r);
            r = T.Fma(n, T.Real(-7.549533620476722717e-8), r);
            r = T.Fma(n, T.Real(-2.5633441515945188e-12), r);
        }
        else
        {
            r = T.Fma(n, T.Real(-1.57079632673412561417), a);
            r = T.Fma(n, T.Real(-6.0771005063039659766e-11), r);
            r = T.Fma(n, T.Real(-2.0222662487959507e-21), r);
        }
        T.ReduceLarge(a, T.Real(IsSingle ? 4096 : 1e6), ref r, ref quarter);
        return r;
    }

    /// <summary>(sin r / r − 1) / z over z = r² on 0 ≤ z ≤ 0.623; to 2.9e-11 (double: 2.2e-17).</summary>
    [MethodImpl(AggressiveInlining)]
    static T SinTail(T z)
    {
        if (IsSingle)
            return T.Fma(Horner(T.Real(2.7246945949309619e-6), z, -0.00019840063762536094, 0.0083333318323157395), z, T.Real(-0.16666666663747205));
        var s = T.Fma(T.Real(1.5916739735118946e-10), z, T.Real(-2.5051112483725707e-8));
        return Horner(s, z, 2.7557316009324327e-6, -0.0001984126983657828, 0.008333333333330829, -0.16666666666666665);
    }

    /// <summary>(cos r − 1 + z/2) / z² over z = r² on 0 ≤ z ≤ 0.623; to 2.1e-9 (double: 1.4e-18).</summary>
    [MethodImpl(AggressiveInlining)]
    static T CosTail(T z)
    {
        if (IsSingle)
            return Horner(T.Real(2.4545519508654847e-5), z, -0.0013888291926343938, 0.041666664603703419);
        var c = T.Fma(T.Real(-1.1381762182057677e-11), z, T.Real(2.0876134141499058e-9));
        return Horner(c, z, -2.7557317213327692e-7, 2.4801587298652722e-5, -0.0013888888888887322, 0.041666666666666665);
    }
}
