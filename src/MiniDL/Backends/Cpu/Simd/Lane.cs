using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace MiniDL;

/// <summary>One number: the first lane of a register, so that its bits are those of the same number in any wider one.</summary>
/// <typeparam name="E">The element, as in <see cref="V128{E}"/>.</typeparam>
internal readonly unsafe struct Lane<E> : IVectorLanes<Lane<E>, E> where E : unmanaged
{
    readonly V128<E> v;

    [MethodImpl(AggressiveInlining)]
    Lane(V128<E> v) => this.v = v;

    public static int Count => 1;

    // The other lanes hold zeros on loading: nothing slow, such as a denormal, goes through them.
    [MethodImpl(AggressiveInlining)]
    public static Lane<E> Load(E* p) => new(V128<E>.OfFirst(*p));

    [MethodImpl(AggressiveInlining)]
    public static void Store(Lane<E> a, E* p) => *p = a.v.First;

    [MethodImpl(AggressiveInlining)]
    public static Lane<E> Broadcast(E value) => new(V128<E>.OfFirst(value));

    [MethodImpl(AggressiveInlining)]
    public static Lane<E> Of(Number value) => new(V128<E>.Of(value));

    [MethodImpl(AggressiveInlining)]
    public static Lane<E> operator +(Lane<E> a, Lane<E> b) => new(a.v + b.v);

    [MethodImpl(AggressiveInlining)]
    public static Lane<E> operator -(Lane<E> a, Lane<E> b) => new(a.v - b.v);

    [MethodImpl(AggressiveInlining)]
    public static Lane<E> operator *(Lane<E> a, Lane<E> b) => new(a.v * b.v);

    [MethodImpl(AggressiveInlining)]
    public static Lane<E> operator /(Lane<E> a, Lane<E> b) => new(a.v / b.v);

    [MethodImpl(AggressiveInlining)]
    public static Lane<E> operator -(Lane<E> a) => new(-a.v);

    [MethodImpl(AggressiveInlining)]
    public static Lane<E> Abs(Lane<E> a) => new(V128<E>.Abs(a.v));

    [MethodImpl(AggressiveInlining)]
    public static Lane<E> Sqrt(Lane<E> a) => new(V128<E>.Sqrt(a.v));

    [MethodImpl(AggressiveInlining)]
    public static Lane<E> Floor(Lane<E> a) => new(V128<E>.Floor(a.v));

    [MethodImpl(AggressiveInlining)]
    public static Lane<E> Exp(Lane<E> a) => new(V128<E>.Exp(a.v));

    [MethodImpl(AggressiveInlining)]
    public static Lane<E> Log(Lane<E> a) => new(V128<E>.Log(a.v));

    [MethodImpl(AggressiveInlining)]
    public static Lane<E> Expm1(Lane<E> a) => new(V128<E>.Expm1(a.v));

    [MethodImpl(AggressiveInlining)]
    public static Lane<E> Log1p(Lane<E> a) => new(V128<E>.Log1p(a.v));

    [MethodImpl(AggressiveInlining)]
    public static Lane<E> Tanh(Lane<E> a) => new(V128<E>.Tanh(a.v));

    [MethodImpl(AggressiveInlining)]
    public static Lane<E> Sin(Lane<E> a) => new(V128<E>.Sin(a.v));

    [MethodImpl(AggressiveInlining)]
    public static Lane<E> Cos(Lane<E> a) => new(V128<E>.Cos(a.v));

    [MethodImpl(AggressiveInlining)]
    public static Lane<E> Erf(Lane<E> a) => new(V128<E>.Erf(a.v));

    [MethodImpl(AggressiveInlining)]
    public static Lane<E> Min(Lane<E> a, Lane<E> b) => new(V128<E>.Min(a.v, b.v));

    [MethodImpl(AggressiveInlining)]
    public static Lane<E> Max(Lane<E> a, Lane<E> b) => new(V128<E>.Max(a.v, b.v));

    [MethodImpl(AggressiveInlining)]
    public static Lane<E> Pow(Lane<E> a, Lane<E> b) => new(V128<E>.Pow(a.v, b.v));

    [MethodImpl(AggressiveInlining)]
    public static Lane<E> Fma(Lane<E> a, Lane<E> b, Lane<E> c) => new(V128<E>.Fma(a.v, b.v, c.v));

    [MethodImpl(AggressiveInlining)]
    public static Lane<E> IfGreater(Lane<E> a, Lane<E> b, Lane<E> yes, Lane<E> no) => new(V128<E>.IfGreater(a.v, b.v, yes.v, no.v));
}
