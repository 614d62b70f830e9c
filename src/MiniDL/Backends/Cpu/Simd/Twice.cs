using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace MiniDL;

/// <summary>Two registers side by side, as one of twice the width: a kernel has the same number of lanes at every width.</summary>
internal readonly unsafe struct Twice<T, E> : IVectorLanes<Twice<T, E>, E>
    where T : struct, IVectorLanes<T, E>
    where E : unmanaged
{
    readonly T low, high;

    [MethodImpl(AggressiveInlining)]
    Twice(T low, T high) => (this.low, this.high) = (low, high);

    public static int Count => 2 * T.Count;

    [MethodImpl(AggressiveInlining)]
    public static Twice<T, E> Load(E* p) => new(T.Load(p), T.Load(p + T.Count));

    [MethodImpl(AggressiveInlining)]
    public static void Store(Twice<T, E> a, E* p)
    {
        T.Store(a.low, p);
        T.Store(a.high, p + T.Count);
    }

    [MethodImpl(AggressiveInlining)]
    public static Twice<T, E> Broadcast(E value) => new(T.Broadcast(value), T.Broadcast(value));

    [MethodImpl(AggressiveInlining)]
    public static Twice<T, E> Of(Number value) => new(T.Of(value), T.Of(value));

    [MethodImpl(AggressiveInlining)]
    public static Twice<T, E> operator +(Twice<T, E> a, Twice<T, E> b) => new(a.low + b.low, a.high + b.high);

    [MethodImpl(AggressiveInlining)]
    public static Twice<T, E> operator -(Twice<T, E> a, Twice<T, E> b) => new(a.low - b.low, a.high - b.high);

    [MethodImpl(AggressiveInlining)]
    public static Twice<T, E> operator *(Twice<T, E> a, Twice<T, E> b) => new(a.low * b.low, a.high * b.high);

    [MethodImpl(AggressiveInlining)]
    public static Twice<T, E> operator /(Twice<T, E> a, Twice<T, E> b) => new(a.low / b.low, a.high / b.high);

    [MethodImpl(AggressiveInlining)]
    public static Twice<T, E> operator -(Twice<T, E> a) => new(-a.low, -a.high);

    [MethodImpl(AggressiveInlining)]
    public static Twice<T, E> Abs(Twice<T, E> a) => new(T.Abs(a.low), T.Abs(a.high));

    [MethodImpl(AggressiveInlining)]
    public static Twice<T, E> Min(Twice<T, E> a, Twice<T, E> b) => new(T.Min(a.low, b.low), T.Min(a.high, b.high));

    [MethodImpl(AggressiveInlining)]
    public static Twice<T, E> Max(Twice<T, E> a, Twice<T, E> b) => new(T.Max(a.low, b.low), T.Max(a.high, b.high));

    [MethodImpl(AggressiveInlining)]
    public static Twice<T, E> IfGreater(Twice<T, E> a, Twice<T, E> b, Twice<T, E> yes, Twice<T, E> no)
        => new(T.IfGreater(a.low, b.low, yes.low, no.low), T.IfGreater(a.high, b.high, yes.high, no.high));

    [MethodImpl(AggressiveInlining)]
    public static Twice<T, E> Fma(Twice<T, E> a, Twice<T, E> b, Twice<T, E> c) => new(T.Fma(a.low, b.low, c.low), T.Fma(a.high, b.high, c.high));

    [MethodImpl(AggressiveInlining)]
    public static Twice<T, E> Pow(Twice<T, E> a, Twice<T, E> b) => new(T.Pow(a.low, b.low), T.Pow(a.high, b.high));

    [MethodImpl(AggressiveInlining)]
    public static Twice<T, E> Sqrt(Twice<T, E> a) => new(T.Sqrt(a.low), T.Sqrt(a.high));

    [MethodImpl(AggressiveInlining)]
    public static Twice<T, E> Floor(Twice<T, E> a) => new(T.Floor(a.low), T.Floor(a.high));

    [MethodImpl(AggressiveInlining)]
    public static Twice<T, E> Exp(Twice<T, E> a) => new(T.Exp(a.low), T.Exp(a.high));

    [MethodImpl(AggressiveInlining)]
    public static Twice<T, E> Log(Twice<T, E> a) => new(T.Log(a.low), T.Log(a.high));

    [MethodImpl(AggressiveInlining)]
    public static Twice<T, E> Expm1(Twice<T, E> a) => new(T.Expm1(a.low), T.Expm1(a.high));

    [MethodImpl(AggressiveInlining)]
    public static Twice<T, E> Log1p(Twice<T, E> a) => new(T.Log1p(a.low), T.Log1p(a.high));

    [MethodImpl(AggressiveInlining)]
    public static Twice<T, E> Tanh(Twice<T, E> a) => new(T.Tanh(a.low), T.Tanh(a.high));

    [MethodImpl(AggressiveInlining)]
    public static Twice<T, E> Sin(Twice<T, E> a) => new(T.Sin(a.low), T.Sin(a.high));

    [MethodImpl(AggressiveInlining)]
    public static Twice<T, E> Cos(Twice<T, E> a) => new(T.Cos(a.low), T.Cos(a.high));

    [MethodImpl(AggressiveInlining)]
    public static Twice<T, E> Erf(Twice<T, E> a) => new(T.Erf(a.low), T.Erf(a.high));
}
