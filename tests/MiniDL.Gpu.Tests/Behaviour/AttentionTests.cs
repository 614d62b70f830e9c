namespace MiniDL.Gpu.Tests;

/// <summary>Attention over several tiles of queries, keys and columns, which its rows are too small for.</summary>
public abstract class AttentionTests<TBackend> where TBackend : ITestBackend
{
    const int B = 3, Tq = 70, Tk = 150, D = 20, Dv = 70;

    [Theory]
    [InlineData(DType.Float32, "all", 1e-4)]
    [InlineData(DType.Float32, "causal", 1e-4)]
    [InlineData(DType.Float32, "mask", 1e-4)]
    [InlineData(DType.Float32, "added", 1e-4)]
    [InlineData(DType.Float64, "all", 1e-12)]
    [InlineData(DType.Float64, "causal", 1e-12)]
    [InlineData(DType.Float64, "mask", 1e-12)]
    [InlineData(DType.Float64, "added", 1e-12)]
    public void TilesAreThoseOfTheComposite(DType dtype, string pairs, double tolerance)
    {
        var device = Backends.Get<TBackend>();
        var expected = Run(Device.Cpu, FusedKernels.Off, dtype, pairs, B);
        var actual = Run(device, FusedKernels.Required, dtype, pairs, B);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(actual[i].AllClose(expected[i], tolerance, tolerance), $"{names[i]} differs by {(actual[i] - expected[i]).Abs().Max().Item()}");
    }

    [Theory]
    [InlineData("all")]
    [InlineData("causal")]
    public void AProblemHasTheSameBitsInAnyBatch(string pairs)
    {
        var device = Backends.Get<TBackend>();
        var alone = Run(device, FusedKernels.Required, DType.Float32, pairs, 1);
        var beside = Run(device, FusedKernels.Required, DType.Float32, pairs, B);
        for (var i = 0; i < alone.Length; i++) Assert.Equal(alone[i].ToArray<float>(), beside[i][..1].ToArray<float>());
    }

    static readonly string[] names = ["y", "dq", "dk", "dv"];

    // y and the gradients of the first problems of one batch, on the CPU.
    static Tensor[] Run(Device device, FusedKernels mode, DType dtype, string pairs, int problems)
    {
        using var scope = Fusion.Use(mode);
        var random = new Generator(3);
        Tensor Draw(int t, int d) => Tensor.Normal([B, t, d], dtype: DType.Float64, generator: random).To(dtype);
        Tensor q = Draw(Tq, D), k = Draw(Tk, D), v = Draw(Tk, Dv), dy = Draw(Tq, Dv), added = Draw(Tq, Tk);
        var mask = pairs switch { "mask" => added > -0.5, "added" => added, _ => null };
        Tensor On(Tensor x) => x[..problems].To(device);
        var inputs = new[] { On(q), On(k), On(v) };
        foreach (var x in inputs) x.RequiresGrad = true;
        var y = inputs[0].ScaledDotProductAttention(inputs[1], inputs[2], mask is null ? null : On(mask), causal: pairs == "causal");
        y.Backward(On(dy));
        return [y.Detach().To(Device.Cpu), .. inputs.Select(x => x.Grad!.To(Device.Cpu))];
    }
}

/// <summary>Attention through OpenCL.</summary>
public sealed class OpenCLAttention : AttentionTests<OpenCLBackend>;

/// <summary>Attention on an NVIDIA GPU.</summary>
public sealed class CudaAttention : AttentionTests<CudaBackend>;
