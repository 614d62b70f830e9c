using System.Globalization;

namespace MiniDL.Optim;

/// <summary>Sets an optimizer's learning rates as training goes on: a formula of the number of steps. Each group has the course that its own initial rate gives.</summary>
/// <remarks>Building it sets the rates of step 0; call <see cref="Step"/> after each of the optimizer's steps (or epochs, as the numbers are meant).</remarks>
public abstract class Schedule
{
    const int StateVersion = 1;

    readonly double[] initial;

    private protected Schedule(Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        Optimizer = optimizer;
        initial = [.. optimizer.Groups.Select(group => group.Lr)];
    }

    /// <summary>Whose rates it sets.</summary>
    public Optimizer Optimizer { get; }

    /// <summary>How often <see cref="Step"/> was called.</summary>
    public int StepCount { get; private set; }

    /// <summary>Sets the rates of the next step.</summary>
    public void Step()
    {
        ExpectStep(StepCount + 1);
        StepCount++;
        Apply();
    }

    /// <summary>The step, and the rate that each group began with.</summary>
    public IReadOnlyDictionary<string, Tensor> StateDict()
    {
        var state = new OrderedDictionary<string, Tensor> { { "version", Tensor.Scalar(StateVersion, DType.Int64) }, { "step", Tensor.Scalar(StepCount, DType.Int64) } };
        for (var i = 0; i < initial.Length; i++) state.Add(InitialName(i), Tensor.Scalar(initial[i], DType.Float64));
        return state;
    }

    /// <summary>Goes on from a state, and sets its rates. When it throws, nothing has changed.</summary>
    /// <exception cref="ArgumentException">It does not fit; the message lists every name.</exception>
    public void LoadStateDict(IReadOnlyDictionary<string, Tensor> state) => PlanLoad(state)();

    /// <summary>Checks a state; the action that comes back takes it over.</summary>
    internal Action PlanLoad(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var reader = new StateReader(state);
        reader.Version(StateVersion);
        var step = reader.Number("step");
        var rates = initial.Select((_, i) => reader.Number(InitialName(i))).ToArray();
        reader.Finish($"{GetType().Name}.LoadStateDict");
        ExpectStep((int)step);
        return () =>
        {
            StepCount = (int)step;
            rates.CopyTo(initial, 0);
            Apply();
        };
    }

    /// <summary>The rate at a step.</summary>
    /// <param name="step">From 0.</param>
    /// <param name="initial">The rate that the group began with.</param>
    private protected abstract double Rate(int step, double initial);

    /// <summary>Throws when there is no such step.</summary>
    private protected virtual void ExpectStep(int step) { }

    /// <summary>Sets what else the schedule sets in a group.</summary>
    private protected virtual void ApplyTo(ParameterGroup group, int step) { }

    /// <summary>Sets the rates of the present step; a constructor ends with it.</summary>
    private protected void Apply()
    {
        for (var i = 0; i < initial.Length; i++)
        {
            Optimizer.Groups[i].Lr = Rate(StepCount, initial[i]);
            ApplyTo(Optimizer.Groups[i], StepCount);
        }
    }

    static string InitialName(int group) => string.Create(CultureInfo.InvariantCulture, $"initial_lr.{group}");

    private protected static void ExpectPositive(string schedule, string name, int value)
    {
        if (value < 1) throw new ArgumentOutOfRangeException(name, $"{schedule}: {name} is {value}; it must be positive");
    }
}
