using MiniDL.NN;
using MiniDL.Optim;

namespace MiniDL.Conformance.Golden;

/// <summary>PyTorch's optimizers and schedules as MiniDL's.</summary>
static class OptimizerTable
{
    static readonly Dictionary<string, Func<IEnumerable<Parameter>, Args, Optimizer>> optimizers = new()
    {
        ["SGD"] = (p, a) => new Sgd(
            p, a.Number("lr"), a.Number("momentum", 0), a.Number("dampening", 0), a.Number("weight_decay", 0), a.Flag("nesterov"), a.Flag("maximize")),
        ["Adagrad"] = (p, a) => new Adagrad(
            p, a.Number("lr", 0.01), a.Number("lr_decay", 0), a.Number("weight_decay", 0), a.Number("initial_accumulator_value", 0), a.Number("eps", 1e-10), a.Flag("maximize")),
        ["RMSprop"] = (p, a) => new RmsProp(
            p, a.Number("lr", 0.01), a.Number("alpha", 0.99), a.Number("eps", 1e-8), a.Number("weight_decay", 0), a.Number("momentum", 0), a.Flag("centered"), a.Flag("maximize")),
        ["Adam"] = (p, a) =>
        {
            var (beta1, beta2) = Betas(a);
            return new Adam(p, a.Number("lr", 1e-3), beta1, beta2, a.Number("eps", 1e-8), a.Number("weight_decay", 0), a.Flag("amsgrad"), a.Flag("maximize"));
        },
        ["AdamW"] = (p, a) =>
        {
            var (beta1, beta2) = Betas(a);
            return new AdamW(p, a.Number("lr", 1e-3), beta1, beta2, a.Number("eps", 1e-8), a.Number("weight_decay", 0.01), a.Flag("amsgrad"), a.Flag("maximize"));
        },
    };

    static readonly Dictionary<string, Func<Optimizer, Args, Schedule>> schedules = new()
    {
        ["StepLR"] = (o, a) => new StepDecay(o, a.Int(-1, "step_size"), a.Number("gamma", 0.1)),
        ["MultiStepLR"] = (o, a) => new MultiStepDecay(o, a.Ints(-1, "milestones"), a.Number("gamma", 0.1)),
        ["ExponentialLR"] = (o, a) => new ExponentialDecay(o, a.Number("gamma")),
        ["CosineAnnealingLR"] = (o, a) => new CosineDecay(o, a.Int(-1, "T_max"), a.Number("eta_min", 0)),
        ["LinearLR"] = (o, a) => new LinearRamp(o, a.Number("start_factor", 1.0 / 3), a.Number("end_factor", 1), a.Int(-1, "total_iters", 5)),
        ["OneCycleLR"] = (o, a) => new OneCycle(
            o, a.Number("max_lr"), a.Int(-1, "total_steps"), a.Number("pct_start", 0.3), a.Text(-1, "anneal_strategy", "cos") == "linear", a.Flag("three_phase"),
            a.Flag(-1, "cycle_momentum", fallback: true), a.Number("base_momentum", 0.85), a.Number("max_momentum", 0.95), a.Number("div_factor", 25), a.Number("final_div_factor", 1e4)),
    };

    /// <summary>The optimizer over these parameters.</summary>
    public static Optimizer Create(string name, IEnumerable<Parameter> parameters, Args kwargs)
        => optimizers.TryGetValue(name, out var create) ? create(parameters, kwargs) : throw new InvalidDataException($"the optimizer table has no '{name}'");

    /// <summary>The schedule of an optimizer.</summary>
    public static Schedule CreateSchedule(string name, Optimizer optimizer, Args kwargs)
        => schedules.TryGetValue(name, out var create) ? create(optimizer, kwargs) : throw new InvalidDataException($"the schedule table has no '{name}'");

    static (double Beta1, double Beta2) Betas(Args a) => a.NumbersOrNull("betas") is [var beta1, var beta2] ? (beta1, beta2) : (0.9, 0.999);
}
