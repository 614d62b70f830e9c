using BenchmarkDotNet.Attributes;

namespace MiniDL.Benchmarks;

/// <summary>What the op benchmarks share: threads, and fused kernels on or off.</summary>
[MemoryDiagnoser]
public abstract class OpBenchmarks
{
    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Cpu.Threads = Threads;
        Generator.Seed(1);
        Prepare();
    }

    protected abstract void Prepare();
}

/// <summary>The price of an op on next to nothing.</summary>
[MemoryDiagnoser]
public class SmallOps
{
    readonly Tensor a = Tensor.Randn(2, 2), b = Tensor.Randn(2, 2), w = Tensor.Randn([2, 2], requiresGrad: true);

    [Benchmark] public Tensor Add() => a + b;

    [Benchmark] public Tensor AddRecorded() => a + w;

    [Benchmark] public Tensor Sigmoid() => a.Sigmoid();

    [Benchmark] public Tensor MatMul() => a.MatMul(b);

    [Benchmark] public Tensor View() => a.Transpose(0, 1);
}

/// <summary>Elementwise ops and reductions over a million numbers.</summary>
public class Elementwise : OpBenchmarks
{
    Tensor x = null!, y = null!;

    protected override void Prepare() => (x, y) = (Tensor.Rand(1024, 1024), Tensor.Rand(1024, 1024));

    [Benchmark] public Tensor Add() => x + y;

    [Benchmark] public Tensor AddRow() => x + y[0];

    [Benchmark] public Tensor Exp() => x.Exp();

    [Benchmark] public Tensor Tanh() => x.Tanh();

    [Benchmark] public Tensor Gelu() => x.Gelu();

    [Benchmark] public Tensor Sum() => x.Sum();

    [Benchmark] public Tensor SumRows() => x.Sum(1);

    [Benchmark] public Tensor SumColumns() => x.Sum(0);

    [Benchmark] public Tensor Transposed() => x.T().Contiguous();
}

/// <summary>Matrix products.</summary>
public class Products : OpBenchmarks
{
    Tensor a = null!, b = null!;

    [Params(64, 512, 1024)]
    public int Size { get; set; }

    protected override void Prepare() => (a, b) = (Tensor.Randn(Size, Size), Tensor.Randn(Size, Size));

    [Benchmark] public Tensor MatMul() => a.MatMul(b);

    [Benchmark] public Tensor MatMulTransposed() => a.MatMul(b.T());
}

/// <summary>Ops with kernels of their own, beside their composites.</summary>
public class Fused : OpBenchmarks
{
    Tensor rows = null!, w = null!, images = null!, kernels = null!, q = null!, targets = null!;

    [Params(FusedKernels.Auto, FusedKernels.Off)]
    public FusedKernels Kernels { get; set; }

    protected override void Prepare()
    {
        (rows, w) = (Tensor.Randn([512, 512], requiresGrad: true), Tensor.Ones(512));
        (images, kernels) = (Tensor.Randn([16, 16, 32, 32], requiresGrad: true), Tensor.Randn([32, 16, 3, 3], requiresGrad: true));
        q = Tensor.Randn([8, 4, 128, 32], requiresGrad: true);
        targets = Tensor.RandInt(0, 512, [512]);
    }

    void ForwardAndBackward(Func<Tensor> f)
    {
        using var mode = Fusion.Use(Kernels);
        f().Sum().Backward();
        foreach (var leaf in new[] { rows, images, kernels, q }) leaf.ZeroGrad();
    }

    [Benchmark] public void Softmax() => ForwardAndBackward(() => rows.Softmax(-1));

    [Benchmark] public void LayerNorm() => ForwardAndBackward(() => rows.LayerNorm([512], w));

    [Benchmark] public void CrossEntropy() => ForwardAndBackward(() => Loss.CrossEntropy(rows, targets));

    [Benchmark] public void Conv2d() => ForwardAndBackward(() => images.Conv2d(kernels, padding: 1));

    [Benchmark] public void MaxPool2d() => ForwardAndBackward(() => images.MaxPool2d(2));

    [Benchmark] public void BatchNorm() => ForwardAndBackward(() => images.BatchNorm(null, null, training: true));

    [Benchmark] public void Attention() => ForwardAndBackward(() => q.ScaledDotProductAttention(q, q, causal: true));
}
