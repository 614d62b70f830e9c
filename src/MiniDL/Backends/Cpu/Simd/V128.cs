using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace MiniDL;

/// <summary>A register of 128 bits.</summary>
/// <typeparam name="E">The element: float, double, int, long or byte (a truth value); the functions of <see cref="ILanes{T}"/> are there for float and double.</typeparam>
internal readonly unsafe struct V128<E> : IVectorLanes<V128<E>, E>, IBitLanes<V128<E>, E> where E : unmanaged
{
    readonly Vector128<E> v;

    [MethodImpl(AggressiveInlining)]
    V128(Vector128<E> v) => this.v = v;

    /// <summary>The number in the first lane.</summary>
    public E First
    {
        [MethodImpl(AggressiveInlining)]
        get => v.ToScalar();
    }

    /// <summary>A number in the first lane, zeros in the others.</summary>
    [MethodImpl(AggressiveInlining)]
    public static V128<E> OfFirst(E value) => new(Vector128.CreateScalar(value));

    public static int Count => Vector128<E>.Count;

    [MethodImpl(AggressiveInlining)]
    public static V128<E> Load(E* p) => new(Vector128.Load(p));

    [MethodImpl(AggressiveInlining)]
    public static void Store(V128<E> a, E* p) => Vector128.Store(a.v, p);

    [MethodImpl(AggressiveInlining)]
    public static V128<E> Broadcast(E value) => new(Vector128.Create(value));

    [MethodImpl(AggressiveInlining)]
    public static V128<E> Of(Number value) => new(
        typeof(E) == typeof(float) ? Vector128.Create(value.Single).As<float, E>()
        : typeof(E) == typeof(double) ? Vector128.Create(value.Double).As<double, E>()
        : Vector128.Create(Element.Of<E>(value)));

    [MethodImpl(AggressiveInlining)]
    public static V128<E> operator +(V128<E> a, V128<E> b) => new(a.v + b.v);

    [MethodImpl(AggressiveInlining)]
    public static V128<E> operator -(V128<E> a, V128<E> b) => new(a.v - b.v);

    [MethodImpl(AggressiveInlining)]
    public static V128<E> operator *(V128<E> a, V128<E> b) => new(a.v * b.v);

    [MethodImpl(AggressiveInlining)]
    public static V128<E> operator /(V128<E> a, V128<E> b) => new(a.v / b.v);

    [MethodImpl(AggressiveInlining)]
    public static V128<E> operator -(V128<E> a) => new(-a.v);

    [MethodImpl(AggressiveInlining)]
    public static V128<E> Abs(V128<E> a) => new(Vector128.Abs(a.v));

    // Spelled out for floats, so that the choice among zeros is the same at every width: the hardware's differ.
    [MethodImpl(AggressiveInlining)]
    public static V128<E> Min(V128<E> a, V128<E> b) => new(Element.IsReal<E>()
        ? Vector128.ConditionalSelect(Vector128.LessThan(a.v, b.v) | ~Vector128.Equals(a.v, a.v), a.v, b.v)
        : Vector128.Min(a.v, b.v));

    [MethodImpl(AggressiveInlining)]
    public static V128<E> Max(V128<E> a, V128<E> b) => new(Element.IsReal<E>()
        ? Vector128.ConditionalSelect(Vector128.GreaterThan(a.v, b.v) | ~Vector128.Equals(a.v, a.v), a.v, b.v)
        : Vector128.Max(a.v, b.v));

    [MethodImpl(AggressiveInlining)]
    public static V128<E> IfGreater(V128<E> a, V128<E> b, V128<E> yes, V128<E> no) =>
        new(Vector128.ConditionalSelect(Vector128.GreaterThan(a.v, b.v), yes.v, no.v));

    [MethodImpl(AggressiveInlining)]
    public static V128<E> Fma(V128<E> a, V128<E> b, V128<E> c)
    {
        if (!Widths.Fma) return new(a.v * b.v + c.v);
        return new(sizeof(E) == 4
            ? Vector128.FusedMultiplyAdd(a.v.AsSingle(), b.v.AsSingle(), c.v.AsSingle()).As<float, E>()
            : Vector128.FusedMultiplyAdd(a.v.AsDouble(), b.v.AsDouble(), c.v.AsDouble()).As<double, E>());
    }

    [MethodImpl(AggressiveInlining)]
    public static V128<E> Sqrt(V128<E> a) => new(Vector128.Sqrt(a.v));

    [MethodImpl(AggressiveInlining)]
    public static V128<E> Floor(V128<E> a) =>
        new(sizeof(E) == 4 ? Vector128.Floor(a.v.AsSingle()).As<float, E>()
        : Vector128.Floor(a.v.AsDouble()).As<double, E>());

    [MethodImpl(AggressiveInlining)]
    public static V128<E> Exp(V128<E> a) => VectorMath<V128<E>, E>.Exp(a);

    [MethodImpl(AggressiveInlining)]
    public static V128<E> Log(V128<E> a) => VectorMath<V128<E>, E>.Log(a);

    [MethodImpl(AggressiveInlining)]
    public static V128<E> Expm1(V128<E> a) => VectorMath<V128<E>, E>.Expm1(a);

    [MethodImpl(AggressiveInlining)]
    public static V128<E> Log1p(V128<E> a) => VectorMath<V128<E>, E>.Log1p(a);

    [MethodImpl(AggressiveInlining)]
    public static V128<E> Tanh(V128<E> a) => VectorMath<V128<E>, E>.Tanh(a);

    [MethodImpl(AggressiveInlining)]
    public static V128<E> Sin(V128<E> a) => VectorMath<V128<E>, E>.Sin(a);

    [MethodImpl(AggressiveInlining)]
    public static V128<E> Cos(V128<E> a) => VectorMath<V128<E>, E>.Cos(a);

    [MethodImpl(AggressiveInlining)]
    public static V128<E> Erf(V128<E> a) => VectorMath<V128<E>, E>.Erf(a);

    [MethodImpl(AggressiveInlining)]
    public static V128<E> Pow(V128<E> a, V128<E> b) => VectorMath<V128<E>, E>.Pow(a, b);

    [MethodImpl(AggressiveInlining)]
    public static V128<E> Real(double value) => new(sizeof(E) == 4
        ? Vector128.Create((float)value).As<float, E>()
        : Vector128.Create(value).As<double, E>());

    [MethodImpl(AggressiveInlining)]
    public static V128<E> FromBits(long bits) => new(sizeof(E) == 4
        ? Vector128.Create((int)bits).As<int, E>()
        : Vector128.Create(bits).As<long, E>());

    [MethodImpl(AggressiveInlining)]
    public static V128<E> operator &(V128<E> a, V128<E> b) => new(a.v & b.v);

    [MethodImpl(AggressiveInlining)]
    public static V128<E> operator |(V128<E> a, V128<E> b) => new(a.v | b.v);

    [MethodImpl(AggressiveInlining)]
    public static V128<E> operator ^(V128<E> a, V128<E> b) => new(a.v ^ b.v);

    [MethodImpl(AggressiveInlining)]
    public static V128<E> AddBits(V128<E> a, V128<E> b) => new(sizeof(E) == 4
        ? (a.v.AsInt32() + b.v.AsInt32()).As<int, E>()
        : (a.v.AsInt64() + b.v.AsInt64()).As<long, E>());

    [MethodImpl(AggressiveInlining)]
    public static V128<E> SubtractBits(V128<E> a, V128<E> b) => new(sizeof(E) == 4
        ? (a.v.AsInt32() - b.v.AsInt32()).As<int, E>()
        : (a.v.AsInt64() - b.v.AsInt64()).As<long, E>());

    [MethodImpl(AggressiveInlining)]
    public static V128<E> ShiftLeft(V128<E> a, int n) => new(sizeof(E) == 4
        ? (a.v.AsInt32() << n).As<int, E>()
        : (a.v.AsInt64() << n).As<long, E>());

    [MethodImpl(AggressiveInlining)]
    public static V128<E> ShiftRight(V128<E> a, int n) => new(sizeof(E) == 4
        ? (a.v.AsInt32() >>> n).As<int, E>()
        : (a.v.AsInt64() >>> n).As<long, E>());

    [MethodImpl(AggressiveInlining)]
    public static V128<E> Greater(V128<E> a, V128<E> b) => new(Vector128.GreaterThan(a.v, b.v));

    [MethodImpl(AggressiveInlining)]
    public static V128<E> Equal(V128<E> a, V128<E> b) => new(Vector128.Equals(a.v, b.v));

    [MethodImpl(AggressiveInlining)]
    public static V128<E> Select(V128<E> mask, V128<E> yes, V128<E> no) => new(Vector128.ConditionalSelect(mask.v, yes.v, no.v));

    public static bool HasFma
    {
        [MethodImpl(AggressiveInlining)]
        get => Widths.Fma;
    }

    [MethodImpl(AggressiveInlining)]
    public static void ReduceLarge(V128<E> a, V128<E> end, ref V128<E> r, ref V128<E> quarter)
    {
        var large = Greater(Abs(a), end);
        if (!Vector128.EqualsAll(large.v.AsByte(), Vector128<byte>.Zero)) LargeAngle.Reduce<V128<E>, E>(a, ref r, ref quarter);
    }
}
