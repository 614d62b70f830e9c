namespace MiniDL.Conformance.Golden;

/// <summary>The optimizers' problem: loss = mean((a·w + b − y)²) and its gradients, by plain loops.</summary>
/// <remarks>
/// The order of operations is the corpus', to the last bit, because a centered RMSProp with momentum is chaotic near the minimum: one rounding of a
/// gradient is 1e-6 of a weight after 100 steps. So what is compared is the optimizer alone.
/// </remarks>
sealed class LeastSquares(double[] a, double[] y, int rows, int inputs, int outputs)
{
    readonly double[] error = new double[rows * outputs];

    /// <summary>The loss; the gradients are for what it was asked last.</summary>
    public double Loss(ReadOnlySpan<double> w, ReadOnlySpan<double> b)
    {
        var sum = 0.0;
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < outputs; j++)
            {
                var product = 0.0;
                for (var k = 0; k < inputs; k++) product += a[i * inputs + k] * w[k * outputs + j];
                var e = product + b[j] - y[i * outputs + j];
                sum += e * e;
                error[i * outputs + j] = e;
            }
        return sum / error.Length;
    }

    double Slope(int i, int j) => 1.0 / error.Length * (2 * error[i * outputs + j]);

    /// <summary>aᵀ·de.</summary>
    public double[] GradientOfW()
    {
        var dw = new double[inputs * outputs];
        for (var k = 0; k < inputs; k++)
            for (var j = 0; j < outputs; j++)
                for (var i = 0; i < rows; i++) dw[k * outputs + j] += a[i * inputs + k] * Slope(i, j);
        return dw;
    }

    /// <summary>The sum of de over the rows: four sums side by side, added in order.</summary>
    public double[] GradientOfB()
    {
        const int Sums = 4;
        var db = new double[outputs];
        var sums = new double[Sums];
        for (var j = 0; j < outputs; j++)
        {
            Array.Clear(sums);
            for (var i = 0; i < rows; i++) sums[i % Sums] += Slope(i, j);
            foreach (var sum in sums) db[j] += sum;
        }
        return db;
    }
}
