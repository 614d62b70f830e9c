using MiniDL.NN;

namespace MiniDL.Tests.NN;

/// <summary>What layers add to the ops they call.</summary>
public sealed class LayerTests
{
    [Fact]
    public void BatchNormCountsAndMovesItsStatistics()
    {
        var layer = new BatchNorm1d(1, momentum: 0.5);
        var x = Tensor.From([1f, 3], 2, 1);
        layer.Forward(x);
        Assert.Equal((1.0, 1.0, 1.5), (layer.NumBatchesTracked!.Item(), layer.RunningMean!.Item(), layer.RunningVar!.Item()));
        layer.Eval();
        layer.Forward(x);
        Assert.Equal(1, layer.NumBatchesTracked.Item());
    }

    [Fact]
    public void WithoutMomentumTheStatisticsAreAPlainAverage()
    {
        var layer = new BatchNorm1d(1, momentum: null);
        foreach (var center in (float[])[1, 2, 6]) layer.Forward(Tensor.From([center - 1, center + 1], 2, 1));
        Assert.Equal(3, layer.RunningMean!.Item(), 5);
        Assert.Equal(2, layer.RunningVar!.Item(), 5);
    }

    [Fact]
    public void WithoutStatisticsEvaluationUsesTheBatch()
    {
        var layer = new BatchNorm2d(2, trackRunningStats: false);
        layer.Eval();
        Assert.Empty(layer.NamedBuffers());
        Assert.Equal(0, layer.Forward(Tensor.Randn(4, 2, 3, 3)).Mean().Item(), 5);
    }

    [Fact]
    public void BatchNormWantsItsRank()
        => Assert.Equal("BatchNorm2d: x has shape [2,3]; it must be [N, C, H, W]", Assert.Throws<ShapeException>(() => new BatchNorm2d(3).Forward(Tensor.Ones(2, 3))).Message);

    [Fact]
    public void DropoutIsForTraining()
    {
        var layer = new Dropout(0.5);
        var x = Tensor.Ones(1000);
        var y = layer.Forward(x).ToArray<float>();
        Assert.Equal([0f, 2f], y.Distinct().Order());
        layer.Eval();
        Assert.Equal(1000, layer.Forward(x).Sum().Item());
    }

    [Fact]
    public void ThePaddingOfAnEmbeddingIsZeroAndStays()
    {
        var layer = new Embedding(4, 3, paddingIdx: -4);
        Assert.Equal([0f, 0, 0], layer.Weight[0].ToArray<float>());
        layer.Forward(Tensor.From([0L, 1, 0])).Sum().Backward();
        Assert.Equal([0f, 0, 0, 1, 1, 1], layer.Weight.Grad![..2].ToArray<float>());
        Assert.Equal("Embedding(4, 3, paddingIdx: 0) (12)", layer.ToString());
    }

    [Fact]
    public void SelfAttentionIsItsDefinition()
    {
        const int B = 2, T = 5, D = 6, H = 3;
        var layer = new SelfAttention(D, H);
        layer.To(DType.Float64);
        var x = Tensor.Randn([B, T, D], DType.Float64);
        var state = layer.StateDict();
        var parts = x.MatMul(state["in_proj_weight"].T()).Add(state["in_proj_bias"]).Chunk(3, -1);
        var (q, k, v) = (Heads(parts[0]), Heads(parts[1]), Heads(parts[2]));
        var scores = q.MatMul(k.Transpose(-1, -2)) / Math.Sqrt(D / H);
        var allowed = Tensor.Ones([T, T], DType.Float64).Tril() > 0;
        var weights = Tensor.Where(allowed, scores, Tensor.Full([], double.NegativeInfinity, DType.Float64)).Softmax(-1);
        var y = weights.MatMul(v).Transpose(1, 2).Reshape(B, T, D).MatMul(state["out_proj.weight"].T()) + state["out_proj.bias"];
        Assert.True(layer.Forward(x, causal: true).AllClose(y, 1e-9, 1e-9));
        Assert.True(layer.Forward(x, causal: false, mask: allowed).AllClose(y, 1e-9, 1e-9));
        Assert.True(layer.Forward(x[0], causal: true).AllClose(y[0], 1e-9, 1e-9));

        static Tensor Heads(Tensor part) => part.Reshape(B, T, H, D / H).Transpose(1, 2);
    }

