using System.Runtime.CompilerServices;
using MiniDL.NN;

namespace MiniDL.Optim;

/// <summary>Adagrad (Duchi et al. 2011): each weight's rate shrinks with the squares it has seen.</summary>
/// <remarks>g = ∇w + λ·w; s = s + g²; w = w − lr/(1 + (t − 1)·lrDecay)·g/(√s + ε) at step t.</remarks>
public sealed class Adagrad : Optimizer
{
    readonly Update<AdagradRule> update = new(AdagradRule.At);

    /// <summary>For these parameters.</summary>
    /// <param name="parameters">What to train.</param>
    /// <param name="lr">The learning rate.</param>
    /// <param name="lrDecay">How fast it falls.</param>
    /// <param name="weightDecay">λ.</param>
    /// <param name="initialAccumulator">What s begins with.</param>
    /// <param name="eps">ε.</param>
    /// <param name="maximize">Go up instead of down.</param>
    public Adagrad(IEnumerable<Parameter> parameters, double lr = 1e-2, double lrDecay = 0, double weightDecay = 0, double initialAccumulator = 0, double eps = 1e-10, bool maximize = false)
        : this([new ParameterGroup(parameters)], lr, lrDecay, weightDecay, initialAccumulator, eps, maximize) { }

    /// <summary>For groups of parameters with options of their own.</summary>
    /// <inheritdoc cref="Adagrad(IEnumerable{Parameter}, double, double, double, double, double, bool)"/>
    public Adagrad(IEnumerable<ParameterGroup> groups, double lr = 1e-2, double lrDecay = 0, double weightDecay = 0, double initialAccumulator = 0, double eps = 1e-10, bool maximize = false)
        : base(groups,
        [
            (Option.Lr, lr), (Option.LrDecay, lrDecay), (Option.WeightDecay, weightDecay), (Option.InitialAccumulator, initialAccumulator), (Option.Eps, eps),
            (Option.Maximize, maximize ? 1 : 0),
        ])
    { }

    /// <inheritdoc/>
    public override void Step() => update.Step(this);

    private protected override ReadOnlySpan<string> SlotNames => new[] { "sum" };

    private protected override int Slots(ParameterGroup group) => update.Slots(group);
}

/// <summary>One element's step of <see cref="Adagrad"/>; s0 is s.</summary>
internal readonly struct AdagradRule(Number sign, Number decay, Number lr, Number eps) : IUpdateRule
{
    public int Slots => 0b001;

    public static AdagradRule At(ParameterGroup group, long step) => new(
        group.Is(Option.Maximize) ? -1 : 1, group.WeightDecay, group.Lr / (1 + (step - 1) * group.LrDecay), group.Eps);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Invoke<T>(T w, T g, ref T s0, ref T s1, ref T s2) where T : struct, ILanes<T>
    {
        g = T.Fma(T.Of(decay), w, T.Of(sign) * g);
        s0 += g * g;
        return w - T.Of(lr) * g / (T.Sqrt(s0) + T.Of(eps));
    }
}
