using System.Reflection;

namespace MiniDL.Tests;

/// <summary>The graph: what its nodes hold, how deep it may be, and its guards against silent errors.</summary>
public sealed class GraphTests
{
    static Tensor Leaf(params double[] values) => Tensor.Of(values, requiresGrad: true);

    [Fact]
    public void NoNodeHoldsATensor()
    {
        var nodes = typeof(Tensor).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(GradNode)) && t != typeof(LeafNode)).ToArray();
        Assert.True(nodes.Length > 20, $"only {nodes.Length} kinds of nodes were found");
        var holding = nodes.SelectMany(t => t.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(f => f.FieldType == typeof(Tensor) || f.FieldType == typeof(Tensor[]) || typeof(IEnumerable<Tensor>).IsAssignableFrom(f.FieldType))
            .Select(f => $"{f.DeclaringType!.Name}.{f.Name}");
        Assert.Empty(holding);
    }

    [Fact]
    public void AWriteToASavedOperandIsNoticed()
    {
        var x = Leaf(1, 2);
        var h = x * 3;
        var y = (h * h).Sum();
        using (Autograd.NoGrad()) h.Fill(0);
        var error = Assert.Throws<InvalidOperationException>(() => y.Backward());
        Assert.Contains("Multiply: an operand of shape [2] that its backward needs was changed in place since (1 writes)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AWriteThroughAViewIsNoticedToo()
    {
        var x = Leaf(1, 2);
        var h = x.Exp();
        using (Autograd.NoGrad()) h[0] = 5;
        var error = Assert.Throws<InvalidOperationException>(() => h.Sum().Backward());
        Assert.StartsWith("Exp: an operand", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnAdditionKeepsNothingSoAWriteIsFree()
    {
        var x = Leaf(1, 2);
        var (a, b) = (x * 2, x * 3);
        var y = a + b;
        using (Autograd.NoGrad()) a.Fill(0);
        y.Sum().Backward();
        Assert.Equal([5, 5], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void ASecondBackwardIsRefused()
    {
        var x = Leaf(1, 2);
        var y = (x * x).Sum();
        y.Backward();
        var error = Assert.Throws<InvalidOperationException>(() => y.Backward());
        Assert.Equal("Backward: an earlier Backward has freed this graph; pass retainGraph: true to that one", error.Message);
        Assert.Equal([2, 4], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void APartThatWasFreedIsRefusedToo()
    {
        var x = Leaf(1, 2);
        var h = x * x;
        h.Sum().Backward();
        var error = Assert.Throws<InvalidOperationException>(() => (h * 3).Sum().Backward());
        Assert.StartsWith("Backward: an earlier Backward has freed this graph", error.Message, StringComparison.Ordinal);
        Assert.Equal([2, 4], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void RetainedGraphsGoTwice()
    {
        var x = Leaf(1, 2);
        var y = (x * x).Sum();
        y.Backward(retainGraph: true);
        y.Backward();
        Assert.Equal([4, 8], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void AGradientThatIsNotRecordedIsRefusedUnderCreateGraph()
    {
        var x = Leaf(2);
        var y = Autograd.Custom(x, u => u.Square(), (u, dy) => (dy * u * 2).Detach());
        var error = Assert.Throws<InvalidOperationException>(() => Autograd.Grad(y, x, createGraph: true));
        Assert.Equal("Custom: its backward made a gradient that is not recorded; compute it from dy and the operands by tensor ops", error.Message);
        Assert.Equal(4, Autograd.Grad(Autograd.Custom(x, u => u.Square(), (u, dy) => (dy * u * 2).Detach()), x).Item());
    }

    [Fact]
    public void AGradientOfAnotherShapeOrDTypeIsRefused()
    {
        var x = Leaf(1, 2);
        var wide = Autograd.Custom(x, u => u.Square(), (u, dy) => dy.Unsqueeze(0)).Sum();
        Assert.Equal("Custom: its backward made a gradient of shape [1,2] for an operand of shape [2]", Assert.Throws<InvalidOperationException>(() => wide.Backward()).Message);
        var narrow = Autograd.Custom(x, u => u.Square(), (u, dy) => dy.To(DType.Float32)).Sum();
        Assert.Equal("Custom: its backward made a Float32 gradient for a Float64 operand", Assert.Throws<InvalidOperationException>(() => narrow.Backward()).Message);
        var few = Autograd.Custom([x, x], u => u[0] + u[1], (_, dy) => [dy]).Sum();
        Assert.Equal("Custom: backward gave 1 gradients for 2 operands", Assert.Throws<InvalidOperationException>(() => few.Backward()).Message);
    }

    [Fact]
    public void AGraphOf150000Ops()
    {
        var x = Leaf(1);
        var y = x;
        for (var i = 0; i < 150_000; i++) y += 1e-5;
        y.Backward();
        Assert.Equal(1, x.Grad!.Item());
        Assert.Equal(2.5, y.Item(), 1e-6);
    }

    [Fact]
    public void ManyUsesOfOneResultAddUp()
    {
        var x = Leaf(1.01);
        var y = x;
        for (var i = 0; i < 40; i++) y += y; // 2⁴⁰ paths, 40 nodes
        y.Backward();
        Assert.Equal(Math.Pow(2, 40), x.Grad!.Item());
    }

    [Fact]
    public void ThreadsShareLeaves()
    {
        const int Threads = 4, Steps = 50;
        var w = Tensor.Ones([300], DType.Float64, requiresGrad: true);
        var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < Steps; i++) (w * 2).Sum().Backward();
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Assert.All(w.Grad!.ToArray<double>(), g => Assert.Equal(2.0 * Threads * Steps, g));
    }

    [Fact]
    public void ModesArePerThreadAndNest()
    {
        var x = Leaf(1);
        using (Autograd.NoGrad())
        {
            Assert.False(Autograd.IsRecording);
            Assert.False((x * 2).RequiresGrad);
            using (Autograd.EnableGrad()) Assert.True((x * 2).RequiresGrad);
            Assert.False(Autograd.IsRecording);
            var elsewhere = new Thread(() => Assert.True(Autograd.IsRecording));
            elsewhere.Start();
            elsewhere.Join();
        }
        Assert.True(Autograd.IsRecording);
    }
}
