namespace MiniDL.NN;

/// <summary>The function behind a layer, which its initial weights are scaled for.</summary>
public enum Nonlinearity
{
    /// <summary>None.</summary>
    Linear,

    /// <summary>1/(1 + e⁻ˣ).</summary>
    Sigmoid,

    /// <summary>tanh x.</summary>
    Tanh,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>x, or s·x where x is negative.</summary>
    LeakyRelu,

    /// <summary>The scaled exponential linear unit.</summary>
    Selu,
}

/// <summary>Which side of a weight keeps its variance.</summary>
public enum Fan
{
    /// <summary>The results of forward: the number of inputs to an output.</summary>
    In,

    /// <summary>The gradients of backward: the number of outputs of an input.</summary>
    Out,
}

/// <summary>Initial values, written in place: <c>Init.KaimingNormal(conv.Weight, nonlinearity: Nonlinearity.Relu)</c>.</summary>
/// <remarks>
/// A weight is [Out, In, …]: with R the product of its further axes, fanIn = In·R and fanOut = Out·R. Formulas and defaults are PyTorch's; the numbers come from
/// <see cref="Generator.Current"/> unless a generator is given.
/// </remarks>
public static class Init
{
    /// <summary>The factor by which a function shrinks a variance, put right: 1, 5/3 for tanh, √2 for ReLU, √(2/(1 + s²)) for leaky ReLU, 3/4 for SELU.</summary>
    /// <param name="nonlinearity">The function.</param>
    /// <param name="negativeSlope">s.</param>
    public static double Gain(Nonlinearity nonlinearity, double negativeSlope = 0.01) => nonlinearity switch
    {
        Nonlinearity.Tanh => 5.0 / 3,
        Nonlinearity.Relu => Math.Sqrt(2),
        Nonlinearity.LeakyRelu => Math.Sqrt(2 / (1 + negativeSlope * negativeSlope)),
        Nonlinearity.Selu => 0.75,
        _ => 1,
    };

    /// <summary>Uniform in [−a, a) with a = gain·√(6/(fanIn + fanOut)) (Glorot and Bengio 2010).</summary>
    public static Tensor XavierUniform(Tensor w, double gain = 1, Generator? generator = null)
    {
        var (fanIn, fanOut) = Fans(w, nameof(XavierUniform));
        var bound = gain * Math.Sqrt(6.0 / (fanIn + fanOut));
        return Uniform(w, -bound, bound, generator);
    }

    /// <summary>Normal with deviation gain·√(2/(fanIn + fanOut)) (Glorot and Bengio 2010).</summary>
    public static Tensor XavierNormal(Tensor w, double gain = 1, Generator? generator = null)
    {
        var (fanIn, fanOut) = Fans(w, nameof(XavierNormal));
        return Normal(w, 0, gain * Math.Sqrt(2.0 / (fanIn + fanOut)), generator);
    }

    /// <summary>Uniform in [−a, a) with a = gain·√(3/fan) (He et al. 2015, arXiv:1502.01852).</summary>
    /// <param name="w">The weight.</param>
    /// <param name="negativeSlope">Of leaky ReLU; √5 gives PyTorch's default for its layers.</param>
    /// <param name="fan">Which side keeps its variance.</param>
    /// <param name="nonlinearity">The function behind the layer.</param>
    /// <param name="generator">The stream; <see cref="Generator.Current"/> when left out.</param>
    public static Tensor KaimingUniform(Tensor w, double negativeSlope = 0, Fan fan = Fan.In, Nonlinearity nonlinearity = Nonlinearity.LeakyRelu, Generator? generator = null)
    {
        var bound = Math.Sqrt(3) * Deviation(w, negativeSlope, fan, nonlinearity, nameof(KaimingUniform));
        return Uniform(w, -bound, bound, generator);
    }

    /// <summary>Normal with deviation gain/√fan (He et al. 2015, arXiv:1502.01852).</summary>
    /// <inheritdoc cref="KaimingUniform"/>
    public static Tensor KaimingNormal(Tensor w, double negativeSlope = 0, Fan fan = Fan.In, Nonlinearity nonlinearity = Nonlinearity.LeakyRelu, Generator? generator = null)
        => Normal(w, 0, Deviation(w, negativeSlope, fan, nonlinearity, nameof(KaimingNormal)), generator);

    /// <summary>Uniform in [low, high).</summary>
    public static Tensor Uniform(Tensor x, double low = 0, double high = 1, Generator? generator = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Write(x, Tensor.Uniform(x.Shape, low, high, x.DType, x.Device, generator: generator));
    }

    /// <summary>Normal with this mean and deviation.</summary>
    public static Tensor Normal(Tensor x, double mean = 0, double std = 1, Generator? generator = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Write(x, Tensor.Normal(x.Shape, mean, std, x.DType, x.Device, generator: generator));
    }

    /// <summary>One value everywhere.</summary>
    public static Tensor Constant(Tensor x, double value)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Write(x, Tensor.Full([], value, x.DType, x.Device));
    }

    /// <summary>Zeros.</summary>
    public static Tensor Zeros(Tensor x) => Constant(x, 0);

    /// <summary>Ones.</summary>
    public static Tensor Ones(Tensor x) => Constant(x, 1);

    static Tensor Write(Tensor x, Tensor values)
    {
        using var mode = Autograd.NoGrad();
        return x.CopyFrom(values);
    }

    static double Deviation(Tensor w, double negativeSlope, Fan fan, Nonlinearity nonlinearity, string op)
    {
        var (fanIn, fanOut) = Fans(w, op);
        return Gain(nonlinearity, negativeSlope) / Math.Sqrt(Math.Max(fan == Fan.In ? fanIn : fanOut, 1));
    }

    static (long In, long Out) Fans(Tensor w, string op)
    {
        ArgumentNullException.ThrowIfNull(w);
        if (w.Rank < 2) throw new ShapeException(op, $"w has shape {w.Shape}; fans need [Out, In, …]", "w", null, 2, w.Rank);
        long field = 1;
        for (var i = 2; i < w.Rank; i++) field *= w.Size(i);
        return (w.Size(1) * field, w.Size(0) * field);
    }

    /// <summary>PyTorch's default of linear and convolution layers, for weight and bias alike: uniform in ±1/√fanIn.</summary>
    internal static Parameter Default(ReadOnlySpan<int> shape, long fanIn)
    {
        var bound = fanIn > 0 ? 1 / Math.Sqrt(fanIn) : 0;
        return new(Tensor.Uniform(shape, -bound, bound));
    }
}
