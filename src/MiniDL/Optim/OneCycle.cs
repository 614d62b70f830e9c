namespace MiniDL.Optim;

/// <summary>The course of one cycle: the rate climbs to its largest value and falls far below where it began, the momentum goes the other way (Smith and Topin 2017, arXiv:1708.07120).</summary>
/// <remarks>As PyTorch's OneCycleLR. For Adam the momentum is β₁; an optimizer without one keeps it out by <c>cycleMomentum: false</c>.</remarks>
public sealed class OneCycle : Schedule
{
    readonly record struct Phase(double End, double FromLr, double ToLr, double FromMomentum, double ToMomentum);

    readonly Phase[] phases;
    readonly int totalSteps;
    readonly bool linear, cycleMomentum;

    /// <summary>A cycle of this length.</summary>
    /// <param name="optimizer">Whose rates it sets.</param>
    /// <param name="maxLr">The largest rate.</param>
    /// <param name="totalSteps">The steps of the whole training.</param>
    /// <param name="pctStart">The part of them that climbs.</param>
    /// <param name="linear">Straight lines instead of half cosines.</param>
    /// <param name="threePhase">Down to the first rate in a second phase as long as the first, then further down.</param>
    /// <param name="cycleMomentum">Whether the momentum moves too.</param>
    /// <param name="baseMomentum">The smallest momentum, at the largest rate.</param>
    /// <param name="maxMomentum">The largest.</param>
    /// <param name="divFactor">The first rate is maxLr/divFactor.</param>
    /// <param name="finalDivFactor">The last rate is the first/finalDivFactor.</param>
    /// <exception cref="ArgumentException">The optimizer has no momentum to cycle.</exception>
    public OneCycle(
        Optimizer optimizer, double maxLr, int totalSteps, double pctStart = 0.3, bool linear = false, bool threePhase = false,
        bool cycleMomentum = true, double baseMomentum = 0.85, double maxMomentum = 0.95, double divFactor = 25, double finalDivFactor = 1e4) : base(optimizer)
    {
        ExpectPositive(nameof(OneCycle), nameof(totalSteps), totalSteps);
        if (!(pctStart >= 0 && pctStart <= 1))
            throw new ArgumentOutOfRangeException(nameof(pctStart), FormattableString.Invariant($"OneCycle: pctStart is {pctStart}; it must lie between 0 and 1"));
        foreach (var group in optimizer.Groups)
            if (cycleMomentum && MomentumOf(group) is null)
                throw new ArgumentException($"OneCycle: {optimizer.Name} has no momentum to cycle; pass cycleMomentum: false", nameof(cycleMomentum));
        (this.totalSteps, this.linear, this.cycleMomentum) = (totalSteps, linear, cycleMomentum);
        var (firstLr, top) = (maxLr / divFactor, pctStart * totalSteps - 1);
        var lastLr = firstLr / finalDivFactor;
        phases = threePhase
            ?
            [
                new(top, firstLr, maxLr, maxMomentum, baseMomentum),
                new(2 * pctStart * totalSteps - 2, maxLr, firstLr, baseMomentum, maxMomentum),
                new(totalSteps - 1, firstLr, lastLr, maxMomentum, maxMomentum),
            ]
            :
            [
                new(top, firstLr, maxLr, maxMomentum, baseMomentum),
                new(totalSteps - 1, maxLr, lastLr, baseMomentum, maxMomentum),
            ];
        Apply();
    }

    private protected override void ExpectStep(int step)
    {
        if (step > totalSteps) throw new InvalidOperationException($"OneCycle: step {step} is beyond totalSteps {totalSteps}");
    }

    private protected override double Rate(int step, double initial)
    {
        var (phase, part) = At(step);
        return Between(phase.FromLr, phase.ToLr, part);
    }

    private protected override void ApplyTo(ParameterGroup group, int step)
    {
        if (!cycleMomentum) return;
        var (phase, part) = At(step);
        group[MomentumOf(group)!.Value] = Between(phase.FromMomentum, phase.ToMomentum, part);
    }

    static Option? MomentumOf(ParameterGroup group)
        => group.Has(Option.Beta1) ? Option.Beta1 : group.Has(Option.Momentum) ? Option.Momentum : null;

    /// <summary>The phase of a step, and how much of it has passed.</summary>
    (Phase Phase, double Part) At(int step)
    {
        double start = 0;
        foreach (var phase in phases)
        {
            if (step <= phase.End || phase == phases[^1]) return (phase, Math.Min(1, (step - start) / (phase.End - start)));
            start = phase.End;
        }
        throw new System.Diagnostics.UnreachableException();
    }

    double Between(double from, double to, double part)
        => linear ? from + (to - from) * part : to + (from - to) / 2 * (1 + Math.Cos(Math.PI * part));
}
