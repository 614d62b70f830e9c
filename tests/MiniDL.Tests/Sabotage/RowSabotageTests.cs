using MiniDL.Conformance.Rows;

namespace MiniDL.Tests;

/// <summary>The row runner is itself tested: each op here is wrong in one way, and the runner must say so.</summary>
public sealed class RowSabotageTests
{
    static readonly Operand[][] Cases = [[new([2, 3], Domain.Real)], [new([5, 67], Domain.Real)], [new([2, 0], Domain.Real)], [new([], Domain.Real)]];

    static OpRow Square(Func<Tensor, Tensor> op) => new("Square", x => [op(x[0])], x => [x[0].Map(v => v * v)], Cases);

    static void AssertReports(OpRow row, Check check)
    {
        var failures = RowRunner.Run(row, Device.Cpu);
        Assert.Contains(failures, f => f.Contains($"[{check}]", StringComparison.Ordinal));
    }

    [Fact]
    public void TheSoundOpPasses() => Assert.Empty(RowRunner.Run(Square(x => x.Square()) with { Integers = Takes.AsItIs }, Device.Cpu));

    [Fact]
    public void AWrongGradient()
        => AssertReports(Square(x => Autograd.Custom(x, u => u.Square(), (u, dy) => dy * u * 2.01)), Check.Gradient);

    [Fact]
    public void AGradientThatForgetsItsOwnGradient()
        => AssertReports(Square(x => Autograd.Custom(x, u => u.Square(), (u, dy) => dy * u.Detach() * 2)), Check.SecondGradient);

    [Fact]
    public void AGradientOfAnotherShape()
        => AssertReports(Square(x => Autograd.Custom(x, u => u.Square(), (u, dy) => (dy * u * 2).Unsqueeze(0))), Check.Gradient);

    [Fact]
    public void ADroppedTail() => AssertReports(Square(x =>
    {
        var y = x.Square();
        if (y.Length > 64) y.Detach().Reshape(-1)[^1] = 0;
        return y;
    }), Check.Forward);

    [Fact]
    public void ASwappedStride() => AssertReports(Square(x => Reinterpreted(x).Square()), Check.Strided);

    /// <summary>The elements in the order of memory, whatever the strides say.</summary>
    static Tensor Reinterpreted(Tensor x) => x.Strides.Contains(0) || x.IsContiguous ? x : x.Alias(x.layout.Contiguous());

    [Fact]
    public void AWriteIntoAnOperand() => AssertReports(Square(x =>
    {
        var y = x.Square();
        if (x.Length > 0) x.Detach().Fill(1);
        return y;
    }), Check.Forward);

    [Fact]
    public void AnotherDType() => AssertReports(Square(x => x.To(DType.Float32).Square().To(DType.Float64)), Check.Forward);

    [Fact]
    public void ACompositeThatDiffersFromTheKernel()
        => AssertReports(Square(x => Fusion.Mode == FusedKernels.Off ? x.Square() * 1.001 : x.Square()), Check.Fusion);

    [Fact]
    public void AMissingKernel() => AssertReports(Square(x =>
    {
        if (Fusion.Mode == FusedKernels.Required) throw new InvalidOperationException("no fused kernel");
        return x.Square();
    }) with
    { HasKernel = true }, Check.Fusion);

    [Fact]
    public void AnIntegerThatBecomesAFloat() => AssertReports(Square(x => x.To(DType.Float64).Square()) with { Integers = Takes.AsItIs }, Check.DTypes);

    [Fact]
    public void AStorageTypeThatIsTaken() => AssertReports(Square(x => x.DType.IsDifferentiable() ? x.Square() : x.To(DType.Float32).Square()), Check.DTypes);

    [Fact]
    public void AnOpWithoutARow()
    {
        Assert.Equal(["Orphan"], OpRows.Missing([typeof(Ops)], OpRows.All));
        Assert.Equal(["Missing"], OpRows.Unknown([typeof(Tensor)], [Square(x => x) with { Members = ["Missing"] }]));
    }

    [Fact]
    public void ARowWithoutEmptyOrZeroDimCases()
    {
        OpRow row = Square(x => x) with { Cases = [[new([2], Domain.Real)]] };
        Assert.Equal(["Square has no case for Empty", "Square has no case for ZeroDim"], OpRows.CasesMissing([row]));
    }

    /// <summary>A public op that nobody wrote a row for.</summary>
    static class Ops
    {
        public static (Tensor, Tensor) Orphan(Tensor x) => (x, x);

        public static Tensor Exp(Tensor x) => x.Exp();
    }
}
