namespace MiniDL;

public partial class Tensor
{
    /// <summary>True when |a − b| ≤ atol + rtol·|b| for every element, of two tensors that broadcast.</summary>
    /// <remarks>Equal infinities are close. Computed in Float64 (whole numbers: where both are, exactly when both tolerances are 0).</remarks>
    /// <param name="other">b.</param>
    /// <param name="rtol">The tolerance relative to b.</param>
    /// <param name="atol">The absolute tolerance.</param>
    /// <param name="equalNan">NaN is close to NaN.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public bool AllClose(Tensor other, double rtol = 1e-5, double atol = 1e-8, bool equalNan = false)
    {
        ArgumentNullException.ThrowIfNull(other);
        var (a, b) = (Detach(), other.Detach());
        var close = a.Eq(b);
        if (rtol != 0 || atol != 0)
        {
            (a, b) = (a.To(DType.Float64), b.To(DType.Float64));
            close |= ((a - b).Abs() <= b.Abs() * rtol + atol) & b.IsFinite(); // an infinite tolerance would let all pass
        }
        if (equalNan) close |= a.IsNan() & b.IsNan();
        return close.All().Item<bool>();
    }
}
