namespace MiniDL.Tests;

/// <summary>Operands and comparisons of the tests of fused ops.</summary>
internal static class Given
{
    /// <summary>Fixed numbers between −2 and 2, all different.</summary>
    public static double[] Values(long count, int seed = 0)
    {
        var values = new double[count];
        for (var i = 0; i < values.Length; i++) values[i] = 2 * Math.Sin(1.7 * i + 0.3 + seed);
        return values;
    }

    /// <summary>The numbers as a tensor.</summary>
    public static Tensor Of(int[] shape, int seed = 0, DType dtype = DType.Float64)
        => Tensor.From<double>(Values(Layout.Of(shape).Count, seed)).Reshape(shape).To(dtype);

    /// <summary>Equal numbers that lie in memory with other strides: transposed, and every second element.</summary>
    public static Tensor Strided(Tensor x)
    {
        if (x.Rank < 2) return Tensor.Stack([x, x], x.Rank).Select(x.Rank, 0);
        var turned = x.Transpose(0, x.Rank - 1).Clone().Transpose(0, x.Rank - 1);
        return Tensor.Stack([turned, turned], x.Rank).Select(x.Rank, 0);
    }

    /// <summary>Asserts every element; NaN must be NaN.</summary>
    public static void AssertNear(ReadOnlySpan<double> expected, Tensor actual, double tolerance = 1e-12)
    {
        var values = actual.To(DType.Float64).ToArray<double>();
        Assert.Equal(expected.Length, values.Length);
        for (var i = 0; i < values.Length; i++)
            if (!(Math.Abs(values[i] - expected[i]) <= tolerance * (1 + Math.Abs(expected[i]))) && !values[i].Equals(expected[i]))
                Assert.Fail(FormattableString.Invariant($"element {i} of {actual.Shape} is {values[i]:R}, expected {expected[i]:R}"));
    }

    /// <summary>Asserts that two tensors have the same shape and nearly the same elements.</summary>
    public static void AssertNear(Tensor expected, Tensor actual, double tolerance = 1e-12)
    {
        Assert.Equal(expected.Shape.ToArray(), actual.Shape.ToArray());
        AssertNear(expected.To(DType.Float64).ToArray<double>(), actual, tolerance);
    }

    /// <summary>With the backend's kernels, which must exist, and without.</summary>
    public static readonly FusedKernels[] BothWays = [FusedKernels.Required, FusedKernels.Off];

    /// <summary>The gradients of Σ f(x)·w, w uneven, by the kernels or without.</summary>
    public static (Tensor Y, Tensor[] Dx) Gradients(FusedKernels fusion, Func<Tensor[], Tensor> f, params Tensor[] x)
    {
        using var mode = Fusion.Use(fusion);
        Tensor[] leaves = [.. x.Select(u => u.Detach().Clone())];
        foreach (var leaf in leaves) leaf.RequiresGrad = leaf.DType.IsFloat();
        var y = f(leaves);
        var dy = Of(y.Shape.ToArray(), 5, y.DType);
        var dx = Autograd.Grad((y * dy).Sum(), [.. leaves.Where(u => u.RequiresGrad)]);
        return (y.Detach(), [.. dx.Select(g => g!)]);
    }

    /// <summary>Asserts that kernel and composite agree in result and gradients, and that the gradients are right, to second order.</summary>
    public static void AssertFused(Func<Tensor[], Tensor> f, params Tensor[] x)
    {
        var (y, dx) = Gradients(FusedKernels.Required, f, x);
        var (expectedY, expectedDx) = Gradients(FusedKernels.Off, f, x);
        AssertNear(expectedY, y);
        for (var i = 0; i < dx.Length; i++) AssertNear(expectedDx[i], dx[i], 1e-11);
        foreach (var fusion in BothWays)
        {
            using var mode = Fusion.Use(fusion);
            GradientCheck.Run(u => f([.. u]), x, order: 2, eps: 1e-5);
        }
    }
}
