using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace MiniDL;

internal static partial class VectorMath<T, E>
{
    /// <summary>x^y = ±e^(y·log|x|), the logarithm and its product with y as sums of two numbers: y·log|x| reaches 709, and its absolute error is the power's relative one.</summary>
    [MethodImpl(NoInlining | AggressiveOptimization)]
    public static T Pow(T x, T y)
    {
        var (log, logLow) = LogAsSum(T.Abs(x));

        var power = y * log;
        var powerLow = T.Fma(y, logLow, ProductError(y, log, power));
        // Beyond the exponent's range the second part is of no use, and may be ∞ − ∞.
        powerLow &= T.Greater(T.Real(IsSingle ? 110 : 750), T.Abs(power));
        var e = Expm1Near0(ReduceByLn2(ClampExponent(power), out var k) + powerLow);
        Scales(k, out var first, out var second);
        var result = T.Fma(e, first, first) * second;

        return PowDomain(x, y, result);
    }

    /// <summary>C's special cases, where <paramref name="result"/> is |x|^y of the general formula.</summary>
    [MethodImpl(NoInlining | AggressiveOptimization)]
    static T PowDomain(T x, T y, T result)
    {
        var magnitude = T.Abs(x);
        var half = y * T.Real(0.5);
        var whole = T.Equal(T.Floor(y), y);
        var odd = T.Select(T.Equal(T.Floor(half), half), T.Real(0), whole);
        result = T.Select(T.Equal(magnitude, One), One, result);
        result ^= odd & x & SignBit;
        var negative = T.Greater(T.Real(0), x) & T.Greater(Infinity, magnitude);
        result = T.Select(negative, T.Select(whole, result, NaN), result);
        result = T.Select(T.Equal(x, x) & T.Equal(y, y), result, NaN);
        return T.Select(T.Equal(x, One) | T.Equal(y, T.Real(0)), One, result);
    }

    /// <summary>log a to about 2^−64 (float: 2^−35) as a sum of two numbers: 2·atanh s of <see cref="LogOf"/>, with s as such a sum too.</summary>
    [MethodImpl(NoInlining | AggressiveOptimization)]
    static (T Log, T Low) LogAsSum(T a)
    {
        Split(a, out var k, out var m);
        var f = m - One;
        var d = T.Real(2) + f;
        var dLow = f - (d - T.Real(2));
        var s = f / d;
        var product = s * d;
        var sLow = (f - product - ProductError(s, d, product) - s * dLow) / d;

        // ⅔·s³ counts too much to be rounded once; all beyond it does not.
        var z = s * s;
        var cube = s * z;
        var cubeLow = T.Fma(sLow, z, T.Fma(s, T.Fma(s + s, sLow, ProductError(s, s, z)), ProductError(s, z, cube)));
        var third = cube * TwoThirds;
        var thirdLow = T.Fma(cube, T.Real(IsSingle ? -2.1457976e-8 : 3.7007434154171886e-17), T.Fma(cubeLow, TwoThirds, ProductError(cube, TwoThirds, third)));

        var exponent = k * Ln2High;
        var sum = exponent + (s + s);
        var low = s + s - (sum - exponent);
        var log = sum + third;
        low += third - (log - sum);
        low += T.Fma(k, Ln2Low, T.Fma(cube * z, AtanhTail(z), sLow + sLow + thirdLow));
        sum = log;
        log += low;
        low -= log - sum;

        return (T.Select(T.Equal(a, T.Real(0)), -Infinity, T.IfGreater(a, Largest, a, log)), low);
    }
}
