using MiniDL.NN;
using MiniDL.Optim;

namespace MiniDL.Conformance.Golden;

/// <summary>Kind <c>schedule</c>: the learning rate before each step.</summary>
static class ScheduleRunner
{
    public static void Check(GoldenCase golden)
    {
        var optimizer = new Sgd([new Parameter(Tensor.Zeros(1))], golden["lr"].GetDouble());
        var kwargs = new Decoder(golden, DType.Float64, Device.Cpu).Keywords(golden["kwargs"]);
        var schedule = OptimizerTable.CreateSchedule(golden.Name, optimizer, kwargs);
        var step = 0;
        foreach (var rate in golden["rates"].EnumerateArray())
        {
            var (there, wanted) = (optimizer.Groups[0].Lr, rate.GetDouble());
            if (!Tolerance.Holds(there, wanted, 1e-7, 1e-7)) throw new Mismatch($"rate before step {step + 1}: {there:R}, expected {wanted:R}");
            schedule.Step();
            step++;
        }
    }
}
