namespace MiniDL;

public static partial class Loss
{
    /// <summary>Mean squared error: mean of (p − t)².</summary>
    /// <remarks>Gradient: dp = 2(p − t)/n.</remarks>
    /// <param name="prediction">p.</param>
    /// <param name="target">t, of p's shape.</param>
    /// <param name="reduction">Mean, sum or none.</param>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static Tensor Mse(Tensor prediction, Tensor target, LossReduction reduction = LossReduction.Mean)
    {
        SameShape(nameof(Mse), prediction, target);
        return Reduce((prediction - target).Square(), reduction);
    }
}
