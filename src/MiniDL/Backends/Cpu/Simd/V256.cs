using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace MiniDL;

/// <summary>A register of 256 bits.</summary>
/// <typeparam name="E">The element: float, double, int, long or byte (a truth value); the functions of <see cref="ILanes{T}"/> are there for float and double.</typeparam>
internal readonly unsafe struct V256<E> : IVectorLanes<V256<E>, E>, IBitLanes<V256<E>, E> where E : unmanaged
{
    readonly Vector256<E> v;

    [MethodImpl(AggressiveInlining)]
    V256(Vector256<E> v) => this.v = v;

    public static int Count => Vector256<E>.Count;

    [MethodImpl(AggressiveInlining)]
    public static V256<E> Load(E* p) => new(Vector256.Load(p));

    [MethodImpl(AggressiveInlining)]
    public static void Store(V256<E> a, E* p) => Vector256.Store(a.v, p);

    [MethodImpl(AggressiveInlining)]
    public static V256<E> Broadcast(E value) => new(Vector256.Create(value));

    [MethodImpl(AggressiveInlining)]
    public static V256<E> Of(Number value) => new(
        typeof(E) == typeof(float) ? Vector256.Create(value.Single).As<float, E>()
        : typeof(E) == typeof(double) ? Vector256.Create(value.Double).As<double, E>()
        : Vector256.Create(Element.Of<E>(value)));

    [MethodImpl(AggressiveInlining)]
    public static V256<E> operator +(V256<E> a, V256<E> b) => new(a.v + b.v);

    [MethodImpl(AggressiveInlining)]
    public static V256<E> operator -(V256<E> a, V256<E> b) => new(a.v - b.v);

    [MethodImpl(AggressiveInlining)]
    public static V256<E> operator *(V256<E> a, V256<E> b) => new(a.v * b.v);

    [MethodImpl(AggressiveInlining)]
    public static V256<E> operator /(V256<E> a, V256<E> b) => new(a.v / b.v);

    [MethodImpl(AggressiveInlining)]
    public static V256<E> operator -(V256<E> a) => new(-a.v);

    [MethodImpl(AggressiveInlining)]
    public static V256<E> Abs(V256<E> a) => new(Vector256.Abs(a.v));

    // Spelled out for floats, so that the choice among zeros is the same at every width: the hardware's differ.
    [MethodImpl(AggressiveInlining)]
    public static V256<E> Min(V256<E> a, V256<E> b) => new(Element.IsReal<E>()
        ? Vector256.ConditionalSelect(Vector256.LessThan(a.v, b.v) | ~Vector256.Equals(a.v, a.v), a.v, b.v)
        : Vector256.Min(a.v, b.v));

    [MethodImpl(AggressiveInlining)]
    public static V256<E> Max(V256<E> a, V256<E> b) => new(Element.IsReal<E>()
        ? Vector256.ConditionalSelect(Vector256.GreaterThan(a.v, b.v) | ~Vector256.Equals(a.v, a.v), a.v, b.v)
        : Vector256.Max(a.v, b.v));

    [MethodImpl(AggressiveInlining)]
    public static V256<E> IfGreater(V256<E> a, V256<E> b, V256<E> yes, V256<E> no) =>
        new(Vector256.ConditionalSelect(Vector256.GreaterThan(a.v, b.v), yes.v, no.v));

    [MethodImpl(AggressiveInlining)]
    public static V256<E> Fma(V256<E> a, V256<E> b, V256<E> c)
    {
        if (!Widths.Fma) return new(a.v * b.v + c.v);
        return new(sizeof(E) == 4
            ? Vector256.FusedMultiplyAdd(a.v.AsSingle(), b.v.AsSingle(), c.v.AsSingle()).As<float, E>()
            : Vector256.FusedMultiplyAdd(a.v.AsDouble(), b.v.AsDouble(), c.v.AsDouble()).As<double, E>());
    }

    [MethodImpl(AggressiveInlining)]
    public static V256<E> Sqrt(V256<E> a) => new(Vector256.Sqrt(a.v));

    [MethodImpl(AggressiveInlining)]
    public static V256<E> Floor(V256<E> a) =>
        new(sizeof(E) == 4 ? Vector256.Floor(a.v.AsSingle()).As<float, E>()
        : Vector256.Floor(a.v.AsDouble()).As<double, E>());

    [MethodImpl(AggressiveInlining)]
    public static V256<E> Exp(V256<E> a) => VectorMath<V256<E>, E>.Exp(a);

    [MethodImpl(AggressiveInlining)]
    public static V256<E> Log(V256<E> a) => VectorMath<V256<E>, E>.Log(a);

    [MethodImpl(AggressiveInlining)]
    public static V256<E> Expm1(V256<E> a) => VectorMath<V256<E>, E>.Expm1(a);

    [MethodImpl(AggressiveInlining)]
    public static V256<E> Log1p(V256<E> a) => VectorMath<V256<E>, E>.Log1p(a);

    [MethodImpl(AggressiveInlining)]
    public static V256<E> Tanh(V256<E> a) => VectorMath<V256<E>, E>.Tanh(a);

    [MethodImpl(AggressiveInlining)]
    public static V256<E> Sin(V256<E> a) => VectorMath<V256<E>, E>.Sin(a);

    [MethodImpl(AggressiveInlining)]
    public static V256<E> Cos(V256<E> a) => VectorMath<V256<E>, E>.Cos(a);

    [MethodImpl(AggressiveInlining)]
    public static V256<E> Erf(V256<E> a) => VectorMath<V256<E>, E>.Erf(a);

    [MethodImpl(AggressiveInlining)]
    public static V256<E> Pow(V256<E> a, V256<E> b) => VectorMath<V256<E>, E>.Pow(a, b);

    [MethodImpl(AggressiveInlining)]
    public static V256<E> Real(double value) => new(sizeof(E) == 4
        ? Vector256.Create((float)value).As<float, E>()
        : Vector256.Create(value).As<double, E>());

    [MethodImpl(AggressiveInlining)]
    public static V256<E> FromBits(long bits) => new(sizeof(E) == 4
        ? Vector256.Create((int)bits).As<int, E>()
        : Vector256.Create(bits).As<long, E>());

    [MethodImpl(AggressiveInlining)]
    public static V256<E> operator &(V256<E> a, V256<E> b) => new(a.v & b.v);

    [MethodImpl(AggressiveInlining)]
    public static V256<E> operator |(V256<E> a, V256<E> b) => new(a.v | b.v);

    [MethodImpl(AggressiveInlining)]
    public static V256<E> operator ^(V256<E> a, V256<E> b) => new(a.v ^ b.v);

    [MethodImpl(AggressiveInlining)]
    public static V256<E> AddBits(V256<E> a, V256<E> b) => new(sizeof(E) == 4
        ? (a.v.AsInt32() + b.v.AsInt32()).As<int, E>()
        : (a.v.AsInt64() + b.v.AsInt64()).As<long, E>());

    [MethodImpl(AggressiveInlining)]
    public static V256<E> SubtractBits(V256<E> a, V256<E> b) => new(sizeof(E) == 4
        ? (a.v.AsInt32() - b.v.AsInt32()).As<int, E>()
        : (a.v.AsInt64() - b.v.AsInt64()).As<long, E>());

    [MethodImpl(AggressiveInlining)]
    public static V256<E> ShiftLeft(V256<E> a, int n) => new(sizeof(E) == 4
        ? (a.v.AsInt32() << n).As<int, E>()
        : (a.v.AsInt64() << n).As<long, E>());

    [MethodImpl(AggressiveInlining)]
    public static V256<E> ShiftRight(V256<E> a, int n) => new(sizeof(E) == 4
        ? (a.v.AsInt32() >>> n).As<int, E>()
        : (a.v.AsInt64() >>> n).As<long, E>());

    [MethodImpl(AggressiveInlining)]
    public static V256<E> Greater(V256<E> a, V256<E> b) => new(Vector256.GreaterThan(a.v, b.v));

    [MethodImpl(AggressiveInlining)]
    public static V256<E> Equal(V256<E> a, V256<E> b) => new(Vector256.Equals(a.v, b.v));

    [MethodImpl(AggressiveInlining)]
    public static V256<E> Select(V256<E> mask, V256<E> yes, V256<E> no) => new(Vector256.ConditionalSelect(mask.v, yes.v, no.v));

    public static bool HasFma
    {
        [MethodImpl(AggressiveInlining)]
        get => Widths.Fma;
    }

    [MethodImpl(AggressiveInlining)]
    public static void ReduceLarge(V256<E> a, V256<E> end, ref V256<E> r, ref V256<E> quarter)
    {
        var large = Greater(Abs(a), end);
        if (!Vector256.EqualsAll(large.v.AsByte(), Vector256<byte>.Zero)) LargeAngle.Reduce<V256<E>, E>(a, ref r, ref quarter);
    }
}
