using MiniDL.NN;

namespace MiniDL.Tests.NN;

/// <summary>Deep copies.</summary>
public sealed class CloneTests
{
    sealed class Net : Layer
    {
        readonly Linear a = new(2, 2), b;
        readonly ModuleList<Linear> list = new(new Linear(2, 2), new Linear(2, 2));
        [Buffer] readonly Tensor count = Tensor.Zeros(1);

        public Net() => b = a;

        public override Tensor Forward(Tensor x)
        {
            foreach (var layer in list) x = layer.Forward(x);
            return b.Forward(a.Forward(x)) + count;
        }
    }

    [Fact]
    public void ACopySharesNothingAndIsTiedWhereTheOriginalIs()
    {
        var net = new Net();
        net.Parameters()[1].RequiresGrad = false;
        Net copy = net.Clone();
        var x = Tensor.Randn(3, 2);
        Assert.Equal(net.Forward(x).ToArray<float>(), copy.Forward(x).ToArray<float>());
        Assert.Equal(net.NamedParameters().Keys, copy.NamedParameters().Keys);
        Assert.Equal(6, copy.Parameters().Count);
        Assert.Equal(net.Parameters().Select(p => p.RequiresGrad), copy.Parameters().Select(p => p.RequiresGrad));
        foreach (var p in copy.Parameters())
            using (Autograd.NoGrad()) p.Fill(0);
        copy.NamedBuffers()["count"].Fill(1);
        Assert.Equal([1f, 1, 1, 1, 1, 1], copy.Forward(x).ToArray<float>());
        Assert.NotEqual([1f, 1, 1, 1, 1, 1], net.Forward(x).ToArray<float>());
        Assert.Equal(0, net.NamedBuffers()["count"].Item());
    }

    [Fact]
    public void HandlersAndPathsStayWithTheOriginal()
    {
        var model = new Sequential(new Relu());
        var calls = 0;
        model[0].Forwarded += (_, _) => calls++;
        model.Forward(Tensor.Ones(1));
        var copy = model.Clone();
        copy.Forward(Tensor.Ones(1));
        Assert.Equal(1, calls);
        Assert.Equal("0", copy[0].Path);
    }
}