    [Fact]
    public void EmptyBatchesPassEveryLayer()
    {
        Layer[] layers =
        [
            new Conv2d(2, 4, 3, padding: 1), new BatchNorm2d(4), new Relu(), new MaxPool2d(2), new AvgPool2d(2), new ConvTranspose2d(4, 2, 2), new GroupNorm(1, 2), new Flatten(),
            new Linear(18, 6), new LayerNorm(6), new Dropout(), new Gelu(), new Softmax(1),
        ];
        var model = new Sequential(layers);
        var y = model.Forward(Tensor.Zeros([0, 2, 8, 8], requiresGrad: true));
        Assert.Equal([0, 6], y.Shape.ToArray());
        y.Sum().Backward();
        Assert.All(model.Parameters().Where(p => p.HasGrad), p => Assert.Equal(0, p.Grad!.Abs().Sum().Item()));
    }

    [Fact]
    public void DefaultsArePyTorchs()
    {
        Generator.Seed(3);
        Bound(new Linear(50, 200).Weight, 1 / Math.Sqrt(50));
        Bound(new Linear(50, 200).Bias!, 1 / Math.Sqrt(50));
        Bound(new Conv2d(8, 64, 3, groups: 2).Weight, 1 / Math.Sqrt(4 * 9));
        Bound(new ConvTranspose2d(16, 8, 3).Weight, 1 / Math.Sqrt(8 * 9));
        Bound(Init.XavierUniform(Tensor.Empty([30, 70]), gain: 2), 2 * Math.Sqrt(6.0 / 100));
        Bound(Init.KaimingUniform(Tensor.Empty([100, 40, 3]), nonlinearity: Nonlinearity.Relu), Math.Sqrt(6.0 / 120));
        var normal = Init.KaimingNormal(Tensor.Empty([400, 100]), fan: Fan.Out, nonlinearity: Nonlinearity.Tanh);
        Assert.Equal(5.0 / 3 / Math.Sqrt(400), normal.Std().Item(), 0.002);

        static void Bound(Tensor w, double bound)
        {
            var largest = w.Abs().Max().Item();
            Assert.InRange(largest, 0.95 * bound, bound);
            Assert.Equal(0, w.Mean().Item(), bound / 10);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    public void SizesArePositive(int size)
    {
        Assert.StartsWith($"Linear: inFeatures is {size}; it must be positive", Assert.Throws<ArgumentOutOfRangeException>(() => new Linear(size, 2)).Message, StringComparison.Ordinal);
        Assert.StartsWith($"Conv2d: kernelSize is {size}; it must be positive", Assert.Throws<ArgumentOutOfRangeException>(() => new Conv2d(1, 1, size)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BadArgumentsAreNamed()
    {
        Assert.StartsWith("Conv2d: 2 groups do not divide 3 input channels and 4 output channels", Assert.Throws<ArgumentException>(() => new Conv2d(3, 4, 1, groups: 2)).Message, StringComparison.Ordinal);
        Assert.StartsWith("Dropout: p is 1.5; a probability lies between 0 and 1", Assert.Throws<ArgumentOutOfRangeException>(() => new Dropout(1.5)).Message, StringComparison.Ordinal);
        Assert.StartsWith("SelfAttention: 3 heads do not divide width 8", Assert.Throws<ArgumentException>(() => new SelfAttention(8, 3)).Message, StringComparison.Ordinal);
        Assert.StartsWith("Sequential: there is a 'a' already", Assert.Throws<ArgumentException>(() => new Sequential { { "a", new Relu() }, { "a", new Relu() } }).Message, StringComparison.Ordinal);
        Assert.StartsWith("Sequential: 'a.b' is no name", Assert.Throws<ArgumentException>(() => new Sequential { { "a.b", new Relu() } }).Message, StringComparison.Ordinal);
        Assert.StartsWith("Parameter: a Int64 tensor has no gradient", Assert.Throws<ArgumentException>(() => new Parameter(Tensor.Zeros([1], DType.Int64))).Message, StringComparison.Ordinal);
    }
}
