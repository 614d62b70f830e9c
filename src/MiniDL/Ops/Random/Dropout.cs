namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = x·m/(1 − p), where each mᵢ is 0 with probability p, else 1 (Srivastava et al. 2014): the expectation stays.</summary>
    /// <remarks>Gradient: dx = dy·m/(1 − p).</remarks>
    /// <param name="p">The probability to drop an element.</param>
    /// <param name="training">False: y = x.</param>
    /// <param name="generator">The stream of random numbers; the current one when left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">p is outside 0…1.</exception>
    public Tensor Dropout(double p = 0.5, bool training = true, Generator? generator = null)
    {
        if (p is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(p), FormattableString.Invariant($"{Gate.Describe(nameof(Dropout))}: p is {p}; a probability lies between 0 and 1"));
        if (!training || p == 0) return this;
        var x = Types.AsFloat(this, nameof(Dropout));
        using var scope = TempScope.Open();
        var y = x * Bernoulli(Shape, 1 - p, x.dtype, x.Device, generator).MulInPlace(p == 1 ? 0 : 1 / (1 - p));
        scope.Close(y);
        return y;
    }
}
