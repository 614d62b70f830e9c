namespace MiniDL.Tests;

/// <summary>Hooks, kept gradients, buffers of the caller's, derivatives of higher order, functions of one's own.</summary>
public sealed class GradientTests
{
    static Tensor Leaf(params double[] values) => Tensor.Of(values, requiresGrad: true);

    [Fact]
    public void HooksSeeAndReplaceGradients()
    {
        var x = Leaf(1, 2);
        double[] seen = [];
        var h = x * 3;
        h.RegisterHook(g =>
        {
            seen = g.ToArray<double>();
            return g * 10;
        });
        x.RegisterHook(_ => null);
        (h * h).Sum().Backward();
        Assert.Equal([6, 12], seen);
        Assert.Equal([180, 360], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void RetainGradKeepsAnIntermediateGradient()
    {
        var x = Leaf(1, 2);
        var h = (x * 3).RetainGrad();
        (h * h).Sum().Backward();
        Assert.True(h.HasGrad);
        Assert.Equal([6, 12], h.Grad!.ToArray<double>());
    }

    [Fact]
    public void CompletedLeavesAreCalledOnceInAFixedOrder()
    {
        List<string> Order()
        {
            var (order, x) = (new List<string>(), Leaf(1));
            var (a, b) = (Leaf(2), Leaf(3));
            a.OnGradCompleted(g => order.Add($"a {g.Item()}"));
            b.OnGradCompleted(g => order.Add($"b {g.Item()}"));
            ((x * a) * b + (a * a)).Backward();
            return order;
        }
        Assert.Equal(["b 2", "a 7"], Order());
        Assert.Equal(Order(), Order());
    }

    [Fact]
    public void GradientsComeTogetherInTheCallersBuffer()
    {
        var x = Leaf(1, 2);
        var flat = Tensor.Zeros([4], DType.Float64);
        var buffer = flat.Narrow(0, 1, 2);
        x.Grad = buffer;
        for (var i = 0; i < 2; i++) (x * x).Sum().Backward();
        Assert.Equal([0, 4, 8, 0], flat.ToArray<double>());
        Assert.Same(buffer, x.Grad);
        x.ZeroGrad();
        Assert.Equal([0, 0, 0, 0], flat.ToArray<double>());
        (x * x).Sum().Backward();
        Assert.Equal([0, 2, 4, 0], flat.ToArray<double>());
        Assert.Contains("the buffer has shape", Assert.Throws<ShapeException>(() => x.Grad = flat).Message, StringComparison.Ordinal);
        Assert.Contains("the buffer is Float32, the leaf is Float64", Assert.Throws<ArgumentException>(() => x.Grad = Tensor.Zeros(2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AParameterMayBeASliceOfAFlatBuffer()
    {
        var flat = Tensor.Of([1.0, 2, 3, 4]);
        var w = flat.Narrow(0, 1, 2);
        w.RequiresGrad = true;
        (w * w).Sum().Backward();
        using (Autograd.NoGrad()) w[..] -= w.Grad!;
        Assert.Equal([1, -2, -3, 4], flat.ToArray<double>());
    }

    [Fact]
    public void GradTouchesNoLeaf()
    {
        var (x, z) = (Leaf(3), Leaf(5));
        var y = x * x * x;
        var g = Autograd.Grad(y, x, createGraph: true);
        Assert.Equal(27, g.Item());
        Assert.Equal(18, Autograd.Grad(g, x, createGraph: true).Item());
        Assert.False(x.HasGrad);
        Assert.Null(Autograd.Grad(x * 2, [x, z])[1]);
        var h = x * 2;
        Assert.Equal(12, Autograd.Grad(h * h, h).Item()); // not only leaves
    }

    static Tensor Cubes(Tensor x) => (x * x * x).Sum() + (x[0] * x[1]);

    [Fact]
    public void HessianAndHvpAreTheClosedForm()
    {
        var x = Tensor.Of([1.0, 2, 3]);
        Assert.Equal([6, 1, 0, 1, 12, 0, 0, 0, 18], Autograd.Hessian(Cubes, x).ToArray<double>());
        Assert.Equal([3, 3], Autograd.Hessian(Cubes, x).Shape.ToArray());
        Assert.Equal([8, 25, 54], Autograd.Hvp(Cubes, x, Tensor.Of([1.0, 2, 3])).ToArray<double>());
        Assert.Equal([0, 0], Autograd.Hvp(u => u.Sum(), Tensor.Of([1.0, 2]), Tensor.Of([1.0, 1])).ToArray<double>());
        using (Autograd.NoGrad()) Assert.Equal(6, Autograd.Hessian(Cubes, x)[0, 0].Item());
    }

    [Fact]
    public void JacobianIsTheClosedForm()
    {
        var a = Tensor.Of([[1.0, 2, 3], [4, 5, 6]]);
        var x = Tensor.Of([1.0, 0.5, -1]);
        Assert.Equal(a.ToArray<double>(), Autograd.Jacobian(a.MatMul, x).ToArray<double>());
        var square = Autograd.Jacobian(u => u * u, Tensor.Of([[1.0, 2], [3, 4]]));
        Assert.Equal([2, 2, 2, 2], square.Shape.ToArray());
        Assert.Equal(2 + 4 + 6 + 8, square.Sum().Item());
        Assert.Equal(8, square[1, 1, 1, 1].Item());
    }

    [Fact]
    public void CustomIsAStraightThroughEstimator()
    {
        var x = Leaf(-2, 0.5, 3);
        Autograd.Custom(x, forward: u => u.Sign(), backward: (u, dy) => dy * (u.Abs() < 1)).Sum().Backward();
        Assert.Equal([0, 1, 0], x.Grad!.ToArray<double>());
        var (a, b) = (Leaf(2), Leaf(5));
        var y = Autograd.Custom([a, b], u => u[0] * u[1], (u, dy) => [dy * u[1], null]);
        y.Backward();
        Assert.Equal(5, a.Grad!.Item());
        Assert.False(b.HasGrad);
    }

    readonly struct Gaussian(float a) : IFormula
    {
        public T Invoke<T>(T x) where T : struct, ILanes<T> => T.Exp(T.Of(-a) * x * x);
    }

    [Fact]
    public void AFormulaHasDerivativesOfEveryOrder()
    {
        var x = Leaf(0.7);
        var d1 = Autograd.Grad(x.Apply(new Gaussian(1)), x, createGraph: true);
        var d2 = Autograd.Grad(d1, x, createGraph: true);
        var d3 = Autograd.Grad(d2, x);
        var e = Math.Exp(-0.49);
        Assert.Equal(-1.4 * e, d1.Item(), 1e-14);
        Assert.Equal(((4 * 0.49) - 2) * e, d2.Item(), 1e-14);
        Assert.Equal(((12 * 0.7) - (8 * 0.343)) * e, d3.Item(), 1e-13);
    }

    [Fact]
    public void GradientCheckNamesOperandIndexAndBothNumbers()
    {
        var x = Tensor.Of([1.0, 2]);
        GradientCheck.Run(u => u.Exp() * u.Sin(), x, order: 2);
        var error = Assert.Throws<GradientCheckException>(() => GradientCheck.Run(u => Autograd.Custom(u, v => v.Square(), (v, dy) => dy * v * 3), x));
        Assert.Matches(@"operand 0 of shape \[2\], element 0: gradient 1\.5, by differences (1\.0000|0\.9999)", error.Message);
        Assert.Contains("no operand is Float64", Assert.Throws<ArgumentException>(() => GradientCheck.Run(u => u, Tensor.Ones(2))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DetectAnomalyNamesTheOpAndTheDirection()
    {
        using var scope = Autograd.DetectAnomaly();
        var error = Assert.Throws<ArithmeticException>(() => Tensor.Of([1.0, -1]).Log());
        Assert.Equal("Log: made a NaN or an infinity of finite operands (shapes [2] → [2])", error.Message);
        var x = Leaf(0, 1);
        var y = x.Sqrt().Sum();
        Assert.StartsWith("Sqrt: its backward made a NaN or an infinity", Assert.Throws<ArithmeticException>(() => y.Backward()).Message, StringComparison.Ordinal);
        Assert.True(double.IsNaN((Tensor.Of([double.NaN]) + 1)[0].Item())); // it came in from outside
    }
}
