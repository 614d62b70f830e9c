using MiniDL.NN;
using MiniDL.Optim;

namespace MiniDL.Tests.Optim;

/// <summary>Optimizers against their formulas in plain double arithmetic, fused and composed.</summary>
public sealed class OptimizerTests
{
    const int Steps = 7;

    /// <summary>The gradient of the test problem: that of Σ w²·(i + 1)/2 − w.</summary>
    static double Slope(double w, int i) => w * (i + 1) - 1;

    static double[] Reference(Func<double, double, int, double[], double> step, int count)
    {
        var w = Enumerable.Range(0, count).Select(i => 0.31 * i - 1.03).ToArray();
        var state = w.Select(_ => new double[3]).ToArray();
        for (var t = 1; t <= Steps; t++)
            for (var i = 0; i < count; i++)
                w[i] = step(w[i], Slope(w[i], i), t, state[i]);
        return w;
    }

    static double[] Run(Func<Parameter[], Optimizer> build, int count, DType dtype)
    {
        var w = new Parameter(Tensor.From(Enumerable.Range(0, count).Select(i => 0.31 * i - 1.03).ToArray()).To(dtype));
        var unused = new Parameter(Tensor.Ones([3], dtype));
        var optimizer = build([unused, w]);
        var scale = Tensor.From(Enumerable.Range(1, count).Select(i => (double)i).ToArray()).To(dtype);
        for (var t = 0; t < Steps; t++)
        {
            (w.Square() * scale / 2 - w).Sum().Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }
        Assert.Equal([1.0, 1, 1], unused.To(DType.Float64).ToArray<double>());
        return w.To(DType.Float64).ToArray<double>();
    }

    static void Check(Func<Parameter[], Optimizer> build, Func<double, double, int, double[], double> step)
    {
        foreach (var count in (int[])[1, 7, 35])
        {
            var expected = Reference(step, count);
            foreach (var mode in (FusedKernels[])[FusedKernels.Required, FusedKernels.Off])
            {
                using var fusion = Fusion.Use(mode);
                // 1e-9: the two orders of rounding part by a few units, which a large second derivative multiplies.
                foreach (var (y, e) in Run(build, count, DType.Float64).Zip(expected)) Assert.Equal(e, y, 1e-9 * Math.Max(1, Math.Abs(e)));
                foreach (var (y, e) in Run(build, count, DType.Float32).Zip(expected)) Assert.Equal(e, y, 2e-4 * Math.Max(1, Math.Abs(e)));
            }
        }
    }

    [Fact]
    public void PlainSgd() => Check(p => new Sgd(p, lr: 0.01, weightDecay: 0.1), (w, g, t, s) => w - 0.01 * (g + 0.1 * w));

    [Fact]
    public void SgdUphill() => Check(p => new Sgd(p, lr: 0.01, maximize: true), (w, g, t, s) => w + 0.01 * g);

    [Fact]
    public void SgdWithMomentum() => Check(p => new Sgd(p, lr: 0.01, momentum: 0.8, dampening: 0.3), (w, g, t, s) =>
    {
        s[0] = t == 1 ? g : 0.8 * s[0] + 0.7 * g;
        return w - 0.01 * s[0];
    });

    [Fact]
    public void SgdWithNesterovsMomentum() => Check(p => new Sgd(p, lr: 0.01, momentum: 0.8, nesterov: true), (w, g, t, s) =>
    {
        s[0] = t == 1 ? g : 0.8 * s[0] + g;
        return w - 0.01 * (g + 0.8 * s[0]);
    });

    [Fact]
    public void AdagradWithDecay() => Check(p => new Adagrad(p, lr: 0.1, lrDecay: 0.05, weightDecay: 0.01, initialAccumulator: 0.2), (w, g, t, s) =>
    {
        if (t == 1) s[0] = 0.2;
        g += 0.01 * w;
        s[0] += g * g;
        return w - 0.1 / (1 + (t - 1) * 0.05) * g / (Math.Sqrt(s[0]) + 1e-10);
    });

    [Fact]
    public void PlainRmsProp() => Check(p => new RmsProp(p, lr: 0.01, alpha: 0.9), (w, g, t, s) =>
    {
        s[0] = 0.9 * s[0] + 0.1 * g * g;
        return w - 0.01 * g / (Math.Sqrt(s[0]) + 1e-8);
    });

    [Fact]
    public void CenteredRmsPropWithMomentum() => Check(p => new RmsProp(p, lr: 0.01, alpha: 0.9, eps: 0.01, momentum: 0.5, centered: true), (w, g, t, s) =>
    {
        s[0] = 0.9 * s[0] + 0.1 * g * g;
        s[1] = 0.9 * s[1] + 0.1 * g;
        s[2] = 0.5 * s[2] + g / (Math.Sqrt(s[0] - s[1] * s[1]) + 0.01);
        return w - 0.01 * s[2];
    });

    static double AdamStep(double w, double g, int t, double[] s, bool amsGrad)
    {
        s[0] = 0.9 * s[0] + 0.1 * g;
        s[1] = 0.99 * s[1] + 0.01 * g * g;
        s[2] = Math.Max(s[2], s[1]);
        return w - 0.02 / (1 - Math.Pow(0.9, t)) * s[0] / (Math.Sqrt(amsGrad ? s[2] : s[1]) / Math.Sqrt(1 - Math.Pow(0.99, t)) + 1e-8);
    }

    [Fact]
    public void PlainAdam() => Check(p => new Adam(p, lr: 0.02, beta2: 0.99, weightDecay: 0.1), (w, g, t, s) => AdamStep(w, g + 0.1 * w, t, s, amsGrad: false));

