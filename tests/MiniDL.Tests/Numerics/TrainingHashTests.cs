using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MiniDL.NN;
using MiniDL.Optim;

namespace MiniDL.Tests;

/// <summary>docs/numerics.md: a training run ends with the same bits at every vector width and thread count.</summary>
[Collection(nameof(Serial))]
[Trait("kind", "numeric")]
public sealed class TrainingHashTests
{
    // One constant for every width: the CI runs this class at 128 and 256 bits, and at 512 where the processor has them.
    const string Expected = "AFFE2D81F70D65B91A5CC1C2EAEA3001";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void WeightsHaveTheSameBits(int threads)
    {
        Assert.SkipUnless(Widths.Fma, "without FMA in hardware multiply and add are separate, so the bits are others (docs/numerics.md)");
        var before = Cpu.Threads;
        try
        {
            Cpu.Threads = threads;
            Assert.Equal(Expected, Train());
        }
        finally
        {
            Cpu.Threads = before;
        }
    }

    [Fact]
    public void ARowGivesTheSameBitsInEveryBatch()
    {
        using var stream = Generator.Use(new Generator(5));
        var model = new Net();
        using var scope = model.Inference();
        var x = Tensor.Randn(37, 2, 12, 12);
        var together = model.Forward(x);
        foreach (var i in new[] { 0, 1, 17, 36 })
            Assert.Equal(together[i].ToArray<float>(), model.Forward(x[i..(i + 1)])[0].ToArray<float>());
        Assert.Equal(together[5..30].Contiguous().ToArray<float>(), model.Forward(x[5..30]).ToArray<float>());
    }

    static string Train()
    {
        using var stream = Generator.Use(new Generator(11));
        var model = new Net();
        var optimizer = new AdamW(model.Parameters(), lr: 3e-3);
        var x = Tensor.Randn(48, 2, 12, 12);
        var y = Tensor.RandInt(0, 7, [48]);
        for (var step = 0; step < 12; step++)
        {
            var at = step * 16 % 48;
            Loss.CrossEntropy(model.Forward(x[at..(at + 16)]), y[at..(at + 16)], labelSmoothing: 0.1).Backward();
            Clip.GradNorm(model.Parameters(), 1);
            optimizer.Step();
            optimizer.ZeroGrad();
        }
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, tensor) in model.StateDict())
            hash.AppendData(MemoryMarshal.AsBytes<double>(tensor.Detach().To(DType.Float64).ToArray<double>()));
        return Convert.ToHexString(hash.GetHashAndReset())[..32];
    }

    /// <summary>Something of every class of ops: convolution, norms, pooling, attention, activations, dropout, embedding.</summary>
    sealed class Net : Layer
    {
        readonly Conv2d first = new(2, 24, kernelSize: 3, padding: 1);
        readonly BatchNorm2d norm = new(24);
        readonly Conv2d second = new(24, 32, kernelSize: 3, stride: 2, padding: 1);
        readonly LayerNorm rows = new(32);
        readonly SelfAttention attend = new(32, numHeads: 4);
        readonly Embedding places = new(9, 32);
        readonly Dropout drop = new(0.1);
        readonly Linear up = new(32, 70), head = new(70, 7);

        public override Tensor Forward(Tensor x)
        {
            var h = second.Forward(norm.Forward(first.Forward(x)).Gelu()).Silu().MaxPool2d(2); // [N, 32, 3, 3]
            var tokens = h.Flatten(2).Transpose(1, 2) + places.Forward(Tensor.Arange(9));
            tokens += attend.Forward(rows.Forward(tokens), causal: true);
            return head.Forward(drop.Forward(up.Forward(tokens.Mean(1)).Tanh() + tokens.Softmax(-1).LogSumExp(-1).Sum(1, keepDim: true).Sigmoid()));
        }
    }
}
