using System.Globalization;

namespace MiniDL.Conformance.Rows;

/// <summary>Runs every check of a row and collects what fails.</summary>
public sealed class RowRunner
{
    const int FewElements = 40;

    readonly OpRow row;
    readonly Device device;
    readonly int mostElements;
    readonly Check[] checks;
    readonly List<string> failures = [];
    string place = "";

    RowRunner(OpRow row, Device device, int mostElements, Check[] checks)
        => (this.row, this.device, this.mostElements, this.checks) = (row, device, mostElements, checks);

    /// <summary>What is wrong with an op, one line a failure; empty when nothing is. Cases of more elements than <paramref name="mostElements"/> are left out.</summary>
    /// <param name="row">The op.</param>
    /// <param name="device">Where.</param>
    /// <param name="mostElements">Of an operand.</param>
    /// <param name="checks">What to check; everything when none is named. Derivatives are checked by differences only with everything: they take many runs.</param>
    public static IReadOnlyList<string> Run(OpRow row, Device device, int mostElements = int.MaxValue, params Check[] checks)
    {
        ArgumentNullException.ThrowIfNull(row);
        var runner = new RowRunner(row, device, mostElements, checks);
        runner.RunAll();
        return runner.failures;
    }

    void RunAll()
    {
        for (var c = 0; c < row.Cases.Length; c++)
        {
            var operands = row.Cases[c];
            if (operands.Any(o => Nd.Count(o.Shape) > mostElements)) continue;
            place = $"case {c}, {string.Join(" ", operands.Select(o => $"[{string.Join(",", o.Shape)}]"))}";
            var x = operands.Select((o, i) => o.Domain.Make(o.Shape, (31 * c) + i + 1)).ToArray();
            Try(Check.Forward, () => Forward(x, operands));
            Try(Check.Gradient, () => GradientsAgree(x, operands));
            Try(Check.Strided, () => Strided(x, operands));
            Try(Check.Fusion, () => Fused(x, operands));
            if (checks.Length > 0 || x.Sum(u => u.Data.Length) > FewElements) continue;
            Try(Check.Gradient, () => Differences(x, operands, order: 1));
            if (!row.OptOuts.ContainsKey(Check.Gradient)) Try(Check.SecondGradient, () => Differences(x, operands, order: 2));
        }
        Try(Check.DTypes, OtherTypes);
    }

    void Try(Check check, Action action)
    {
        if (row.OptOuts.ContainsKey(check) || (checks.Length > 0 && !checks.Contains(check))) return;
        try
        {
            action();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            failures.Add($"{row.Name} [{check}] {place}: {(e is RowFailure or GradientCheckException ? e.Message : $"{e.GetType().Name}: {e.Message}")}");
        }
    }

    Tensor[] Tensors(Nd[] x, Operand[] operands, DType dtype)
        => [.. x.Select((u, i) => Operands.Make(u, operands[i].Domain.DType ?? dtype, device))];

    void Forward(Nd[] x, Operand[] operands)
    {
        var expected = row.Reference(x);
        foreach (var (dtype, tolerance) in new[] { (DType.Float64, row.Tolerance), (DType.Float32, row.Tolerance32) })
        {
            var tensors = Tensors(x, operands, dtype);
            var y = row.Call(tensors);
            Require(y.Length == expected.Length, $"{y.Length} results, the reference has {expected.Length}");
            for (var k = 0; k < y.Length; k++)
            {
                if (y[k].DType.IsFloat()) Require(y[k].DType == dtype, $"result {k} is {y[k].DType}, the operands are {dtype}");
                Same(y[k], expected[k], tolerance, $"result {k} in {dtype}");
            }
            for (var i = 0; i < x.Length; i++)
                Require(Identical(Operands.Values(tensors[i]), x[i].Data), $"operand {i} was changed");
        }
    }

    void GradientsAgree(Nd[] x, Operand[] operands)
    {
        var wide = Operands.Gradients(row, Tensors(x, operands, DType.Float64), operands);
        var narrow = Operands.Gradients(row, Tensors(x, operands, DType.Float32), operands);
        Nd[] floats = [.. x.Where((_, i) => operands[i].Domain.TakesGradient)];
        for (var k = 0; k < wide.Length; k++)
        {
            if (wide[k] is not { } g) continue;
            Require(g.Shape.ToArray().SequenceEqual(floats[k].Shape), $"gradient {k} has shape {g.Shape}");
            Require(narrow[k]?.DType == DType.Float32, $"gradient {k} of Float32 operands is {narrow[k]?.DType}");
            Same(narrow[k]!, new([.. g.Shape], Operands.Values(g)), 20 * row.Tolerance32, $"gradient {k} in Float32 against Float64");
        }
    }

    void Strided(Nd[] x, Operand[] operands)
    {
        var whole = Tensors(x, operands, DType.Float64);
        foreach (var lay in new[] { Lay.Transposed, Lay.EveryOther, Lay.Expanded })
        {
            Tensor[] lying = [.. whole.Select(u => Operands.Lie(u, lay))];
            Tensor[] contiguous = lay == Lay.Expanded ? [.. lying.Select(u => u.Clone())] : whole;
            var (y, expected) = (row.Call(lying), row.Call(contiguous));
            for (var k = 0; k < y.Length; k++)
                Require(Identical(Operands.Values(y[k]), Operands.Values(expected[k])), $"result {k} of {lay} operands has other bits than of contiguous ones");
            var (g, expectedG) = (Operands.Gradients(row, lying, operands), Operands.Gradients(row, contiguous, operands));
            for (var k = 0; k < g.Length; k++)
            {
                if (g[k] is null) continue;
                Require(Identical(Operands.Values(g[k]!), Operands.Values(expectedG[k]!)), $"gradient {k} of {lay} operands has other bits than of contiguous ones");
            }
        }
    }

