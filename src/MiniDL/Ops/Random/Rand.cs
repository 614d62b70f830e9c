namespace MiniDL;

public partial class Tensor
{
    /// <summary>Numbers drawn uniformly from [0, 1).</summary>
    /// <param name="shape">The size of each axis.</param>
    /// <param name="dtype">Float32 or Float64.</param>
    /// <param name="device">Where; the CPU when left out. The numbers are the same on every device.</param>
    /// <param name="requiresGrad">Makes it a leaf.</param>
    /// <param name="generator">The stream; <see cref="Generator.Current"/> when left out.</param>
    public static Tensor Rand(ReadOnlySpan<int> shape, DType dtype = DType.Float32, Device? device = null, bool requiresGrad = false, Generator? generator = null)
        => Leaf(Draw(new(DistributionKind.Uniform, 0, 1), shape, dtype, device, generator, nameof(Rand)), requiresGrad);

    /// <summary>Float32 numbers drawn uniformly from [0, 1).</summary>
    public static Tensor Rand(params int[] shape) => Rand((ReadOnlySpan<int>)shape);

    /// <summary>Numbers drawn uniformly from [low, high).</summary>
    /// <inheritdoc cref="Rand(ReadOnlySpan{int}, DType, Device?, bool, Generator?)"/>
    /// <exception cref="ArgumentException">high is below low.</exception>
    public static Tensor Uniform(ReadOnlySpan<int> shape, double low = 0, double high = 1, DType dtype = DType.Float32, Device? device = null, bool requiresGrad = false, Generator? generator = null)
    {
        if (!(low <= high)) throw new ArgumentException(FormattableString.Invariant($"Uniform: high {high} is below low {low}"), nameof(high));
        return Leaf(Draw(new(DistributionKind.Uniform, low, high), shape, dtype, device, generator, nameof(Uniform)), requiresGrad);
    }

    /// <summary>Numbers drawn from the normal distribution with mean 0 and deviation 1.</summary>
    /// <inheritdoc cref="Rand(ReadOnlySpan{int}, DType, Device?, bool, Generator?)"/>
    public static Tensor Randn(ReadOnlySpan<int> shape, DType dtype = DType.Float32, Device? device = null, bool requiresGrad = false, Generator? generator = null)
        => Leaf(Draw(new(DistributionKind.Normal, 0, 1), shape, dtype, device, generator, nameof(Randn)), requiresGrad);

    /// <summary>Float32 numbers drawn from the normal distribution with mean 0 and deviation 1.</summary>
    public static Tensor Randn(params int[] shape) => Randn((ReadOnlySpan<int>)shape);

    /// <summary>Numbers drawn from the normal distribution.</summary>
    /// <inheritdoc cref="Rand(ReadOnlySpan{int}, DType, Device?, bool, Generator?)"/>
    /// <exception cref="ArgumentException">The deviation is negative.</exception>
    public static Tensor Normal(ReadOnlySpan<int> shape, double mean = 0, double std = 1, DType dtype = DType.Float32, Device? device = null, bool requiresGrad = false, Generator? generator = null)
    {
        if (!(std >= 0)) throw new ArgumentException(FormattableString.Invariant($"Normal: std is {std}; it is 0 or more"), nameof(std));
        return Leaf(Draw(new(DistributionKind.Normal, mean, std), shape, dtype, device, generator, nameof(Normal)), requiresGrad);
    }

    /// <summary>1 with probability <paramref name="p"/>, else 0.</summary>
    /// <param name="shape">The size of each axis.</param>
    /// <param name="p">From 0 to 1.</param>
    /// <param name="dtype">Of the result; Bool too.</param>
    /// <param name="device">Where; the CPU when left out.</param>
    /// <param name="generator">The stream; <see cref="Generator.Current"/> when left out.</param>
    public static Tensor Bernoulli(ReadOnlySpan<int> shape, double p = 0.5, DType dtype = DType.Float32, Device? device = null, Generator? generator = null)
    {
        if (!(p >= 0 && p <= 1)) throw new ArgumentException(FormattableString.Invariant($"Bernoulli: p is {p}; a probability lies between 0 and 1"), nameof(p));
        var drawn = dtype.IsDifferentiable() ? dtype : DType.Float32;
        return Draw(new(DistributionKind.Bernoulli, p, 0), shape, drawn, device, generator, nameof(Bernoulli)).To(dtype);
    }

    /// <summary>1 with the probability that the element here says, else 0; of this tensor's dtype. No gradient flows.</summary>
    /// <exception cref="ArgumentException">An element is no probability.</exception>
    public Tensor Bernoulli(Generator? generator = null)
    {
        var p = Types.AsFloat(Detach(), nameof(Bernoulli));
        if (!((p >= 0) & (p <= 1)).All().Item<bool>()) throw new ArgumentException("Bernoulli: an element is not between 0 and 1, so it is no probability");
        return (RandLike(p, generator) < p).To(p.dtype);
    }

    /// <summary>Whole numbers drawn uniformly from [low, high).</summary>
    /// <param name="low">The smallest.</param>
    /// <param name="high">One more than the largest.</param>
    /// <param name="shape">The size of each axis.</param>
    /// <param name="dtype">Of the result.</param>
    /// <param name="device">Where; the CPU when left out.</param>
    /// <param name="generator">The stream; <see cref="Generator.Current"/> when left out.</param>
    /// <exception cref="ArgumentException">There is no number between them.</exception>
    public static Tensor RandInt(long low, long high, ReadOnlySpan<int> shape, DType dtype = DType.Int64, Device? device = null, Generator? generator = null)
    {
        const long Exact = 1L << 53; // the distribution's bounds are doubles
        if (low >= high || low < -Exact || high > Exact)
            throw new ArgumentException(FormattableString.Invariant($"RandInt: there is no whole number from {low} to below {high}, or a bound is beyond ±2⁵³"), nameof(high));
        return Draw(new(DistributionKind.Integer, low, high), shape, DType.Int64, device, generator, nameof(RandInt)).To(dtype);
    }

    /// <summary>Numbers drawn uniformly from [0, 1), in the shape, dtype and device of another tensor.</summary>
    public static Tensor RandLike(Tensor x, Generator? generator = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Rand(x.Shape, x.dtype, x.Device, generator: generator);
    }

    /// <summary>Numbers drawn from the normal distribution with mean 0 and deviation 1, in the shape, dtype and device of another tensor.</summary>
    public static Tensor RandnLike(Tensor x, Generator? generator = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Randn(x.Shape, x.dtype, x.Device, generator: generator);
    }

    /// <summary>Whole numbers drawn uniformly from [low, high), in the shape, dtype and device of another tensor.</summary>
    public static Tensor RandIntLike(Tensor x, long low, long high, Generator? generator = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        return RandInt(low, high, x.Shape, x.dtype, x.Device, generator);
    }

    static Tensor Draw(Distribution distribution, ReadOnlySpan<int> shape, DType dtype, Device? device, Generator? generator, string op)
    {
        Dims.Check(shape, op);
        if (distribution.Kind != DistributionKind.Integer && !dtype.IsDifferentiable())
            throw new ArgumentException($"{op}: dtype is {dtype}; it must be Float32 or Float64", nameof(dtype));
        var y = New(Layout.Of(shape), dtype, device ?? Device.Cpu);
        var (seed, offset) = (generator ?? Generator.Current).Take();
        y.Backend.Random(distribution, seed, offset, y.View);
        return Gate.Leave(op, y, []);
    }
}
