using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace MiniDL;

/// <summary>A register of 512 bits.</summary>
/// <typeparam name="E">The element: float, double, int, long or byte (a truth value); the functions of <see cref="ILanes{T}"/> are there for float and double.</typeparam>
internal readonly unsafe struct V512<E> : IVectorLanes<V512<E>, E>, IBitLanes<V512<E>, E> where E : unmanaged
{
    readonly Vector512<E> v;

    [MethodImpl(AggressiveInlining)]
    V512(Vector512<E> v) => this.v = v;

    public static int Count => Vector512<E>.Count;

    [MethodImpl(AggressiveInlining)]
    public static V512<E> Load(E* p) => new(Vector512.Load(p));

    [MethodImpl(AggressiveInlining)]
    public static void Store(V512<E> a, E* p) => Vector512.Store(a.v, p);

    [MethodImpl(AggressiveInlining)]
    public static V512<E> Broadcast(E value) => new(Vector512.Create(value));

    [MethodImpl(AggressiveInlining)]
    public static V512<E> Of(Number value) => new(
        typeof(E) == typeof(float) ? Vector512.Create(value.Single).As<float, E>()
        : typeof(E) == typeof(double) ? Vector512.Create(value.Double).As<double, E>()
        : Vector512.Create(Element.Of<E>(value)));

    [MethodImpl(AggressiveInlining)]
    public static V512<E> operator +(V512<E> a, V512<E> b) => new(a.v + b.v);

    [MethodImpl(AggressiveInlining)]
    public static V512<E> operator -(V512<E> a, V512<E> b) => new(a.v - b.v);

    [MethodImpl(AggressiveInlining)]
    public static V512<E> operator *(V512<E> a, V512<E> b) => new(a.v * b.v);

    [MethodImpl(AggressiveInlining)]
    public static V512<E> operator /(V512<E> a, V512<E> b) => new(a.v / b.v);

    [MethodImpl(AggressiveInlining)]
    public static V512<E> operator -(V512<E> a) => new(-a.v);

    [MethodImpl(AggressiveInlining)]
    public static V512<E> Abs(V512<E> a) => new(Vector512.Abs(a.v));

    // Spelled out for floats, so that the choice among zeros is the same at every width: the hardware's differ.
    [MethodImpl(AggressiveInlining)]
    public static V512<E> Min(V512<E> a, V512<E> b) => new(Element.IsReal<E>()
        ? Vector512.ConditionalSelect(Vector512.LessThan(a.v, b.v) | ~Vector512.Equals(a.v, a.v), a.v, b.v)
        : Vector512.Min(a.v, b.v));

    [MethodImpl(AggressiveInlining)]
    public static V512<E> Max(V512<E> a, V512<E> b) => new(Element.IsReal<E>()
        ? Vector512.ConditionalSelect(Vector512.GreaterThan(a.v, b.v) | ~Vector512.Equals(a.v, a.v), a.v, b.v)
        : Vector512.Max(a.v, b.v));

    [MethodImpl(AggressiveInlining)]
    public static V512<E> IfGreater(V512<E> a, V512<E> b, V512<E> yes, V512<E> no) =>
        new(Vector512.ConditionalSelect(Vector512.GreaterThan(a.v, b.v), yes.v, no.v));

    [MethodImpl(AggressiveInlining)]
    public static V512<E> Fma(V512<E> a, V512<E> b, V512<E> c)
    {
        if (!Widths.Fma) return new(a.v * b.v + c.v);
        return new(sizeof(E) == 4
            ? Vector512.FusedMultiplyAdd(a.v.AsSingle(), b.v.AsSingle(), c.v.AsSingle()).As<float, E>()
            : Vector512.FusedMultiplyAdd(a.v.AsDouble(), b.v.AsDouble(), c.v.AsDouble()).As<double, E>());
    }

    [MethodImpl(AggressiveInlining)]
    public static V512<E> Sqrt(V512<E> a) => new(Vector512.Sqrt(a.v));

    [MethodImpl(AggressiveInlining)]
    public static V512<E> Floor(V512<E> a) =>
        new(sizeof(E) == 4 ? Vector512.Floor(a.v.AsSingle()).As<float, E>()
        : Vector512.Floor(a.v.AsDouble()).As<double, E>());

    [MethodImpl(AggressiveInlining)]
    public static V512<E> Exp(V512<E> a) => VectorMath<V512<E>, E>.Exp(a);

    [MethodImpl(AggressiveInlining)]
    public static V512<E> Log(V512<E> a) => VectorMath<V512<E>, E>.Log(a);

    [MethodImpl(AggressiveInlining)]
    public static V512<E> Expm1(V512<E> a) => VectorMath<V512<E>, E>.Expm1(a);

    [MethodImpl(AggressiveInlining)]
    public static V512<E> Log1p(V512<E> a) => VectorMath<V512<E>, E>.Log1p(a);

    [MethodImpl(AggressiveInlining)]
    public static V512<E> Tanh(V512<E> a) => VectorMath<V512<E>, E>.Tanh(a);

    [MethodImpl(AggressiveInlining)]
    public static V512<E> Sin(V512<E> a) => VectorMath<V512<E>, E>.Sin(a);

    [MethodImpl(AggressiveInlining)]
    public static V512<E> Cos(V512<E> a) => VectorMath<V512<E>, E>.Cos(a);

    [MethodImpl(AggressiveInlining)]
    public static V512<E> Erf(V512<E> a) => VectorMath<V512<E>, E>.Erf(a);

    [MethodImpl(AggressiveInlining)]
    public static V512<E> Pow(V512<E> a, V512<E> b) => VectorMath<V512<E>, E>.Pow(a, b);

    [MethodImpl(AggressiveInlining)]
    public static V512<E> Real(double value) => new(sizeof(E) == 4
        ? Vector512.Create((float)value).As<float, E>()
        : Vector512.Create(value).As<double, E>());

    [MethodImpl(AggressiveInlining)]
    public static V512<E> FromBits(long bits) => new(sizeof(E) == 4
        ? Vector512.Create((int)bits).As<int, E>()
        : Vector512.Create(bits).As<long, E>());

    [MethodImpl(AggressiveInlining)]
    public static V512<E> operator &(V512<E> a, V512<E> b) => new(a.v & b.v);

    [MethodImpl(AggressiveInlining)]
    public static V512<E> operator |(V512<E> a, V512<E> b) => new(a.v | b.v);

    [MethodImpl(AggressiveInlining)]
    public static V512<E> operator ^(V512<E> a, V512<E> b) => new(a.v ^ b.v);

    [MethodImpl(AggressiveInlining)]
    public static V512<E> AddBits(V512<E> a, V512<E> b) => new(sizeof(E) == 4
        ? (a.v.AsInt32() + b.v.AsInt32()).As<int, E>()
        : (a.v.AsInt64() + b.v.AsInt64()).As<long, E>());

    [MethodImpl(AggressiveInlining)]
    public static V512<E> SubtractBits(V512<E> a, V512<E> b) => new(sizeof(E) == 4
        ? (a.v.AsInt32() - b.v.AsInt32()).As<int, E>()
        : (a.v.AsInt64() - b.v.AsInt64()).As<long, E>());

    [MethodImpl(AggressiveInlining)]
    public static V512<E> ShiftLeft(V512<E> a, int n) => new(sizeof(E) == 4
        ? (a.v.AsInt32() << n).As<int, E>()
        : (a.v.AsInt64() << n).As<long, E>());

    [MethodImpl(AggressiveInlining)]
    public static V512<E> ShiftRight(V512<E> a, int n) => new(sizeof(E) == 4
        ? (a.v.AsInt32() >>> n).As<int, E>()
        : (a.v.AsInt64() >>> n).As<long, E>());

    [MethodImpl(AggressiveInlining)]
    public static V512<E> Greater(V512<E> a, V512<E> b) => new(Vector512.GreaterThan(a.v, b.v));

    [MethodImpl(AggressiveInlining)]
    public static V512<E> Equal(V512<E> a, V512<E> b) => new(Vector512.Equals(a.v, b.v));

    [MethodImpl(AggressiveInlining)]
    public static V512<E> Select(V512<E> mask, V512<E> yes, V512<E> no) => new(Vector512.ConditionalSelect(mask.v, yes.v, no.v));

    public static bool HasFma
    {
        [MethodImpl(AggressiveInlining)]
        get => Widths.Fma;
    }

    [MethodImpl(AggressiveInlining)]
    public static void ReduceLarge(V512<E> a, V512<E> end, ref V512<E> r, ref V512<E> quarter)
    {
        var large = Greater(Abs(a), end);
        if (!Vector512.EqualsAll(large.v.AsByte(), Vector512<byte>.Zero)) LargeAngle.Reduce<V512<E>, E>(a, ref r, ref quarter);
    }
}
