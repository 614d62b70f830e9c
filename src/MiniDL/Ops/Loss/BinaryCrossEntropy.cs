namespace MiniDL;

public static partial class Loss
{
    /// <summary>Binary cross-entropy of logits: −(p·t·log σ(x) + (1 − t)·log(1 − σ(x))), weighed and averaged; never overflows.</summary>
    /// <remarks>
    /// Computed as (1 − t)·x + (1 + (p − 1)·t)·log(1 + e⁻ˣ). Gradient, with p = 1: dx = (σ(x) − t)/n.
    /// </remarks>
    /// <param name="logits">x.</param>
    /// <param name="target">t, of x's shape, between 0 and 1.</param>
    /// <param name="weight">A weight of each element; broadcasts.</param>
    /// <param name="posWeight">p, a weight of the positive class; broadcasts.</param>
    /// <param name="reduction">Mean, sum or none.</param>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static Tensor BceWithLogits(Tensor logits, Tensor target, Tensor? weight = null, Tensor? posWeight = null, LossReduction reduction = LossReduction.Mean)
    {
        SameShape(nameof(BceWithLogits), logits, target);
        var tail = (-logits).Softplus(threshold: 40); // log(1 + e^−x); above 40 it is −x in every digit
        var loss = (1 - target) * logits + (posWeight is null ? tail : (1 + (posWeight - 1) * target) * tail);
        return Reduce(weight is null ? loss : loss * weight, reduction);
    }
}
