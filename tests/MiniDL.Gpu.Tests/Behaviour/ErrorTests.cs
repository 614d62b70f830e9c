namespace MiniDL.Gpu.Tests;

/// <summary>Bad input on a device: an error that says what to do.</summary>
public abstract class ErrorTests<TBackend> where TBackend : ITestBackend
{
    [Fact]
    public void TensorsOnTwoDevicesAreNamed()
    {
        var device = Backends.Get<TBackend>();
        var (a, b) = (Tensor.Ones([1000]).To(device), Tensor.Ones([1000]));
        var e = Assert.Throws<ArgumentException>(() => a + b);
        Assert.Contains($"a lies on {device.Name}, b on cpu; move one with To(device)", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Tensor.Ones([10, 10]).To(device).MatMul(Tensor.Ones([10, 10])));
        Assert.Throws<ArgumentException>(() => Tensor.Where(a > 0, b, b));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-1)]
    public void AnIndexOutOfRangeIsNamedAtTheNextReadBack(long index)
    {
        var device = Backends.Get<TBackend>();
        var (x, i) = (Tensor.Arange(5).To(DType.Float32).To(device), Tensor.Of(new[] { 0L, index }).To(device));
        var y = x.Gather(0, i);
        var e = Assert.Throws<ArgumentOutOfRangeException>(() => y.ToArray<float>());
        Assert.Contains("Gather", e.Message, StringComparison.Ordinal);
        Assert.Contains("size 5", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, y.ToArray<float>()[0]); // once told, the device goes on
    }

    [Fact]
    public void AnIndexIsNamedHoweverManyOthersWereChecked()
    {
        var device = Backends.Get<TBackend>();
        var index = Tensor.Of(new[] { 0L }).To(device);
        for (var size = 1; size <= 600; size++) Tensor.Zeros([size], device: device).Gather(0, index);
        var y = Tensor.Zeros([601], device: device).Gather(0, index + 700);
        var e = Assert.Throws<ArgumentOutOfRangeException>(() => y.Item());
        Assert.Contains("size 601", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AClassOutOfRangeIsNamedAtTheNextReadBack()
    {
        var device = Backends.Get<TBackend>();
        var loss = Loss.CrossEntropy(Tensor.Randn([3, 4]).To(device), Tensor.Of(new[] { 0L, 4, 1 }).To(device));
        var e = Assert.Throws<ArgumentOutOfRangeException>(() => loss.Item());
        Assert.Contains("CrossEntropy", e.Message, StringComparison.Ordinal);
        Assert.Contains("4 classes", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MemoryExhaustedSaysHowMuchIsHeld()
    {
        var device = Backends.Get<TBackend>();
        var held = Tensor.Ones([1000]).To(device);
        var rows = checked((int)(2 * device.MemoryBytes / (4 << 20)));
        var e = Assert.Throws<InsufficientMemoryException>(() => Tensor.Zeros([rows, 1 << 20], device: device));
        Assert.Contains(device.Name, e.Message, StringComparison.Ordinal);
        Assert.Contains("are in use", e.Message, StringComparison.Ordinal);
        Assert.Equal(1000, held.Sum().Item()); // what is there stays usable
    }

    [Fact]
    public void AnOrdinalThatIsNotThereIsAnErrorThatCounts()
    {
        var device = Backends.Get<TBackend>();
        var e = Assert.Throws<InvalidOperationException>(() => device.Kind == GpuKind.Cuda ? GpuDevice.Cuda(99) : GpuDevice.OpenCL(99));
        Assert.Matches(@"\(99\): there are \d+, numbered from 0", e.Message);
        Assert.Throws<InvalidOperationException>(() => GpuDevice.OpenCL(-1));
    }
}

/// <summary>Bad input through OpenCL.</summary>
public sealed class OpenCLErrors : ErrorTests<OpenCLBackend>;

/// <summary>Bad input on an NVIDIA GPU.</summary>
public sealed class CudaErrors : ErrorTests<CudaBackend>;
