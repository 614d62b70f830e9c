namespace MiniDL;

public partial class Tensor
{
    /// <summary>Indices of categories drawn by weight: for each row of this [K] or [N,K], <paramref name="numSamples"/> of them, as Int64.</summary>
    /// <remarks>
    /// The weights need not sum to 1. With replacement by inversion of the cumulative weights; without it the smallest of −log u / w
    /// (Efraimidis and Spirakis 2006), which draws one after the other. On the host, in double: the same on every device.
    /// </remarks>
    /// <param name="numSamples">How many a row.</param>
    /// <param name="replacement">A category may come more than once.</param>
    /// <param name="generator">The stream; <see cref="Generator.Current"/> when left out.</param>
    /// <exception cref="ArgumentException">A weight is negative or not finite, a row has no weight, or fewer categories than are wanted.</exception>
    public Tensor Multinomial(int numSamples, bool replacement = false, Generator? generator = null)
    {
        if (Rank is not (1 or 2)) throw new ShapeException(nameof(Multinomial), $"the weights have shape {layout}; they are [K] or [N,K]");
        if (numSamples < 0) throw new ArgumentOutOfRangeException(nameof(numSamples), $"Multinomial: numSamples is {numSamples}; it is 0 or more");
        var categories = layout.Size(Rank - 1);
        var rows = Rank == 1 ? 1 : layout.Size(0);
        var weights = Detach().To(DType.Float64).To(Device.Cpu).ToArray<double>();
        var drawn = new long[checked(rows * numSamples)];
        var u = Rand([rows, replacement ? numSamples : categories], DType.Float64, generator: generator).ToArray<double>();
        var keys = new double[categories];
        var order = new int[categories];
        for (var row = 0; row < rows; row++)
        {
            var w = weights.AsSpan(row * categories, categories);
            CheckWeights(w, row, numSamples, replacement);
            var y = drawn.AsSpan(row * numSamples, numSamples);
            if (replacement)
            {
                for (var k = 0; k < categories; k++) keys[k] = w[k] + (k > 0 ? keys[k - 1] : 0);
                for (var i = 0; i < numSamples; i++) y[i] = FirstAbove(keys, w, u[row * numSamples + i] * keys[^1]);
                continue;
            }
            for (var k = 0; k < categories; k++) (keys[k], order[k]) = (w[k] > 0 ? -Math.Log(1 - u[row * categories + k]) / w[k] : double.PositiveInfinity, k);
            Array.Sort(keys, order);
            for (var i = 0; i < numSamples; i++) y[i] = order[i];
        }
        return (Rank == 1 ? From((ReadOnlySpan<long>)drawn) : From((ReadOnlySpan<long>)drawn, rows, numSamples)).To(Device);
    }

    /// <summary>The category into whose stretch of the cumulative weights <paramref name="value"/> falls; never one of weight 0.</summary>
    static int FirstAbove(double[] cumulative, ReadOnlySpan<double> weights, double value)
    {
        var (low, high) = (0, cumulative.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (cumulative[middle] > value) high = middle;
            else low = middle + 1;
        }
        while (weights[low] == 0) low--; // the value rounded up to the whole sum
        return low;
    }

    static void CheckWeights(ReadOnlySpan<double> weights, int row, int numSamples, bool replacement)
    {
        var positive = 0;
        for (var k = 0; k < weights.Length; k++)
        {
            if (!(weights[k] >= 0 && weights[k] < double.PositiveInfinity))
                throw new ArgumentException(FormattableString.Invariant($"Multinomial: the weight at [{row},{k}] is {weights[k]}; a weight is finite and not negative"));
            if (weights[k] > 0) positive++;
        }
        if (numSamples > 0 && positive == 0) throw new ArgumentException($"Multinomial: row {row} has no positive weight");
        if (!replacement && numSamples > positive)
            throw new ArgumentException($"Multinomial: {numSamples} draws without replacement from row {row}, which has {positive} categories of positive weight", nameof(numSamples));
    }
}
