namespace MiniDL.Gpu.Tests;

/// <summary>One seed, one stream: a device draws the CPU's numbers.</summary>
public abstract class RandomTests<TBackend> where TBackend : ITestBackend
{
    /// <summary>A tail, several groups of threads, one element.</summary>
    static readonly int[] sizes = [1, 3, 1000, 70_001];

    [Fact]
    public void UniformBits() => SameBits((size, device, g) => Tensor.Rand([size], device: device, generator: g));

    [Fact]
    public void UniformBitsOfDoubles() => SameBits((size, device, g) => Tensor.Rand([size], DType.Float64, device, generator: g));

    [Fact]
    public void NormalBits() => SameBits((size, device, g) => Tensor.Randn([size], device: device, generator: g));

    [Fact]
    public void NormalBitsOfDoubles() => SameBits((size, device, g) => Tensor.Randn([size], DType.Float64, device, generator: g));

    [Fact]
    public void BernoulliBits() => SameBits((size, device, g) => Tensor.Bernoulli([size], 0.3, device: device, generator: g));

    [Fact]
    public void WholeNumbers() => SameBits((size, device, g) => Tensor.RandInt(-5, 1000, [size], device: device, generator: g));

    [Fact]
    public void Permutations() => SameBits((size, device, g) => Tensor.RandPerm(size, device: device, generator: g));

    [Fact]
    public void DropoutMasks() => SameBits((size, device, g) =>
    {
        using var scope = Generator.Use(g);
        var dropout = new NN.Dropout(0.4);
        return dropout.Forward(Tensor.Ones([size], device: device));
    });

    static void SameBits(Func<int, Device, Generator, Tensor> draw)
    {
        var device = Backends.Get<TBackend>();
        foreach (var size in sizes)
        {
            var (onCpu, onDevice) = (new Generator(7), new Generator(7));
            draw(size, Device.Cpu, onCpu);
            draw(size, device, onDevice); // the second draw has an offset
            var (expected, actual) = (draw(size, Device.Cpu, onCpu), draw(size, device, onDevice));
            Assert.Same(device, actual.Device);
            Assert.Equal(Bits(expected), Bits(actual));
        }
    }

    static long[] Bits(Tensor x) => Array.ConvertAll(x.To(Device.Cpu).To(DType.Float64).ToArray<double>(), BitConverter.DoubleToInt64Bits);
}

/// <summary>Random numbers through OpenCL.</summary>
public sealed class OpenCLRandom : RandomTests<OpenCLBackend>;

/// <summary>Random numbers on an NVIDIA GPU.</summary>
public sealed class CudaRandom : RandomTests<CudaBackend>;

/// <summary>Random numbers on the simulator.</summary>
public sealed class SimulatorRandom
{
    [Fact]
    public void UniformAndNormalBits()
    {
        var device = Backends.Simulator();
        foreach (var draw in new Func<Device, Generator, Tensor>[] { (d, g) => Tensor.Rand([100], device: d, generator: g), (d, g) => Tensor.Randn([100], device: d, generator: g) })
            Assert.Equal(draw(Device.Cpu, new(3)).ToArray<float>(), draw(device, new(3)).ToArray<float>());
    }
}
