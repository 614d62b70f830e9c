namespace MiniDL.NN;

/// <summary>y = max(x, 0).</summary>
public sealed class Relu : BuiltInLayer
{
    private protected override Tensor Compute(Tensor x) => x.Relu();
}

/// <summary>y = x where x is positive, else s·x.</summary>
/// <param name="negativeSlope">s.</param>
public sealed class LeakyRelu(double negativeSlope = 0.01) : BuiltInLayer
{
    /// <inheritdoc/>
    protected override string Arguments => FormattableString.Invariant($"{negativeSlope}");

    private protected override Tensor Compute(Tensor x) => x.LeakyRelu(negativeSlope);
}

/// <summary>y = x where x is positive, else α·(eˣ − 1).</summary>
/// <param name="alpha">α.</param>
public sealed class Elu(double alpha = 1) : BuiltInLayer
{
    /// <inheritdoc/>
    protected override string Arguments => FormattableString.Invariant($"{alpha}");

    private protected override Tensor Compute(Tensor x) => x.Elu(alpha);
}

/// <summary>y = x·Φ(x), or its approximation by tanh.</summary>
/// <param name="tanh">The approximation.</param>
public sealed class Gelu(bool tanh = false) : BuiltInLayer
{
    /// <inheritdoc/>
    protected override string Arguments => tanh ? "tanh: true" : "";

    private protected override Tensor Compute(Tensor x) => x.Gelu(tanh);
}

/// <summary>y = x·σ(x).</summary>
public sealed class Silu : BuiltInLayer
{
    private protected override Tensor Compute(Tensor x) => x.Silu();
}

/// <summary>y = 1/(1 + e⁻ˣ).</summary>
public sealed class Sigmoid : BuiltInLayer
{
    private protected override Tensor Compute(Tensor x) => x.Sigmoid();
}

/// <summary>y = tanh x.</summary>
public sealed class Tanh : BuiltInLayer
{
    private protected override Tensor Compute(Tensor x) => x.Tanh();
}

/// <summary>y = ln(1 + e^(βx))/β; x itself where βx is above the threshold.</summary>
/// <param name="beta">β.</param>
/// <param name="threshold">Where the function is x in floating point anyway.</param>
public sealed class Softplus(double beta = 1, double threshold = 20) : BuiltInLayer
{
    /// <inheritdoc/>
    protected override string Arguments => FormattableString.Invariant($"beta: {beta}, threshold: {threshold}");

    private protected override Tensor Compute(Tensor x) => x.Softplus(beta, threshold);
}

/// <summary>y = exp(x)/Σ exp(x) along an axis.</summary>
/// <param name="dim">The axis.</param>
public sealed class Softmax(int dim) : BuiltInLayer
{
    /// <inheritdoc/>
    protected override string Arguments => FormattableString.Invariant($"{dim}");

    private protected override Tensor Compute(Tensor x) => x.Softmax(dim);
}

/// <summary>y = x − log Σ exp(x) along an axis.</summary>
/// <param name="dim">The axis.</param>
public sealed class LogSoftmax(int dim) : BuiltInLayer
{
    /// <inheritdoc/>
    protected override string Arguments => FormattableString.Invariant($"{dim}");

    private protected override Tensor Compute(Tensor x) => x.LogSoftmax(dim);
}

/// <summary>y = x.</summary>
public sealed class Identity : BuiltInLayer
{
    private protected override Tensor Compute(Tensor x) => x;
}
