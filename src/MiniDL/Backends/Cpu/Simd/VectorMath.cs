using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace MiniDL;

/// <summary>Exponentials, logarithms, angles and the error function over lanes: one text for every width, so the same bits at every width.</summary>
/// <remarks>
/// <para>No table and no branch on data (but for angles beyond thousands of turns): every lane takes the same steps, and selection settles the special cases as C99 annex F has them. NaN stays NaN.</para>
/// <para>All polynomials are MiniDL's own: minimax by the Remez exchange at 50 digits, on the interval that is stated, to the error that is stated.
/// The reductions are textbook: Muller, Elementary Functions, 2016; Cody and Waite, Software Manual for the Elementary Functions, 1980.</para>
/// <para>Largest errors met in 6,000 to 9,000 random arguments each, in units of the last place, float and double:
/// exp 1.0, log 0.8, expm1 1.7, log1p 1.2, tanh 2.0, sin and cos 2.4, erf 1.2, pow 1.2; the same to 0.3 without FMA.</para>
/// </remarks>
/// <typeparam name="T">The lanes.</typeparam>
/// <typeparam name="E">The element, float or double.</typeparam>
internal static unsafe partial class VectorMath<T, E>
    where T : struct, IBitLanes<T, E>
    where E : unmanaged
{
    static bool IsSingle
    {
        [MethodImpl(AggressiveInlining)]
        get => sizeof(E) == 4;
    }

    /// <summary>Bits of a float after the point.</summary>
    static int Fraction
    {
        [MethodImpl(AggressiveInlining)]
        get => IsSingle ? 23 : 52;
    }

    /// <summary>The pattern of 1, which is the exponent's bias in its place.</summary>
    static T One
    {
        [MethodImpl(AggressiveInlining)]
        get => T.Real(1);
    }

    static T SignBit
    {
        [MethodImpl(AggressiveInlining)]
        get => T.FromBits(IsSingle ? int.MinValue : long.MinValue);
    }

    static T Infinity
    {
        [MethodImpl(AggressiveInlining)]
        get => T.Real(double.PositiveInfinity);
    }

    static T NaN
    {
        [MethodImpl(AggressiveInlining)]
        get => T.Real(double.NaN);
    }

    static T Largest
    {
        [MethodImpl(AggressiveInlining)]
        get => T.Real(IsSingle ? float.MaxValue : double.MaxValue);
    }

    // 1.5·2^Fraction: added to k it rounds k to a whole number, which then is the lowest bits of the sum.
    static T Rounder
    {
        [MethodImpl(AggressiveInlining)]
        get => T.Real(IsSingle ? 12582912.0 : 6755399441055744.0);
    }

    /// <summary>Goes on with a polynomial: (p·x + a)·x + b.</summary>
    [MethodImpl(AggressiveInlining)]
    static T Horner(T p, T x, double a, double b) => T.Fma(T.Fma(p, x, T.Real(a)), x, T.Real(b));

    /// <summary>Goes on with a polynomial by four terms.</summary>
    [MethodImpl(AggressiveInlining)]
    static T Horner(T p, T x, double a, double b, double c, double d) => Horner(Horner(p, x, a, b), x, c, d);

    /// <summary>The same in pairs (Estrin): long polynomials are then four times less of a chain.</summary>
    [MethodImpl(AggressiveInlining)]
    static T Estrin(T p, T x, T x2, T x4, double a, double b, double c, double d) =>
        T.Fma(p, x4, T.Fma(T.Fma(T.Real(a), x, T.Real(b)), x2, T.Fma(T.Real(c), x, T.Real(d))));

    /// <summary>What rounding took from p = a·b. Exact: by FMA, or by Veltkamp's split (Dekker 1971) where there is none.</summary>
    [MethodImpl(AggressiveInlining)]
    static T ProductError(T a, T b, T p)
    {
        if (T.HasFma) return T.Fma(a, b, -p);
        var (ah, bh) = (Upper(a), Upper(b));
        var (al, bl) = (a - ah, b - bh);
        return al * bl - (p - ah * bh - al * bh - ah * bl);
    }

    /// <summary>The upper half of a number's bits.</summary>
    [MethodImpl(AggressiveInlining)]
    static T Upper(T a)
    {
        var c = a * T.Real(IsSingle ? 4097 : 134217729);
        return c - (c - a);
    }

    /// <summary>y with the sign of x too, for functions that are negative where x is: it gives −0 for −0.</summary>
    [MethodImpl(AggressiveInlining)]
    static T SignOf(T x, T y) => y | (x & SignBit);
}
