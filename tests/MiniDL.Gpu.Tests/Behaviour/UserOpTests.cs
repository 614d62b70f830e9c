namespace MiniDL.Gpu.Tests;

/// <summary>A formula that a user wrote runs on the device as on the CPU.</summary>
public abstract class UserOpTests<TBackend> where TBackend : ITestBackend
{
    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    public void AFormulaRunsOnTheDevice(DType dtype)
    {
        var x = Tensor.Randn([1001], dtype);
        var (expected, actual) = (x.Apply(new Swish(1.5f)), x.To(Backends.Get<TBackend>()).Apply(new Swish(1.5f)));
        Assert.Equal(expected.To(DType.Float64).ToArray<double>(), actual.To(DType.Float64).ToArray<double>(), (a, b) => Math.Abs(a - b) <= 1e-6 * Math.Max(1, Math.Abs(a)));
    }

    /// <summary>What no kernel can do is said, with the op's name and where to read on.</summary>
    [Fact]
    public void AFormulaThatCannotBeCompiledIsAClearError()
    {
        var x = Tensor.Ones([10]).To(Backends.Get<TBackend>());
        var e = Assert.Throws<InvalidOperationException>(() => x.Apply(new Noisy()));
        Assert.Contains(nameof(Noisy), e.Message, StringComparison.Ordinal);
        Assert.Contains("docs/gpu.md", e.Message, StringComparison.Ordinal);
        Assert.Equal(2, (x + 1).ToArray<float>()[0]); // the device goes on
    }

    readonly struct Swish(float steepness) : IFormula
    {
        public T Invoke<T>(T x) where T : struct, ILanes<T> => x / (T.Of(1) + T.Exp(T.Of(-steepness) * x));
    }

    readonly struct Noisy : IFormula
    {
        public T Invoke<T>(T x) where T : struct, ILanes<T>
        {
            Console.WriteLine("an element");
            return x;
        }
    }
}

/// <summary>User's formulas through OpenCL.</summary>
public sealed class OpenCLUserOps : UserOpTests<OpenCLBackend>;

/// <summary>User's formulas on an NVIDIA GPU.</summary>
public sealed class CudaUserOps : UserOpTests<CudaBackend>;
