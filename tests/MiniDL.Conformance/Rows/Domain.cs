using MiniDL.Conformance.Golden;

namespace MiniDL.Conformance.Rows;

/// <summary>What numbers an operand of a row is made of.</summary>
/// <param name="DType">The dtype of an operand that is no float; null for those that are tested in Float64 and Float32.</param>
/// <param name="Value">From a number in [0, 1) and the element's place to the element.</param>
public sealed record Domain(DType? DType, Func<double, int, double> Value)
{
    /// <summary>True when the operand is a float that takes no gradient by the op's definition.</summary>
    public bool IsConstant { get; init; }

    /// <summary>True when the op has a gradient with respect to the operand.</summary>
    public bool TakesGradient => DType is null && !IsConstant;

    /// <summary>The same numbers in an operand that takes no gradient.</summary>
    public Domain Constant() => this with { IsConstant = true };

    const double Steps = 65536; // so that Float32 holds each value exactly

    /// <summary>Floats in a range, none nearer than 1/20 to a kink.</summary>
    public static Domain Range(double low, double high, params double[] kinks) => new(null, (u, _) =>
    {
        var value = low + (u * (high - low));
        foreach (var kink in kinks)
            if (Math.Abs(value - kink) < 0.05) value += value < kink ? -0.05 : 0.05;
        return Math.Round(value * Steps) / Steps;
    });

    /// <summary>Between −2 and 2, away from 0, ±1 and ±2.</summary>
    public static Domain Real { get; } = Range(-2, 2, -2, -1, 0, 1, 2);

    /// <summary>Between 0.25 and 3.</summary>
    public static Domain Positive { get; } = Range(0.25, 3, 1);

    /// <summary>Strictly between 0 and 1.</summary>
    public static Domain Unit { get; } = Range(0.1, 0.9);

    /// <summary>Between −0.9 and 3, for logarithms of 1 + x.</summary>
    public static Domain AboveMinusOne { get; } = Range(-0.9, 3, 0);

    /// <summary>Indices 0 … n − 1 as Int64.</summary>
    public static Domain Index(int n) => new(MiniDL.DType.Int64, (u, _) => Math.Floor(u * n));

    /// <summary>Indices of which no two are the same in a line of up to n.</summary>
    public static Domain Distinct(int n) => new(MiniDL.DType.Int64, (_, i) => (i * 2 + 1) % n);

    /// <summary>Truth values.</summary>
    public static Domain Mask { get; } = new(MiniDL.DType.Bool, (u, _) => u < 0.5 ? 1 : 0);

    /// <summary>The elements of an operand.</summary>
    public Nd Make(int[] shape, int seed)
    {
        var data = new double[Nd.Count(shape)];
        for (var i = 0; i < data.Length; i++) data[i] = Value(Lcg.Unit(i, seed), i);
        return new(shape, data);
    }
}
