namespace MiniDL.Conformance.Rows;

/// <summary>Functions that .NET's Math lacks, by their definitions.</summary>
internal static class Plain
{
    /// <summary>erf x = 2/√π·Σ (−1)ⁿ x²ⁿ⁺¹/(n!·(2n + 1)); for larger x by erfc's continued fraction.</summary>
    public static double Erf(double x)
    {
        if (Math.Abs(x) > 2.5) return Math.Sign(x) * (1 - (Math.Exp(-x * x) / Math.Sqrt(Math.PI) / Tail(Math.Abs(x))));
        double sum = 0, term = x;
        for (var n = 0; n < 80; n++)
        {
            sum += term / ((2 * n) + 1);
            term *= -x * x / (n + 1);
        }
        return 2 / Math.Sqrt(Math.PI) * sum;
    }

    /// <summary>x + (1/2)/(x + 1/(x + (3/2)/(x + …))).</summary>
    static double Tail(double x)
    {
        var tail = x;
        for (var k = 200; k > 0; k--) tail = x + (k / 2.0 / tail);
        return tail;
    }

    /// <summary>1/(1 + e⁻ˣ).</summary>
    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>eˣ − 1 = Σ xⁿ/n!.</summary>
    public static double Expm1(double x)
    {
        double sum = 0, term = x;
        for (var n = 2; n < 60; n++)
        {
            sum += term;
            term *= x / n;
        }
        return sum;
    }

    /// <summary>ln Σ eˣ over a line.</summary>
    public static double LogSumExp(double[] line) => Math.Log(line.Sum(Math.Exp));

    /// <summary>eˣ/Σ eˣ over a line.</summary>
    public static double[] Softmax(double[] line)
    {
        var sum = line.Sum(Math.Exp);
        return Array.ConvertAll(line, v => Math.Exp(v) / sum);
    }
}
