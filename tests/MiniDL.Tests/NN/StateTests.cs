using MiniDL.IO;
using MiniDL.NN;

namespace MiniDL.Tests.NN;

/// <summary>State dictionaries: whole or not at all.</summary>
public sealed class StateTests
{
    static Sequential Net(int width = 3) => new(new Linear(2, width), new BatchNorm1d(width), new Linear(width, 1));

    [Fact]
    public void NamesArePyTorchs()
        => Assert.Equal(
            ["0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked", "2.weight", "2.bias"],
            Net().StateDict().Keys);

    [Fact]
    public void SelfAttentionHasPyTorchsNames()
        => Assert.Equal(["in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"], new SelfAttention(8, numHeads: 2).StateDict().Keys);

    [Fact]
    public void StateGoesThroughAStream()
    {
        var (net, other) = (Net(), Net());
        net.Forward(Tensor.Randn(4, 2));
        using var stream = new MemoryStream();
        net.Save(stream);
        stream.Position = 0;
        Assert.True(other.Load(stream).IsComplete);
        net.Eval();
        other.Eval();
        var x = Tensor.Randn(5, 2);
        Assert.Equal(net.Forward(x).ToArray<float>(), other.Forward(x).ToArray<float>());
    }

    [Fact]
    public void AStrictLoadListsEverythingAndChangesNothing()
    {
        var net = Net();
        var before = net.StateDict().ToDictionary(p => p.Key, p => p.Value.Clone());
        var state = new Dictionary<string, Tensor>(Net(width: 4).StateDict()) { ["3.weight"] = Tensor.Ones(1) };
        state.Remove("2.bias");
        var error = Assert.Throws<ArgumentException>(() => net.LoadStateDict(state));
        Assert.Equal(
            """
            Sequential: the state does not fit, nothing was loaded:
              missing: 2.bias
              unexpected: 3.weight
              shape: 0.weight is [3,2] in the module, [4,2] in the state
              shape: 0.bias is [3] in the module, [4] in the state
              shape: 1.weight is [3] in the module, [4] in the state
              shape: 1.bias is [3] in the module, [4] in the state
              shape: 1.running_mean is [3] in the module, [4] in the state
              shape: 1.running_var is [3] in the module, [4] in the state
              shape: 2.weight is [1,3] in the module, [1,4] in the state (Parameter 'state')
            """, error.Message.ReplaceLineEndings());
        Assert.All(net.StateDict(), p => Assert.True(p.Value.Eq(before[p.Key]).All().Item<bool>()));
    }

    [Fact]
    public void AReportedLoadTakesWhatFits()
    {
        var net = Net();
        var report = net.LoadStateDict(new Dictionary<string, Tensor> { ["0.bias"] = Tensor.Full([3], 7), ["x"] = Tensor.Ones(1), ["2.bias"] = Tensor.Ones(2) }, strict: false);
        Assert.Equal([7f, 7, 7], net.NamedParameters()["0.bias"].ToArray<float>());
        Assert.Equal(["x"], report.Unexpected);
        Assert.Equal(["2.bias is [1] in the module, [2] in the state"], report.Mismatched);
        Assert.Equal(7, report.Missing.Count);
    }

    [Fact]
    public void NamesMayBeChangedOnTheWay()
    {
        var net = Net();
        var state = Net().StateDict().ToDictionary(p => "model." + p.Key, p => p.Value);
        state["optimizer"] = Tensor.Ones(1);
        Assert.True(net.LoadStateDict(state, rename: name => name.StartsWith("model.", StringComparison.Ordinal) ? name["model.".Length..] : null).IsComplete);
        Assert.Equal(state["model.0.weight"].ToArray<float>(), net.NamedParameters()["0.weight"].ToArray<float>());
    }

    sealed class TwoNames : Module
    {
        readonly Parameter a = new(Tensor.Zeros(2));
        readonly Parameter b;

        public TwoNames() => b = a;

        public Tensor Value => b;
    }

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    public void ATiedParameterLoadsFromAnyOfItsNames(string name)
    {
        var module = new TwoNames();
        Assert.True(module.LoadStateDict(new Dictionary<string, Tensor> { [name] = Tensor.Of([1f, 2]) }).IsComplete);
        Assert.Equal([1f, 2], module.Value.ToArray<float>());
    }

    [Fact]
    public void ATiedParameterIsSavedOnceWithItsOtherNameInTheMetadata()
    {
        using var stream = new MemoryStream();
        new TwoNames().Save(stream);
        stream.Position = 0;
        var file = Safetensors.Load(stream);
        Assert.Equal(["a"], file.Keys);
        Assert.Equal("a", file.Metadata["b"]);
    }

    [Fact]
    public void LoadingKeepsDTypeAndObjects()
    {
        var net = new Linear(1, 1);
        var weight = net.Weight;
        net.LoadStateDict(new Dictionary<string, Tensor> { ["weight"] = Tensor.Full([1, 1], 3, DType.Float64), ["bias"] = Tensor.Full([1], 4, DType.Int64) });
        Assert.Same(weight, net.Weight);
        Assert.Equal((3f, 4f), (net.Weight.Item<float>(), net.Bias!.Item<float>()));
    }
}
