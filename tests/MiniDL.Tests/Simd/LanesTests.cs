namespace MiniDL.Tests;

public unsafe class LanesTests
{
    public static readonly TheoryData<string> Functions = new(LaneFunctions.All);

    [Theory]
    [MemberData(nameof(Functions))]
    public void SameBitsAtEveryWidth(string function)
    {
        var (a, b) = VectorMathTests.RandomFloats(5003);
        AssertSameBits(
            LaneFunctions.Map<Lane<float>, float>(function, a, b), LaneFunctions.Map<V128<float>, float>(function, a, b),
            LaneFunctions.Map<V256<float>, float>(function, a, b), LaneFunctions.Map<V512<float>, float>(function, a, b));
        var (c, d) = VectorMathTests.RandomDoubles(5003);
        AssertSameBits(
            LaneFunctions.Map<Lane<double>, double>(function, c, d), LaneFunctions.Map<V128<double>, double>(function, c, d),
            LaneFunctions.Map<V256<double>, double>(function, c, d), LaneFunctions.Map<V512<double>, double>(function, c, d));
    }

    // Which NaN it is may differ: the hardware takes one operand's or the other's.
    static void AssertSameBits(float[] expected, params float[][] others)
    {
        foreach (var y in others)
            for (var i = 0; i < y.Length; i++)
                Assert.True(float.IsNaN(y[i]) ? float.IsNaN(expected[i]) : BitConverter.SingleToInt32Bits(y[i]) == BitConverter.SingleToInt32Bits(expected[i]), $"{i}: {y[i]:R}, not {expected[i]:R}");
    }

    static void AssertSameBits(double[] expected, params double[][] others)
    {
        foreach (var y in others)
            for (var i = 0; i < y.Length; i++)
                Assert.True(double.IsNaN(y[i]) ? double.IsNaN(expected[i]) : BitConverter.DoubleToInt64Bits(y[i]) == BitConverter.DoubleToInt64Bits(expected[i]), $"{i}: {y[i]:R}, not {expected[i]:R}");
    }

    [Fact]
    public void MinAndMaxKeepNaN()
    {
        float[] a = [float.NaN, 1, float.NaN, -1, float.NegativeInfinity], b = [1, float.NaN, float.NaN, 2, float.PositiveInfinity];
        Assert.Equal([float.NaN, float.NaN, float.NaN, -1, float.NegativeInfinity], LaneFunctions.Map<V128<float>, float>("min", a, b));
        Assert.Equal([float.NaN, float.NaN, float.NaN, 2, float.PositiveInfinity], LaneFunctions.Map<V128<float>, float>("max", a, b));
    }

    [Fact]
    public void NaNIsNotGreater()
    {
        double y;
        Lane<double>.Store(Lane<double>.IfGreater(Lane<double>.Of(double.NaN), Lane<double>.Of(1), Lane<double>.Of(2), Lane<double>.Of(3)), &y);
        Assert.Equal(3, y);
        Lane<double>.Store(Lane<double>.IfGreater(Lane<double>.Of(1), Lane<double>.Of(double.NaN), Lane<double>.Of(2), Lane<double>.Of(3)), &y);
        Assert.Equal(3, y);
    }

    [Fact]
    public void Integers()
    {
        AssertNumbers<Lane<int>, int>(i => i - 3, int.Max, int.Abs);
        AssertNumbers<V128<int>, int>(i => i - 3, int.Max, int.Abs);
        AssertNumbers<V256<int>, int>(i => i - 3, int.Max, int.Abs);
        AssertNumbers<V512<int>, int>(i => i - 3, int.Max, int.Abs);
        AssertNumbers<Lane<long>, long>(i => (i - 3L) << 20, long.Max, long.Abs);
        AssertNumbers<V128<long>, long>(i => (i - 3L) << 20, long.Max, long.Abs);
        AssertNumbers<V256<long>, long>(i => (i - 3L) << 20, long.Max, long.Abs);
        AssertNumbers<V512<long>, long>(i => (i - 3L) << 20, long.Max, long.Abs);
        AssertNumbers<Lane<byte>, byte>(i => (byte)(i * 5), byte.Max, x => x);
        AssertNumbers<V128<byte>, byte>(i => (byte)(i * 5), byte.Max, x => x);
        AssertNumbers<V256<byte>, byte>(i => (byte)(i * 5), byte.Max, x => x);
        AssertNumbers<V512<byte>, byte>(i => (byte)(i * 5), byte.Max, x => x);
    }

    static void AssertNumbers<T, E>(Func<int, E> value, Func<E, E, E> max, Func<E, E> abs)
        where T : struct, IVectorLanes<T, E>
        where E : unmanaged, System.Numerics.INumber<E>
    {
        E* a = stackalloc E[64], b = stackalloc E[64], y = stackalloc E[64];
        for (var i = 0; i < 64; i++) (a[i], b[i]) = (value(i), value(63 - i));
        var (x, z) = (T.Load(a), T.Load(b));
        void Check(T actual, Func<E, E, E> expected)
        {
            T.Store(actual, y);
            for (var i = 0; i < T.Count; i++) Assert.Equal(expected(a[i], b[i]), y[i]);
        }
        Check(x + z, (p, q) => unchecked(p + q));
        Check(x - z, (p, q) => unchecked(p - q));
        Check(x * z, (p, q) => unchecked(p * q));
        Check(T.Max(x, z), max);
        Check(T.Min(x, z), (p, q) => p + q - max(p, q));
        Check(T.Abs(x), (p, _) => abs(p));
        Check(T.IfGreater(x, z, T.Of(1), T.Of(0)), (p, q) => p > q ? E.One : E.Zero);
        Check(T.Of(7), (_, _) => E.CreateChecked(7));
    }

    [Fact]
    public void PartsOfRegistersTouchNothingElse()
    {
        AssertParts<V128<float>, float>(i => i + 1);
        AssertParts<V256<double>, double>(i => i + 1);
        AssertParts<V512<float>, float>(i => i + 1);
        AssertParts<V512<byte>, byte>(i => (byte)(i + 1));
        AssertParts<V256<long>, long>(i => i + 1);
    }

    static void AssertParts<T, E>(Func<int, E> value)
        where T : struct, IVectorLanes<T, E>
        where E : unmanaged
    {
        E* x = stackalloc E[64], y = stackalloc E[64];
        for (var count = 0; count < T.Count; count++)
        {
            for (var i = 0; i < 64; i++) (x[i], y[i]) = (value(i), default);
            var part = Widths.LoadPartial<T, E>(x, count);
            Widths.StorePartial<T, E>(part, y, count);
            for (var i = 0; i < 64; i++) Assert.Equal(i < count ? value(i) : default, y[i]);
            T.Store(part, y);
            for (var i = count; i < T.Count; i++) Assert.Equal(default, y[i]);
        }
    }
}
