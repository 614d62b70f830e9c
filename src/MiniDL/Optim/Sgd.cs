using System.Runtime.CompilerServices;
using MiniDL.NN;

namespace MiniDL.Optim;

/// <summary>Stochastic gradient descent, with momentum if asked for.</summary>
/// <remarks>
/// g = ∇w + λ·w (weight decay λ; −∇w to maximize). With momentum μ: v = μ·v + (1 − dampening)·g, at first v = g, and g becomes v, or g + μ·v with Nesterov. w = w − lr·g.
/// </remarks>
public sealed class Sgd : Optimizer
{
    readonly Update<SgdRule> update = new(SgdRule.At);

    /// <summary>For these parameters.</summary>
    /// <param name="parameters">What to train.</param>
    /// <param name="lr">The learning rate.</param>
    /// <param name="momentum">μ.</param>
    /// <param name="dampening">What momentum leaves out of a new gradient.</param>
    /// <param name="weightDecay">λ.</param>
    /// <param name="nesterov">Nesterov's momentum; needs momentum, and no dampening.</param>
    /// <param name="maximize">Go up instead of down.</param>
    public Sgd(IEnumerable<Parameter> parameters, double lr = 1e-3, double momentum = 0, double dampening = 0, double weightDecay = 0, bool nesterov = false, bool maximize = false)
        : this([new ParameterGroup(parameters)], lr, momentum, dampening, weightDecay, nesterov, maximize) { }

    /// <summary>For groups of parameters with options of their own.</summary>
    /// <inheritdoc cref="Sgd(IEnumerable{Parameter}, double, double, double, double, bool, bool)"/>
    public Sgd(IEnumerable<ParameterGroup> groups, double lr = 1e-3, double momentum = 0, double dampening = 0, double weightDecay = 0, bool nesterov = false, bool maximize = false)
        : base(groups,
        [
            (Option.Lr, lr), (Option.Momentum, momentum), (Option.Dampening, dampening), (Option.WeightDecay, weightDecay),
            (Option.Nesterov, nesterov ? 1 : 0), (Option.Maximize, maximize ? 1 : 0),
        ])
    {
        foreach (var group in Groups)
            if (nesterov && (group.Momentum == 0 || group.Dampening != 0))
                throw new ArgumentException(FormattableString.Invariant($"Sgd: nesterov needs momentum and no dampening; they are {group.Momentum} and {group.Dampening}"), nameof(nesterov));
    }

    /// <inheritdoc/>
    public override void Step() => update.Step(this);

    private protected override ReadOnlySpan<string> SlotNames => new[] { "momentum_buffer" };

    private protected override int Slots(ParameterGroup group) => update.Slots(group);
}

/// <summary>One element's step of <see cref="Sgd"/>; s0 is v.</summary>
internal readonly struct SgdRule(Number sign, Number decay, Number momentum, Number taken, Number lr, int hasMomentum, int nesterov) : IUpdateRule
{
    public int Slots => hasMomentum != 0 ? 0b001 : 0;

    public static SgdRule At(ParameterGroup group, long step) => new(
        group.Is(Option.Maximize) ? -1 : 1, group.WeightDecay, group.Momentum, step == 1 ? 1 : 1 - group.Dampening, group.Lr, group.Momentum != 0 ? 1 : 0, group.Is(Option.Nesterov) ? 1 : 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Invoke<T>(T w, T g, ref T s0, ref T s1, ref T s2) where T : struct, ILanes<T>
    {
        g = T.Fma(T.Of(decay), w, T.Of(sign) * g);
        if (hasMomentum != 0)
        {
            s0 = T.Fma(T.Of(taken), g, T.Of(momentum) * s0);
            g = nesterov != 0 ? T.Fma(T.Of(momentum), s0, g) : s0;
        }
        return T.Fma(-T.Of(lr), g, w);
    }
}
