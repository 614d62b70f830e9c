namespace MiniDL;

/// <summary>What <see cref="IBackend.Random"/> makes of random bits.</summary>
public enum DistributionKind
{
    /// <summary>Uniform in [A, B).</summary>
    Uniform,

    /// <summary>Normal with mean A and standard deviation B.</summary>
    Normal,

    /// <summary>1 with probability A, else 0.</summary>
    Bernoulli,

    /// <summary>Whole numbers, uniform in [A, B).</summary>
    Integer,
}

/// <summary>A distribution and its two numbers.</summary>
public readonly record struct Distribution(DistributionKind Kind, double A, double B);
