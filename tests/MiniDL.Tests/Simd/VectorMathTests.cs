namespace MiniDL.Tests;

public class VectorMathTests
{
    static readonly double[] Special =
    [
        0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, -double.Epsilon, 1e-310, 1, -1, 2, -2, 0.5, -0.5, 3, -3, 2.5, -2.5,
        double.MaxValue, double.MinValue, 1e300, 1e-300, -1e-300, 800, -800, -740, -100, 100, 89, -104, 1e16, 4503599627370497.5, 9007199254740993, -9007199254740991, 9007199254740994,
    ];

    public static readonly TheoryData<string> Functions = new(LaneFunctions.Mathematics);

    /// <summary>Units in the last place of a double, denormals included.</summary>
    static double Ulp(double value) => Math.BitIncrement(Math.Abs(value)) - Math.Abs(value);

    static double UlpSingle(double value) => Math.Max(Math.Pow(2, Math.Floor(Math.Log2(Math.Abs(value))) - 23), float.Epsilon);

    [Theory]
    [MemberData(nameof(Functions))]
    public void DoublesAgainstExactValues(string function)
    {
        var rows = VectorMathTable.Rows.Where(row => row.Function == function).ToArray();
        var y = LaneFunctions.Map<V128<double>, double>(function, [.. rows.Select(row => row.X)], [.. rows.Select(row => row.Y)]);
        for (var i = 0; i < y.Length; i++)
        {
            var error = Math.Abs(y[i] - rows[i].Value - rows[i].Error) / Ulp(rows[i].Value);
            Assert.True(error <= 2.5, $"{function}({rows[i].X:R}, {rows[i].Y:R}) = {y[i]:R} is off by {error} units in the last place");
        }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void FloatsAgainstDoubles(string function)
    {
        var (a, b) = RandomFloats(40000);
        var exact = LaneFunctions.Map<V128<double>, double>(function, [.. a.Select(x => (double)x)], [.. b.Select(x => (double)x)]);
        var y = LaneFunctions.Map<V128<float>, float>(function, a, b);
        for (var i = 0; i < y.Length; i++)
        {
            if (double.IsNaN(exact[i])) Assert.True(float.IsNaN(y[i]), $"{function}({a[i]:R}, {b[i]:R}) = {y[i]:R} is not NaN");
            else if (float.IsInfinity((float)exact[i]) || exact[i] == 0) Assert.Equal((float)exact[i], y[i]);
            else
            {
                var error = Math.Abs(y[i] - exact[i]) / UlpSingle(exact[i]);
                Assert.True(error <= 2.5, $"{function}({a[i]:R}, {b[i]:R}) = {y[i]:R} is off by {error} units in the last place");
            }
        }
    }

    [Fact]
    public void SpecialValuesAreThoseOfDotNet()
    {
        (string, Func<double, double>)[] unary =
        [
            ("exp", Math.Exp), ("log", Math.Log), ("tanh", Math.Tanh), ("sin", Math.Sin), ("cos", Math.Cos),
            ("expm1", x => Math.Abs(x) < 1e-9 ? x : Math.Exp(x) - 1), ("log1p", x => Math.Abs(x) < 1e-9 ? x : Math.Log(1 + x)),
            ("erf", x => Math.Abs(x) < 1e-9 ? x * 1.1283791670955126 : Math.Abs(x) > 6 ? Math.Sign(x) : double.NaN),
        ];
        foreach (var (function, reference) in unary)
        {
            var x = Array.FindAll(Special, x => function != "erf" || double.IsNaN(x) || !double.IsNaN(reference(x)));
            AssertLikeDouble(function, x, x, [.. x.Select(reference)]);
            AssertLikeSingle(function, x, x, [.. x.Select(v => reference((float)v))]);
        }
        var pairs = (from a in Special from b in Special select (a, b)).ToArray();
        AssertLikeDouble("pow", [.. pairs.Select(p => p.a)], [.. pairs.Select(p => p.b)], [.. pairs.Select(p => Math.Pow(p.a, p.b))]);
        AssertLikeSingle("pow", [.. pairs.Select(p => p.a)], [.. pairs.Select(p => p.b)], [.. pairs.Select(p => Math.Pow((float)p.a, (float)p.b))]);
    }

    [Fact]
    public void DenormalResultsAreKept()
    {
        Assert.Equal(3.783505853677006e-44f, LaneFunctions.Map<V128<float>, float>("exp", [-100f], [0f])[0]);
        Assert.Equal(Math.Exp(-740), LaneFunctions.Map<V128<double>, double>("exp", [-740.0], [0.0])[0]);
        Assert.Equal(double.Epsilon, LaneFunctions.Map<V128<double>, double>("pow", [2.0], [-1074.0])[0]);
    }

    static void AssertLikeDouble(string function, double[] a, double[] b, double[] expected)
    {
        var y = LaneFunctions.Map<V128<double>, double>(function, a, b);
        for (var i = 0; i < y.Length; i++) AssertLike($"{function}({a[i]:R}, {b[i]:R})", expected[i], y[i], 1e-15, double.Epsilon);
    }

    static void AssertLikeSingle(string function, double[] a, double[] b, double[] expected)
    {
        var y = LaneFunctions.Map<V128<float>, float>(function, [.. a.Select(x => (float)x)], [.. b.Select(x => (float)x)]);
        for (var i = 0; i < y.Length; i++) AssertLike($"{function}({(float)a[i]:R}f, {(float)b[i]:R}f)", (float)expected[i], y[i], 4e-7, float.Epsilon);
    }

    // Zeros, infinities and NaN to the sign; all else nearly.
    static void AssertLike(string call, double expected, double actual, double tolerance, double smallest)
    {
        var same = expected == 0 || !double.IsFinite(expected)
            ? actual.Equals(expected) && double.IsNegative(actual) == double.IsNegative(expected) || double.IsNaN(actual) && double.IsNaN(expected)
            : Math.Abs(actual - expected) <= tolerance * Math.Abs(expected) + smallest;
        Assert.True(same, $"{call} = {actual:R}, not {expected:R}");
    }

    /// <summary>Bit patterns, numbers around 0, and small whole numbers.</summary>
    internal static (float[] A, float[] B) RandomFloats(int count)
    {
        var random = new Random(3);
        float Next() => random.Next(3) switch
        {
            0 => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)),
            1 => (float)(random.NextDouble() * 20 - 10),
            _ => random.Next(-5, 6),
        };
        var (a, b) = (new float[count], new float[count]);
        for (var i = 0; i < count; i++) (a[i], b[i]) = (Next(), Next());
        return (a, b);
    }

    /// <summary>The same of doubles.</summary>
    internal static (double[] A, double[] B) RandomDoubles(int count)
    {
        var random = new Random(4);
        double Next() => random.Next(3) switch
        {
            0 => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)),
            1 => random.NextDouble() * 20 - 10,
            _ => random.Next(-5, 6),
        };
        var (a, b) = (new double[count], new double[count]);
        for (var i = 0; i < count; i++) (a[i], b[i]) = (Next(), Next());
        return (a, b);
    }
}
