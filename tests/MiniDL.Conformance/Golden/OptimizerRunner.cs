using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using MiniDL.NN;

namespace MiniDL.Conformance.Golden;

/// <summary>Kind <c>optimizer</c>: 100 steps on <c>mean((a·w + b − y)²)</c>.</summary>
static class OptimizerRunner
{
    const int Steps = 100;
    const int StepsBeforeChaos = 20;

    public static void Check(GoldenCase golden, DType precision, Device device)
    {
        var decoder = new Decoder(golden, precision, device);
        var check = new Expected(golden, precision);
        var tolerance = Tolerance.Single(precision);
        var (a, y) = (decoder.Tensor(golden["a"]), decoder.Tensor(golden["y"]));
        var (w, b) = (new Parameter(decoder.Tensor(golden["w0"])), new Parameter(decoder.Tensor(golden["b0"])));
        var problem = new LeastSquares(Expected.Read(a), Expected.Read(y), a.Size(0), a.Size(1), y.Size(1));
        var kwargs = decoder.Keywords(golden["kwargs"]);
        var optimizer = OptimizerTable.Create(golden.Name, [w, b], kwargs);
        kwargs.CheckAllRead();
        var steps = IsChaotic(kwargs) && !HasCorpusRounding(precision) ? StepsBeforeChaos : Steps;
        for (var step = 1; step <= steps; step++)
        {
            var (loss, wanted) = (problem.Loss(Expected.Read(w), Expected.Read(b)), golden["losses"][step - 1].GetDouble());
            if (!Tolerance.Holds(loss, wanted, tolerance.Value, tolerance.Value))
                throw new Mismatch($"loss before step {step}: {loss:R}, expected {wanted:R}");
            optimizer.ZeroGrad();
            Give(w, problem.GradientOfW());
            Give(b, problem.GradientOfB());
            optimizer.Step();
            if (golden.Find($"w{step}") is { } ws) check.Check($"w after step {step}", w, ws, tolerance.Value);
            if (golden.Find($"b{step}") is { } bs) check.Check($"b after step {step}", b, bs, tolerance.Value);
        }
    }

    /// <summary>Centered RMSProp with momentum multiplies a rounding by 10¹⁰ in 100 steps, PyTorch's as well: only the corpus' own rounding ends where it does.</summary>
    static bool IsChaotic(Args kwargs) => kwargs.Flag("centered") && kwargs.Number("momentum", 0) != 0;

    static bool HasCorpusRounding(DType precision) => precision == DType.Float64 && (Fma.IsSupported || AdvSimd.IsSupported);

    /// <summary>Accumulates a given gradient: that of Σ p·dp.</summary>
    static void Give(Parameter p, double[] dp)
        => (p * Tensor.From(dp, p.Shape.ToArray()).To(p.DType).To(p.Device)).Sum().Backward();
}
