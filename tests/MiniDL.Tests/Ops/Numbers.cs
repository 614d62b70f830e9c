namespace MiniDL.Tests;

/// <summary>Operands of op tests: fixed numbers between −2 and 2, all different.</summary>
internal static class Numbers
{
    /// <summary>Float64 numbers of a shape.</summary>
    public static Tensor Of(params int[] shape)
    {
        var layout = Layout.Of(shape);
        var values = new double[layout.Count];
        for (var i = 0; i < values.Length; i++) values[i] = 2 * Math.Sin(1.7 * i + 0.3);
        return Tensor.From(values).Reshape(shape);
    }

    /// <summary>0, 1, 2, … as Int64.</summary>
    public static Tensor Count(params int[] shape) => Tensor.Arange(Layout.Of(shape).Count).Reshape(shape);

    /// <summary>Asserts shape and elements.</summary>
    public static void AssertIs<T>(Tensor actual, int[] shape, params T[] expected) where T : unmanaged
    {
        Assert.Equal(shape, actual.Shape.ToArray());
        Assert.Equal(expected, actual.ToArray<T>());
    }

    /// <summary>Asserts shape and elements, within rounding.</summary>
    public static void AssertNear(Tensor actual, int[] shape, params double[] expected)
    {
        Assert.Equal(shape, actual.Shape.ToArray());
        var values = actual.ToArray<double>();
        for (var i = 0; i < expected.Length; i++)
            if (!(Math.Abs(values[i] - expected[i]) <= 1e-12 * (1 + Math.Abs(expected[i]))) && !values[i].Equals(expected[i]))
                Assert.Fail(FormattableString.Invariant($"element {i} is {values[i]:R}, expected {expected[i]:R}"));
    }
}