    [Fact]
    public void AdamWithAmsGrad() => Check(p => new Adam(p, lr: 0.02, beta2: 0.99, amsGrad: true), (w, g, t, s) => AdamStep(w, g, t, s, amsGrad: true));

    [Fact]
    public void AdamWithDecoupledDecay() => Check(p => new AdamW(p, lr: 0.02, beta2: 0.99, weightDecay: 0.1), (w, g, t, s) => AdamStep(w * (1 - 0.02 * 0.1), g, t, s, amsGrad: false));

    [Fact]
    public void GroupsHaveOptionsOfTheirOwn()
    {
        var (a, b) = (new Parameter(Tensor.Ones(1)), new Parameter(Tensor.Ones(1)));
        var optimizer = new Sgd([new ParameterGroup([a]) { Lr = 0.5 }, new ParameterGroup([b])], lr: 0.25, momentum: 0.9);
        Assert.Equal((0.5, 0.25, 0.9, 0.9), (optimizer.Groups[0].Lr, optimizer.Groups[1].Lr, optimizer.Groups[0].Momentum, optimizer.Groups[1].Momentum));
        (a + b).Sum().Backward();
        optimizer.Step();
        Assert.Equal((0.5, 0.75), (a.Item(), b.Item()));
        optimizer.Lr = 0;
        optimizer.Step();
        Assert.Equal((0.5, 0.75), (a.Item(), b.Item()));
    }

    [Fact]
    public void WhatDoesNotFitIsRefused()
    {
        var w = new Parameter(Tensor.Ones(2));
        Assert.StartsWith("AdamW: there is no parameter to train", Assert.Throws<ArgumentException>(() => new AdamW(new Relu().Parameters())).Message, StringComparison.Ordinal);
        Assert.StartsWith("Sgd: parameter 1 of shape [2] is parameter 0 again; it would be updated twice", Assert.Throws<ArgumentException>(() => new Sgd([w, w])).Message, StringComparison.Ordinal);
        Assert.StartsWith("Lr is -1; it must be a number of at least 0", Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd([w], lr: -1)).Message, StringComparison.Ordinal);
        Assert.StartsWith("Beta2 is 1; it must be at least 0 and below 1", Assert.Throws<ArgumentOutOfRangeException>(() => new Adam([w], beta2: 1)).Message, StringComparison.Ordinal);
        Assert.StartsWith("Sgd: nesterov needs momentum and no dampening; they are 0 and 0", Assert.Throws<ArgumentException>(() => new Sgd([w], nesterov: true)).Message, StringComparison.Ordinal);
        Assert.StartsWith("Adam: a group sets Momentum, which Adam has not", Assert.Throws<ArgumentException>(() => new Adam([new ParameterGroup([w]) { Momentum = 0.5 }])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheOptimizerFollowsTheModel()
    {
        var layer = new Linear(2, 1);
        var optimizer = new Adam(layer.Parameters());
        Step(DType.Float32);
        layer.To(DType.Float64);
        Step(DType.Float64);
        Assert.Equal(DType.Float64, optimizer.StateDict()["state.0.exp_avg"].DType);

        void Step(DType dtype)
        {
            layer.Forward(Tensor.Ones([1, 2], dtype)).Sum().Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }
    }

    [Fact]
    public void AStateGoesOnToTheSameBits()
    {
        var (a, b) = (new Linear(3, 2), new Linear(3, 2));
        var x = Tensor.Randn(4, 3);
        var (first, second) = (new AdamW(a.Parameters(), lr: 0.1, amsGrad: true), new AdamW(b.Parameters(), amsGrad: true));
        Train(a, first, 3);
        b.LoadStateDict(a.StateDict());
        second.LoadStateDict(first.StateDict(a), b);
        Train(a, first, 3);
        Train(b, second, 3);
        Assert.Equal(a.Weight.ToArray<float>(), b.Weight.ToArray<float>());
        Assert.Contains("state.weight.max_exp_avg_sq", first.StateDict(a).Keys);

        void Train(Linear layer, Optimizer optimizer, int steps)
        {
            for (var i = 0; i < steps; i++)
            {
                optimizer.ZeroGrad();
                layer.Forward(x).Square().Sum().Backward();
                optimizer.Step();
            }
        }
    }

    [Fact]
    public void AStateThatDoesNotFitListsEverythingAndChangesNothing()
    {
        var w = new Parameter(Tensor.Ones(2));
        var optimizer = new Adam([w], lr: 0.5);
        w.Sum().Backward();
        optimizer.Step();
        var state = new Dictionary<string, Tensor>(optimizer.StateDict()) { ["group.0.lr"] = Tensor.Scalar(7), ["state.0.exp_avg"] = Tensor.Ones(3), ["x"] = Tensor.Ones(1) };
        state.Remove("state.0.exp_avg_sq");
        state["version"] = Tensor.Scalar(2);
        var error = Assert.Throws<ArgumentException>(() => optimizer.LoadStateDict(state));
        Assert.Equal(
            """
            Adam.LoadStateDict: the state does not fit, nothing was changed:
              version 2 is newer than 1, the newest that this library knows
              shape: state.0.exp_avg is [3], it must be [2]
              missing: state.0.exp_avg_sq
              unexpected: x (Parameter 'state')
            """, error.Message.ReplaceLineEndings());
        Assert.Equal(0.5, optimizer.Lr);
    }

    [Fact]
    public void AStepAllocatesAlmostNothing()
    {
        var model = new Sequential(new Linear(40, 40), new Linear(40, 40));
        var optimizer = new AdamW(model.Parameters());
        foreach (var p in model.Parameters()) p.Grad = Tensor.Ones(p.Shape);
        for (var i = 0; i < 50; i++) optimizer.Step();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) optimizer.Step();
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1000, $"{GC.GetAllocatedBytesForCurrentThread() - before} bytes in 100 steps");
    }
}
