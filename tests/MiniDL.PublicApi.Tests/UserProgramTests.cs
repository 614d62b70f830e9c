using MiniDL.Data;
using MiniDL.IO;
using MiniDL.NN;
using MiniDL.Optim;

namespace MiniDL.PublicApi.Tests;

/// <summary>Programs as a user of the package writes them: nothing internal is in sight.</summary>
public sealed class UserProgramTests
{
    [Fact]
    public void TensorsFeelLikeNumPy()
    {
        var a = Tensor.Of([[1f, 2, 3], [4, 5, 6]]);
        var b = Tensor.Ones(3, 4);
        var c = a.MatMul(b).Relu() + 1;
        var (rows, columns) = c.Shape;
        Assert.Equal((2, 4), (rows, columns));
        var last = c[^1];
        Assert.Equal([16f, 16, 16, 16], last.ToArray<float>());
        var part = c[.., 1..3];
        Assert.Equal(8, c[c > 0].Length);
        part[..] = 0;
        c[c > 8] = 5;
        c[0] += last;
        Assert.Equal([12f, 0, 0, 12, 5, 0, 0, 5], c.ToArray<float>());
        Assert.Equal(5, c[1, 0].Item());
        Assert.Equal(8, c.AsSpan<float>().Length);
        Assert.Equal("12.00", $"{c[0, 0]:F2}");
    }

    [Fact]
    public void GradientsOfGradients()
    {
        Func<Tensor, Tensor> f = x => (x * x * x).Sum();
        var w = Tensor.Of([1.0, -2.0, 0.5]);
        w.RequiresGrad = true;
        var y = f(w);
        var g = Autograd.Grad(y, w, createGraph: true);
        Assert.Equal([3.0, 12, 0.75], g.ToArray<double>());
        y.Backward();
        using (Autograd.NoGrad()) w[..] -= 0.1 * w.Grad!;
        Assert.Equal(0.7, w[0].Item(), 12);
        Assert.True(Autograd.Hvp(f, w, v: Tensor.Of([1.0, 0, 0])).AllClose(Tensor.Of([4.2, 0, 0])));
        Assert.Equal([3, 3], Autograd.Hessian(f, w).Shape.ToArray());
        GradientCheck.Run(f, w, order: 2);
    }

    /// <summary>Captured parameters, several layers, a parameter of one's own.</summary>
    sealed class Block(int width) : Layer
    {
        readonly LayerNorm norm = new(width);
        readonly SelfAttention attend = new(width, numHeads: 4);
        readonly Linear up = new(width, 4 * width), down = new(4 * width, width);
        readonly Parameter scale = new(Tensor.Ones(width));
        [Buffer] readonly Tensor calls = Tensor.Zeros(1);

        public override Tensor Forward(Tensor x)
        {
            using (Autograd.NoGrad()) calls.AddInPlace(1);
            x += attend.Forward(norm.Forward(x), causal: true);
            return x + scale * down.Forward(up.Forward(x).Gelu());
        }
    }

    [Fact]
    public void AModuleOfOnesOwnTrainsSavesAndLoads()
    {
        using var stream = Generator.Use(new Generator(3));
        var model = new Sequential(new Block(16), new Flatten(), new Linear(16 * 5, 3));
        Assert.Contains("0.attend.in_proj_weight", model.NamedParameters().Select(p => p.Key));
        Assert.Contains("0.calls", model.StateDict().Keys);
        var (x, y) = (Tensor.Randn(8, 5, 16), Tensor.RandInt(0, 3, [8]));
        var optimizer = new AdamW(model.Parameters(), lr: 1e-2);
        var losses = new List<double>();
        for (var step = 0; step < 30; step++)
        {
            var loss = Loss.CrossEntropy(model.Forward(x), y);
            loss.Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
            losses.Add(loss.Item());
        }
        Assert.True(losses[^1] < losses[0] / 4, $"{losses[0]} → {losses[^1]}");

        using var file = new MemoryStream();
        model.Save(file);
        file.Position = 0;
        var again = new Sequential(new Block(16), new Flatten(), new Linear(16 * 5, 3));
        again.Load(file);
        using var scope = model.Inference();
        using var scopeAgain = again.Inference();
        Assert.Equal(model.Forward(x).ToArray<float>(), again.Forward(x).ToArray<float>());
    }

