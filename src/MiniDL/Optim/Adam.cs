using System.Runtime.CompilerServices;
using MiniDL.NN;

namespace MiniDL.Optim;

/// <summary>Adam (Kingma and Ba 2015, arXiv:1412.6980): the mean gradient over the root of the mean square.</summary>
/// <remarks>
/// g = ∇w + λ·w; m = β₁·m + (1 − β₁)·g; v = β₂·v + (1 − β₂)·g²; w = w − lr·m̂/(√v̂ + ε) with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ) at step t.
/// AMSGrad (Reddi et al. 2018, arXiv:1904.09237): the largest v so far stands for v.
/// </remarks>
public sealed class Adam : Optimizer
{
    readonly Update<AdamRule> update = new(AdamRule.Coupled);

    /// <summary>For these parameters.</summary>
    /// <param name="parameters">What to train.</param>
    /// <param name="lr">The learning rate.</param>
    /// <param name="beta1">β₁.</param>
    /// <param name="beta2">β₂.</param>
    /// <param name="eps">ε.</param>
    /// <param name="weightDecay">λ.</param>
    /// <param name="amsGrad">Use the largest v so far.</param>
    /// <param name="maximize">Go up instead of down.</param>
    public Adam(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 0, bool amsGrad = false, bool maximize = false)
        : this([new ParameterGroup(parameters)], lr, beta1, beta2, eps, weightDecay, amsGrad, maximize) { }

    /// <summary>For groups of parameters with options of their own.</summary>
    /// <inheritdoc cref="Adam(IEnumerable{Parameter}, double, double, double, double, double, bool, bool)"/>
    public Adam(IEnumerable<ParameterGroup> groups, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 0, bool amsGrad = false, bool maximize = false)
        : base(groups, AdamRule.Options(lr, beta1, beta2, eps, weightDecay, amsGrad, maximize)) { }

    /// <inheritdoc/>
    public override void Step() => update.Step(this);

    private protected override ReadOnlySpan<string> SlotNames => AdamRule.SlotNames;

    private protected override int Slots(ParameterGroup group) => update.Slots(group);
}

/// <summary>Adam with weight decay of its own (Loshchilov and Hutter 2019, arXiv:1711.05101).</summary>
/// <remarks>As <see cref="Adam"/> with g = ∇w, and w shrinks by 1 − lr·λ before each step.</remarks>
public sealed class AdamW : Optimizer
{
    readonly Update<AdamRule> update = new(AdamRule.Decoupled);

    /// <summary>For these parameters.</summary>
    /// <inheritdoc cref="Adam(IEnumerable{Parameter}, double, double, double, double, double, bool, bool)"/>
    public AdamW(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 1e-2, bool amsGrad = false, bool maximize = false)
        : this([new ParameterGroup(parameters)], lr, beta1, beta2, eps, weightDecay, amsGrad, maximize) { }

    /// <summary>For groups of parameters with options of their own.</summary>
    /// <inheritdoc cref="Adam(IEnumerable{Parameter}, double, double, double, double, double, bool, bool)"/>
    public AdamW(IEnumerable<ParameterGroup> groups, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 1e-2, bool amsGrad = false, bool maximize = false)
        : base(groups, AdamRule.Options(lr, beta1, beta2, eps, weightDecay, amsGrad, maximize)) { }

    /// <inheritdoc/>
    public override void Step() => update.Step(this);

    private protected override ReadOnlySpan<string> SlotNames => AdamRule.SlotNames;

    private protected override int Slots(ParameterGroup group) => update.Slots(group);
}

/// <summary>One element's step of <see cref="Adam"/> and <see cref="AdamW"/>; s0 is m, s1 is v, s2 the largest v.</summary>
internal readonly struct AdamRule : IUpdateRule
{
    readonly Number sign, decay, shrink, beta1, taken1, beta2, taken2, stepSize, rootScale, eps;
    readonly int amsGrad;

    AdamRule(ParameterGroup group, long step, double decay, double shrink)
    {
        sign = group.Is(Option.Maximize) ? -1 : 1;
        (this.decay, this.shrink) = (decay, shrink);
        (beta1, taken1, beta2, taken2) = (group.Beta1, 1 - group.Beta1, group.Beta2, 1 - group.Beta2);
        stepSize = group.Lr / (1 - Math.Pow(group.Beta1, step));
        rootScale = 1 / Math.Sqrt(1 - Math.Pow(group.Beta2, step));
        eps = group.Eps;
        amsGrad = group.Is(Option.AmsGrad) ? 1 : 0;
    }

    public static AdamRule Coupled(ParameterGroup group, long step) => new(group, step, group.WeightDecay, 1);

    public static AdamRule Decoupled(ParameterGroup group, long step) => new(group, step, 0, 1 - group.Lr * group.WeightDecay);

    public static ReadOnlySpan<string> SlotNames => new[] { "exp_avg", "exp_avg_sq", "max_exp_avg_sq" };

    public static (Option, double)[] Options(double lr, double beta1, double beta2, double eps, double weightDecay, bool amsGrad, bool maximize) =>
    [
        (Option.Lr, lr), (Option.Beta1, beta1), (Option.Beta2, beta2), (Option.Eps, eps), (Option.WeightDecay, weightDecay),
        (Option.AmsGrad, amsGrad ? 1 : 0), (Option.Maximize, maximize ? 1 : 0),
    ];

    public int Slots => amsGrad != 0 ? 0b111 : 0b011;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Invoke<T>(T w, T g, ref T s0, ref T s1, ref T s2) where T : struct, ILanes<T>
    {
        g = T.Fma(T.Of(decay), w, T.Of(sign) * g);
        s0 = T.Fma(T.Of(taken1), g, T.Of(beta1) * s0);
        s1 = T.Of(beta2) * s1 + T.Of(taken2) * g * g;
        var square = s1;
        if (amsGrad != 0) square = s2 = T.Max(s2, s1);
        return w * T.Of(shrink) - T.Of(stepSize) * s0 / (T.Sqrt(square) * T.Of(rootScale) + T.Of(eps));
    }
}
