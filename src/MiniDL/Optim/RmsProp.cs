using System.Runtime.CompilerServices;
using MiniDL.NN;

namespace MiniDL.Optim;

/// <summary>RMSProp (Hinton 2012): each gradient over the root of its mean square.</summary>
/// <remarks>
/// g = ∇w + λ·w; s = α·s + (1 − α)·g²; d = g/(√s + ε). Centered (Graves 2013, arXiv:1308.0850): m = α·m + (1 − α)·g, and s − m² stands under the root.
/// With momentum μ: v = μ·v + d, and d becomes v. w = w − lr·d.
/// </remarks>
public sealed class RmsProp : Optimizer
{
    readonly Update<RmsPropRule> update = new(RmsPropRule.At);

    /// <summary>For these parameters.</summary>
    /// <param name="parameters">What to train.</param>
    /// <param name="lr">The learning rate.</param>
    /// <param name="alpha">α.</param>
    /// <param name="eps">ε.</param>
    /// <param name="weightDecay">λ.</param>
    /// <param name="momentum">μ.</param>
    /// <param name="centered">Use the variance instead of the mean square.</param>
    /// <param name="maximize">Go up instead of down.</param>
    public RmsProp(IEnumerable<Parameter> parameters, double lr = 1e-2, double alpha = 0.99, double eps = 1e-8, double weightDecay = 0, double momentum = 0, bool centered = false, bool maximize = false)
        : this([new ParameterGroup(parameters)], lr, alpha, eps, weightDecay, momentum, centered, maximize) { }

    /// <summary>For groups of parameters with options of their own.</summary>
    /// <inheritdoc cref="RmsProp(IEnumerable{Parameter}, double, double, double, double, double, bool, bool)"/>
    public RmsProp(IEnumerable<ParameterGroup> groups, double lr = 1e-2, double alpha = 0.99, double eps = 1e-8, double weightDecay = 0, double momentum = 0, bool centered = false, bool maximize = false)
        : base(groups,
        [
            (Option.Lr, lr), (Option.Alpha, alpha), (Option.Eps, eps), (Option.WeightDecay, weightDecay), (Option.Momentum, momentum),
            (Option.Centered, centered ? 1 : 0), (Option.Maximize, maximize ? 1 : 0),
        ])
    { }

    /// <inheritdoc/>
    public override void Step() => update.Step(this);

    private protected override ReadOnlySpan<string> SlotNames => new[] { "square_avg", "momentum_buffer", "grad_avg" };

    private protected override int Slots(ParameterGroup group) => update.Slots(group);
}

/// <summary>One element's step of <see cref="RmsProp"/>; s0 is s, s1 is v, s2 is m.</summary>
internal readonly struct RmsPropRule(Number sign, Number decay, Number alpha, Number taken, Number momentum, Number lr, Number eps, int hasMomentum, int centered) : IUpdateRule
{
    public int Slots => 0b001 | (hasMomentum != 0 ? 0b010 : 0) | (centered != 0 ? 0b100 : 0);

    public static RmsPropRule At(ParameterGroup group, long step) => new(
        group.Is(Option.Maximize) ? -1 : 1, group.WeightDecay, group.Alpha, 1 - group.Alpha, group.Momentum, group.Lr, group.Eps, group.Momentum != 0 ? 1 : 0, group.Is(Option.Centered) ? 1 : 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Invoke<T>(T w, T g, ref T s0, ref T s1, ref T s2) where T : struct, ILanes<T>
    {
        g = T.Fma(T.Of(decay), w, T.Of(sign) * g);
        s0 = T.Fma(T.Of(taken) * g, g, T.Of(alpha) * s0);
        var square = s0;
        if (centered != 0)
        {
            s2 = T.Fma(T.Of(taken), g, T.Of(alpha) * s2);
            square = T.Fma(-s2, s2, square);
        }
        var d = g / (T.Sqrt(square) + T.Of(eps));
        if (hasMomentum != 0) d = s1 = T.Of(momentum) * s1 + d;
        return T.Fma(-T.Of(lr), d, w);
    }
}