    readonly struct Gaussian(float a) : IFormula
    {
        public T Invoke<T>(T x) where T : struct, ILanes<T> => T.Exp(T.Of(-a) * x * x);
    }

    [Fact]
    public void AnOpOfOnesOwnHasGradientsOfEveryOrder()
    {
        var x = Tensor.Of([0.3, -1.2, 2.0]);
        var y = x.Apply(new Gaussian(0.5f));
        Assert.Equal(Math.Exp(-0.5 * 0.09), y[0].Item(), 12);
        GradientCheck.Run(u => u.Apply(new Gaussian(0.5f)), x, order: 2);

        x.RequiresGrad = true;
        var g = x.Apply(new Gaussian(0.5f));
        for (var order = 1; order <= 3; order++) g = Autograd.Grad(g.Sum(), x, createGraph: true);
        using (Autograd.NoGrad()) Assert.True(g.AllClose((3 * x - x.Pow(3)) * x.Apply(new Gaussian(0.5f)), rtol: 1e-10));

        Autograd.Custom(x, forward: u => u.Sign(), backward: (u, dy) => dy * (u.Abs() < 1)).Sum().Backward();
        Assert.Equal([1.0, 0, 0], x.Grad!.ToArray<double>());
    }

    /// <summary>A data set of one's own.</summary>
    sealed class Squares(int count) : Dataset
    {
        public override int Count => count;

        public override (Tensor X, Tensor Y) this[int index] => (Tensor.Of([(float)index]), Tensor.Of([(float)index * index]));
    }

    [Fact]
    public void ADataSetOfOnesOwnIsBatchedAndShuffled()
    {
        var seen = new List<float>();
        foreach (var (x, y) in new DataLoader(new Squares(10), batchSize: 4, shuffle: true, generator: new Generator(1)))
        {
            Assert.True((x * x == y).All().Item<bool>());
            seen.AddRange(x.ToArray<float>());
        }
        Assert.NotEqual(seen.Order(), seen);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (float)i), seen.Order());
    }

    [Fact]
    public void AStoppedRunGoesOn()
    {
        var path = Path.GetTempFileName();
        try
        {
            var model = new Sequential(new Linear(2, 2));
            var optimizer = new Sgd(model.Parameters(), lr: 0.1, momentum: 0.9);
            var schedule = new CosineDecay(optimizer, period: 10);
            Checkpoint.Save(path, 3, model, optimizer, schedule);
            Assert.Equal(3, Checkpoint.Load(path, model, optimizer, schedule));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void ErrorsNameLayerArgumentRuleAndValues()
    {
        var model = new Sequential(new Conv2d(1, 4, kernelSize: 3), new Relu(), new Conv2d(3, 16, kernelSize: 3));
        var error = Assert.Throws<ShapeException>(() => model.Forward(Tensor.Zeros(8, 1, 32, 32)));
        Assert.Equal("Conv2d '2': x has 4 channels, w takes 3 (x [8,4,30,30], w [16,3,3,3], groups 1)", error.Message);
        Assert.Equal((1, 3L, 4L), (error.Axis, error.Expected, error.Actual));

        error = Assert.Throws<ShapeException>(() => Tensor.Zeros(64, 784).MatMul(Tensor.Zeros(512, 10)));
        Assert.Equal("MatMul: the inner sizes differ: a [64,784] ends in 784, b [512,10] starts in 512", error.Message);

        var x = Tensor.Ones([2], requiresGrad: true);
        var y = (x * x).Sum();
        y.Backward();
        Assert.Equal("Backward: an earlier Backward has freed this graph; pass retainGraph: true to that one", Assert.Throws<InvalidOperationException>(() => y.Backward()).Message);
    }
}
