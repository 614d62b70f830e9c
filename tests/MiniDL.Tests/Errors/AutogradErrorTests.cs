using MiniDL.NN;

namespace MiniDL.Tests;

/// <summary>What autograd says when it is asked for what cannot be.</summary>
public sealed class AutogradErrorTests
{
    static void AssertSays<T>(string text, Func<object?> action) where T : Exception
        => Assert.Contains(text, Assert.Throws<T>(() => { action(); }).Message, StringComparison.Ordinal);

    static object? Do(Action action)
    {
        action();
        return null;
    }

    static readonly Tensor Free = Tensor.Ones(2);

    static Tensor Leaf() => Tensor.Ones([2], requiresGrad: true);

    [Fact]
    public void Backward()
    {
        AssertSays<InvalidOperationException>("Backward: nothing this tensor depends on requires a gradient (or it was computed under NoGrad)", () => Do(() => Free.Sum().Backward()));
        AssertSays<ShapeException>("Backward: y has shape [2]; only a single number can do without a gradient of y's shape", () => Do(() => (Leaf() * 2).Backward()));
        AssertSays<ShapeException>("Backward: the gradient has shape [3], y has [2]", () => Do(() => (Leaf() * 2).Backward(Tensor.Ones(3))));
        AssertSays<ArgumentException>("Backward: the gradient is Float64 on cpu, y is Float32 on cpu", () => Do(() => (Leaf() * 2).Backward(Tensor.Ones([2], DType.Float64))));
    }

    [Fact]
    public void Grad()
    {
        var x = Leaf();
        var y = x * 2;
        AssertSays<InvalidOperationException>("Grad: this tensor does not require a gradient; set RequiresGrad = true before it is used", () => Free.Grad);
        AssertSays<InvalidOperationException>("Grad: this leaf has none yet; call Backward() on a result that depends on it (HasGrad asks)", () => x.Grad);
        AssertSays<InvalidOperationException>("Grad: only leaves keep one, and Multiply made this tensor; call RetainGrad() before Backward(), or, to update a leaf, write w[..] -= …", () => y.Grad);
        AssertSays<InvalidOperationException>("Grad: nothing has come here yet", () => y.RetainGrad().Grad);
        AssertSays<InvalidOperationException>("Grad: only a leaf that requires a gradient can be given one", () => Do(() => Free.Grad = Free));
        AssertSays<InvalidOperationException>("Grad: y does not depend on x", () => Autograd.Grad(y.Sum(), Leaf()));
        AssertSays<InvalidOperationException>("Grad: x[0] does not require a gradient; set RequiresGrad = true before y is computed", () => Autograd.Grad(y.Sum(), Free));
        AssertSays<InvalidOperationException>("Grad: nothing that y depends on requires a gradient", () => Autograd.Grad(Free.Sum(), x));
    }

    [Fact]
    public void RequiresGrad()
    {
        AssertSays<InvalidOperationException>("RequiresGrad: a Int64 tensor has no gradient; use Float32 or Float64", () => Do(() => Tensor.Arange(3).RequiresGrad = true));
        AssertSays<InvalidOperationException>("RequiresGrad: Multiply made this tensor, it cannot leave its graph; use Detach()", () => Do(() => (Leaf() * 2).RequiresGrad = false));
        AssertSays<InvalidOperationException>("RetainGrad: this tensor does not require a gradient", () => Free.RetainGrad());
        AssertSays<InvalidOperationException>("RegisterHook: this tensor does not require a gradient", () => Do(() => Free.RegisterHook(g => g)));
        AssertSays<InvalidOperationException>("OnGradCompleted: only a leaf that requires a gradient has such a moment", () => Do(() => (Leaf() * 2).OnGradCompleted(_ => { })));
    }

    [Fact]
    public void AHookThatGivesAnotherShape()
    {
        var x = Leaf();
        var y = x * 2;
        y.RegisterHook(_ => Tensor.Ones(3));
        AssertSays<ShapeException>("Hook of Multiply: it gave a gradient of shape [3], the tensor has [2]", () => Do(() => y.Sum().Backward()));
    }

    [Fact]
    public void AFailedBackwardChangesNoLeaf()
    {
        var (x, w) = (Leaf(), Leaf());
        var bad = Autograd.Custom(x, u => u.Exp(), (_, _) => throw new NotSupportedException("no"));
        Assert.Throws<NotSupportedException>(() => (bad * x).Sum().Backward());
        Assert.False(x.HasGrad);
        (x * w).Sum().Backward();
        Assert.Equal([1f, 1], x.Grad!.ToArray<float>());
    }

    [Fact]
    public void ANaNTargetGivesANaNLossAndAnomalyModeNamesWhere()
    {
        var x = Leaf();
        var loss = Loss.Mse(x, Tensor.Of([1f, float.NaN]));
        Assert.True(double.IsNaN(loss.Item()));
        loss.Backward();
        Assert.Equal([true, false], x.Grad!.IsNan().LogicalNot().ToArray<bool>());
        using var scope = Autograd.DetectAnomaly();
        AssertSays<ArithmeticException>("Log", () => (Free * 0).Log());
    }

    sealed class Root : Layer
    {
        public override Tensor Forward(Tensor x) => x.Sqrt();
    }

    [Fact]
    public void AnomalyModeNamesTheLayer()
    {
        var model = new Sequential(new Linear(2, 2), new Linear(2, 1), new Root());
        var last = ((Linear)model[1]).Weight;
        using (Autograd.NoGrad()) ((Linear)model[0]).Weight.Fill(1);
        using var scope = Autograd.DetectAnomaly();
        using (Autograd.NoGrad()) last.Fill(0);
        using (Autograd.NoGrad()) ((Linear)model[1]).Bias!.Fill(0);
        // √ has no slope at 0.
        AssertSays<ArithmeticException>("Sqrt '2': its backward made a NaN or an infinity", () => Do(() => model.Forward(Free).Sum().Backward()));
        using (Autograd.NoGrad()) last.Fill(3e38);
        AssertSays<ArithmeticException>("Linear '1': made a NaN or an infinity", () => model.Forward(Free * 1e6));
    }
}
