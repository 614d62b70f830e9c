namespace MiniDL.Tests;

public class LinearTests
{
    static double[] Expected(double[] x, double[] w, double[]? b, int inputs, int outputs, Activation activation)
    {
        var rows = x.Length / inputs;
        var y = new double[rows * outputs];
        for (var i = 0; i < y.Length; i++)
        {
            double z = b is null ? 0 : b[i % outputs];
            for (var k = 0; k < inputs; k++) z += x[i / outputs * inputs + k] * w[i % outputs * inputs + k];
            y[i] = activation switch
            {
                Activation.Relu => Math.Max(z, 0),
                Activation.Sigmoid => 1 / (1 + Math.Exp(-z)),
                Activation.Tanh => Math.Tanh(z),
                Activation.Gelu => z * 0.5 * (1 + Erf(z / Math.Sqrt(2))),
                _ => z,
            };
        }
        return y;
    }

    // The power series, enough for the arguments here.
    static double Erf(double x)
    {
        double term = x, sum = x;
        for (var n = 1; n < 400; n++)
        {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }
        return 2 / Math.Sqrt(Math.PI) * sum;
    }

    public static readonly TheoryData<Activation> Activations = new(Enum.GetValues<Activation>());

    [Theory]
    [MemberData(nameof(Activations))]
    public void IsTheFormula(Activation activation)
    {
        foreach (var (shape, outputs) in new (int[], int)[] { ([5], 3), ([1, 4], 7), ([64, 10], 33), ([2, 3, 8], 5), ([300, 20], 100) })
            foreach (var biased in new[] { false, true })
                foreach (var fusion in Given.BothWays)
                {
                    using var mode = Fusion.Use(fusion);
                    var x = Given.Of(shape);
                    var w = Given.Of([outputs, shape[^1]], 1) * (0.2 / Math.Sqrt(shape[^1]));
                    var b = biased ? Given.Of([outputs], 2) : null;
                    var expected = Expected(x.ToArray<double>(), w.ToArray<double>(), b?.ToArray<double>(), shape[^1], outputs, activation);
                    var y = x.Linear(w, b, activation);
                    Assert.Equal([.. shape[..^1], outputs], y.Shape.ToArray());
                    Given.AssertNear(expected, y, 1e-11);
                    Given.AssertNear(expected, Given.Strided(x).Linear(Given.Strided(w), b is null ? null : Given.Strided(b), activation), 1e-11);
                    Given.AssertNear(expected, x.To(DType.Float32).Linear(w.To(DType.Float32), b?.To(DType.Float32), activation), 1e-5);
                }
    }

    [Theory]
    [MemberData(nameof(Activations))]
    public void GradientsOfEveryOrder(Activation activation)
    {
        Given.AssertFused(x => x[0].Linear(x[1], x[2], activation), Given.Of([3, 4]), Given.Of([2, 4], 1), Given.Of([2], 2));
        Given.AssertFused(x => x[0].Linear(x[1], null, activation), Given.Of([2, 2, 3]), Given.Of([2, 3], 1));
        Given.AssertFused(x => x[0].Linear(x[1], x[2], activation), Given.Of([3]), Given.Of([2, 3], 1), Given.Of([2], 2));
        using var mode = Fusion.Use(FusedKernels.Off);
        GradientCheck.Run(x => x[0].Linear(x[1], x[2], activation), [Given.Of([2, 3]), Given.Of([3], 1), Given.Of([], 2)], order: 2, eps: 1e-5);
    }

    [Fact]
    public void ASingleOutputLosesItsAxis()
    {
        var y = Given.Of([4, 3]).Linear(Given.Of([3], 1), Given.Of([], 2));
        Given.AssertNear(Expected(Given.Values(12), Given.Values(3, 1), Given.Values(1, 2), 3, 1, Activation.None), y);
        Assert.Equal([4], y.Shape.ToArray());
    }

    [Fact]
    public void ARowIsTheSameInEveryBatch()
    {
        var (x, w, b) = (Given.Of([50, 30], dtype: DType.Float32), Given.Of([17, 30], 1, DType.Float32), Given.Of([17], 2, DType.Float32));
        var all = x.Linear(w, b, Activation.Tanh);
        for (var i = 0; i < 50; i += 7)
            Assert.Equal(all.Narrow(0, i, 1).ToArray<float>(), x.Narrow(0, i, 1).Linear(w, b, Activation.Tanh).ToArray<float>());
    }

    [Fact]
    public void EmptySizes()
    {
        foreach (var fusion in Given.BothWays)
        {
            using var mode = Fusion.Use(fusion);
            Assert.Equal([0, 2], Tensor.Zeros([0, 3]).Linear(Tensor.Zeros([2, 3]), Tensor.Zeros([2])).Shape.ToArray());
            Given.AssertNear([1, 1, 1, 1, 1, 1], Tensor.Zeros([3, 0]).Linear(Tensor.Zeros([2, 0]), Tensor.Ones([2])));
            Given.AssertNear([0, 0], Tensor.Zeros([2, 0]).Linear(Tensor.Zeros([1, 0])));
            var (_, dx) = Given.Gradients(fusion, x => x[0].Linear(x[1], x[2]), Tensor.Zeros([0, 3]), Tensor.Zeros([2, 3]), Tensor.Zeros([2]));
            Given.AssertNear(new double[6], dx[1]);
            Given.AssertNear(new double[2], dx[2]);
        }
    }

    [Fact]
    public void ErrorsNameTheSizes()
    {
        var inner = Assert.Throws<ShapeException>(() => Tensor.Zeros([2, 3]).Linear(Tensor.Zeros([4, 5])));
        Assert.Contains("x [2,3] ends in 3, w [4,5] takes 5", inner.Message, StringComparison.Ordinal);
        var bias = Assert.Throws<ShapeException>(() => Tensor.Zeros([2, 3]).Linear(Tensor.Zeros([4, 3]), Tensor.Zeros([3])));
        Assert.Contains("b has shape [3], w [4,3] gives 4 outputs", bias.Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => Tensor.Scalar(1.0).Linear(Tensor.Zeros([1])));
    }
}
