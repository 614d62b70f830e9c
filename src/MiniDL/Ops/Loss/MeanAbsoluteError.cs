namespace MiniDL;

public static partial class Loss
{
    /// <summary>Mean absolute error: mean of |p − t|.</summary>
    /// <remarks>Gradient: dp = sign(p − t)/n.</remarks>
    /// <param name="prediction">p.</param>
    /// <param name="target">t, of p's shape.</param>
    /// <param name="reduction">Mean, sum or none.</param>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static Tensor L1(Tensor prediction, Tensor target, LossReduction reduction = LossReduction.Mean)
    {
        SameShape(nameof(L1), prediction, target);
        return Reduce((prediction - target).Abs(), reduction);
    }
}
