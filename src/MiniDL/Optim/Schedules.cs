namespace MiniDL.Optim;

/// <summary>The rate falls by a factor every so many steps: lr = lr₀·γ^⌊t/stepSize⌋ (PyTorch's StepLR).</summary>
public sealed class StepDecay : Schedule
{
    readonly int stepSize;
    readonly double gamma;

    /// <summary>A staircase.</summary>
    /// <param name="optimizer">Whose rates it sets.</param>
    /// <param name="stepSize">Steps between falls.</param>
    /// <param name="gamma">γ.</param>
    public StepDecay(Optimizer optimizer, int stepSize, double gamma = 0.1) : base(optimizer)
    {
        ExpectPositive(nameof(StepDecay), nameof(stepSize), stepSize);
        (this.stepSize, this.gamma) = (stepSize, gamma);
        Apply();
    }

    private protected override double Rate(int step, double initial) => initial * Math.Pow(gamma, step / stepSize);
}

/// <summary>The rate falls by a factor at given steps: lr = lr₀·γⁿ with n milestones behind (PyTorch's MultiStepLR).</summary>
public sealed class MultiStepDecay : Schedule
{
    readonly int[] milestones;
    readonly double gamma;

    /// <summary>A staircase of steps of any length.</summary>
    /// <param name="optimizer">Whose rates it sets.</param>
    /// <param name="milestones">The steps at which it falls.</param>
    /// <param name="gamma">γ.</param>
    public MultiStepDecay(Optimizer optimizer, IEnumerable<int> milestones, double gamma = 0.1) : base(optimizer)
    {
        ArgumentNullException.ThrowIfNull(milestones);
        (this.milestones, this.gamma) = ([.. milestones], gamma);
        Apply();
    }

    private protected override double Rate(int step, double initial) => initial * Math.Pow(gamma, milestones.Count(milestone => milestone <= step));
}

/// <summary>The rate falls by a factor with every step: lr = lr₀·γᵗ (PyTorch's ExponentialLR).</summary>
public sealed class ExponentialDecay : Schedule
{
    readonly double gamma;

    /// <summary>A geometric sequence.</summary>
    /// <param name="optimizer">Whose rates it sets.</param>
    /// <param name="gamma">γ.</param>
    public ExponentialDecay(Optimizer optimizer, double gamma) : base(optimizer)
    {
        this.gamma = gamma;
        Apply();
    }

    private protected override double Rate(int step, double initial) => initial * Math.Pow(gamma, step);
}

/// <summary>The rate falls along half a cosine, and rises again beyond it: lr = min + (lr₀ − min)·(1 + cos(π·t/period))/2 (PyTorch's CosineAnnealingLR; Loshchilov and Hutter 2017, arXiv:1608.03983).</summary>
public sealed class CosineDecay : Schedule
{
    readonly int period;
    readonly double minLr;

    /// <summary>Half a cosine.</summary>
    /// <param name="optimizer">Whose rates it sets.</param>
    /// <param name="period">Steps down to the smallest rate.</param>
    /// <param name="minLr">The smallest rate.</param>
    public CosineDecay(Optimizer optimizer, int period, double minLr = 0) : base(optimizer)
    {
        ExpectPositive(nameof(CosineDecay), nameof(period), period);
        (this.period, this.minLr) = (period, minLr);
        Apply();
    }

    private protected override double Rate(int step, double initial) => minLr + (initial - minLr) * (1 + Math.Cos(Math.PI * step / period)) / 2;
}

/// <summary>The rate goes in a straight line from one factor of lr₀ to another, up or down, and stays there (PyTorch's LinearLR).</summary>
public sealed class LinearRamp : Schedule
{
    readonly double startFactor, endFactor;
    readonly int steps;

    /// <summary>A straight line: the default warms up from a third of the rate.</summary>
    /// <param name="optimizer">Whose rates it sets.</param>
    /// <param name="startFactor">Of lr₀, at step 0.</param>
    /// <param name="endFactor">Of lr₀, from step <paramref name="steps"/> on.</param>
    /// <param name="steps">How many steps it takes.</param>
    public LinearRamp(Optimizer optimizer, double startFactor = 1.0 / 3, double endFactor = 1, int steps = 5) : base(optimizer)
    {
        ExpectPositive(nameof(LinearRamp), nameof(steps), steps);
        if (!(startFactor > 0 && startFactor <= 1)) throw new ArgumentOutOfRangeException(nameof(startFactor), FormattableString.Invariant($"LinearRamp: startFactor is {startFactor}; it must be above 0 and at most 1"));
        if (!(endFactor >= 0 && endFactor <= 1)) throw new ArgumentOutOfRangeException(nameof(endFactor), FormattableString.Invariant($"LinearRamp: endFactor is {endFactor}; it must lie between 0 and 1"));
        (this.startFactor, this.endFactor, this.steps) = (startFactor, endFactor, steps);
        Apply();
    }

    private protected override double Rate(int step, double initial) => initial * (startFactor + (endFactor - startFactor) * Math.Min(step, steps) / steps);
}