    void Fused(Nd[] x, Operand[] operands)
    {
        foreach (var (dtype, tolerance) in new[] { (DType.Float64, 20 * row.Tolerance), (DType.Float32, 20 * row.Tolerance32) })
        {
            var tensors = Tensors(x, operands, dtype);
            var (y, g) = Under(FusedKernels.Off, tensors, operands);
            foreach (var mode in row.HasKernel && x.All(u => u.Data.Length > 0) ? new[] { FusedKernels.Auto, FusedKernels.Required } : [FusedKernels.Auto])
            {
                var (fusedY, fusedG) = Under(mode, tensors, operands);
                for (var k = 0; k < y.Length; k++)
                    Same(fusedY[k], new([.. y[k].Shape], Operands.Values(y[k])), tolerance, $"result {k} in {dtype} under {mode} against Off");
                for (var k = 0; k < g.Length; k++)
                    if (g[k] is { } composite) Same(fusedG[k]!, new([.. composite.Shape], Operands.Values(composite)), tolerance, $"gradient {k} in {dtype} under {mode} against Off");
            }
        }
    }

    (Tensor[] Y, Tensor?[] G) Under(FusedKernels mode, Tensor[] x, Operand[] operands)
    {
        using var scope = Fusion.Use(mode);
        return (row.Call(x), Operands.Gradients(row, x, operands));
    }

    void Differences(Nd[] x, Operand[] operands, int order)
    {
        var tensors = Tensors(x, operands, DType.Float64);
        int[] moved = [.. Enumerable.Range(0, x.Length).Where(i => operands[i].Domain.TakesGradient)];
        if (moved.Length == 0) return;
        GradientCheck.Run(u =>
        {
            var all = (Tensor[])tensors.Clone();
            for (var k = 0; k < moved.Length; k++) all[moved[k]] = u[k];
            return Joined(row.Call(all));
        }, [.. moved.Select(i => tensors[i])], order);
    }

    /// <summary>All float results in one vector.</summary>
    static Tensor Joined(Tensor[] y)
    {
        Tensor[] parts = [.. y.Where(u => u.DType.IsDifferentiable()).Select(u => u.Reshape([checked((int)u.Length)]))];
        return parts.Length == 0 ? Tensor.Zeros([1], DType.Float64) : Tensor.Cat(parts);
    }

    void OtherTypes()
    {
        var operands = row.Cases[0];
        if (operands.All(o => o.Domain.DType is not null)) return;
        var x = operands.Select((o, i) => o.Domain.Make(o.Shape, i + 1)).ToArray();
        Nd[] whole = [.. x.Select((u, i) => operands[i].Domain.DType is null ? u.Map(v => Math.Sign(v) * Math.Ceiling(Math.Abs(v))) : u)];
        foreach (var dtype in new[] { DType.Int32, DType.Int64 }) Other(whole, operands, dtype, row.Integers);
        foreach (var dtype in new[] { DType.BFloat16, DType.Float16 }) Other(whole, operands, dtype, row.Halves);
    }

    void Other(Nd[] x, Operand[] operands, DType dtype, Takes takes)
    {
        place = $"{dtype} operands";
        var tensors = Tensors(x, operands, dtype);
        Tensor[] y;
        try
        {
            y = row.Call(tensors);
        }
        catch (ArgumentException) when (takes == Takes.Nothing)
        {
            return;
        }
        Require(takes != Takes.Nothing, "are to be refused with an ArgumentException, and were not");
        var expected = row.Reference(x);
        var wanted = takes switch { Takes.AsItIs => dtype, Takes.AsFloat32 => DType.Float32, Takes.AsInt64 => DType.Int64, _ => y[0].DType };
        Require(y[0].DType == wanted, $"the result is {y[0].DType}, the row says {wanted}");
        for (var k = 0; k < y.Length; k++) Same(y[k], expected[k], row.Tolerance32, $"result {k}");
    }

    static bool Identical(double[] a, double[] b)
    {
        if (a.Length != b.Length) return false;
        for (var i = 0; i < a.Length; i++)
            if (BitConverter.DoubleToInt64Bits(a[i]) != BitConverter.DoubleToInt64Bits(b[i]) && !(double.IsNaN(a[i]) && double.IsNaN(b[i]))) return false;
        return true;
    }

    static void Same(Tensor actual, Nd expected, double tolerance, string what)
    {
        Require(actual.Shape.ToArray().SequenceEqual(expected.Shape), $"{what} has shape {actual.Shape}, expected [{string.Join(", ", expected.Shape)}]");
        var values = Operands.Values(actual);
        for (var i = 0; i < values.Length; i++)
        {
            var (v, e) = (values[i], expected.Data[i]);
            if (v.Equals(e) || Math.Abs(v - e) <= tolerance * Math.Max(1, Math.Abs(e))) continue;
            throw new RowFailure(string.Create(CultureInfo.InvariantCulture, $"{what}, element {i}: {v:R}, expected {e:R}"));
        }
    }

    static void Require(bool ok, string message)
    {
        if (!ok) throw new RowFailure(message);
    }

    sealed class RowFailure(string message) : Exception(message);
}
