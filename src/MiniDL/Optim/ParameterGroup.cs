using MiniDL.NN;

namespace MiniDL.Optim;

/// <summary>The numbers that an optimizer has, some of them.</summary>
internal enum Option
{
    Lr,
    WeightDecay,
    Momentum,
    Dampening,
    Nesterov,
    Beta1,
    Beta2,
    Eps,
    AmsGrad,
    Alpha,
    Centered,
    LrDecay,
    InitialAccumulator,
    Maximize,
}

/// <summary>Parameters that are trained with the same options. An option that is left unset takes the optimizer's value.</summary>
/// <example><code>new AdamW([new ParameterGroup(body.Parameters()) { Lr = 1e-4 }, new ParameterGroup(head.Parameters())], lr: 1e-3)</code></example>
public sealed class ParameterGroup
{
    readonly double[] values = new double[Enum.GetValues<Option>().Length];

    /// <summary>A group of these parameters.</summary>
    public ParameterGroup(IEnumerable<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Parameters = [.. parameters];
        Array.Fill(values, double.NaN);
    }

    /// <summary>The parameters.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>The learning rate, 0 or more.</summary>
    public double Lr { get => this[Option.Lr]; set => this[Option.Lr] = value; }

    /// <summary>How strongly weights are drawn to 0, 0 or more.</summary>
    public double WeightDecay { get => this[Option.WeightDecay]; set => this[Option.WeightDecay] = value; }

    /// <summary>SGD's and RMSProp's momentum, 0 or more.</summary>
    public double Momentum { get => this[Option.Momentum]; set => this[Option.Momentum] = value; }

    /// <summary>What SGD's momentum leaves out of a new gradient.</summary>
    public double Dampening { get => this[Option.Dampening]; set => this[Option.Dampening] = value; }

    /// <summary>Adam's decay of the mean gradient, 0 ≤ β₁ &lt; 1.</summary>
    public double Beta1 { get => this[Option.Beta1]; set => this[Option.Beta1] = value; }

    /// <summary>Adam's decay of the mean square, 0 ≤ β₂ &lt; 1.</summary>
    public double Beta2 { get => this[Option.Beta2]; set => this[Option.Beta2] = value; }

    /// <summary>What is added to a denominator, 0 or more.</summary>
    public double Eps { get => this[Option.Eps]; set => this[Option.Eps] = value; }

    /// <summary>RMSProp's decay of the mean square, 0 or more.</summary>
    public double Alpha { get => this[Option.Alpha]; set => this[Option.Alpha] = value; }

    /// <summary>Adagrad's decay of the learning rate, 0 or more.</summary>
    public double LrDecay { get => this[Option.LrDecay]; set => this[Option.LrDecay] = value; }

    internal double this[Option option]
    {
        get => values[(int)option];
        set
        {
            var (inRange, rule) = option switch
            {
                Option.Beta1 or Option.Beta2 => (value is >= 0 and < 1, "at least 0 and below 1"),
                Option.Dampening => (double.IsFinite(value), "a number"),
                _ => (value >= 0 && double.IsFinite(value), "a number of at least 0"),
            };
            if (!inRange) throw new ArgumentOutOfRangeException(nameof(value), FormattableString.Invariant($"{option} is {value}; it must be {rule}"));
            values[(int)option] = value;
        }
    }

    internal bool Is(Option option) => this[option] == 1;

    internal bool Has(Option option) => !double.IsNaN(this[option]);
}
