using System.Globalization;
using System.Text;
using MiniDL.NN;

namespace MiniDL.Optim;

public abstract partial class Optimizer
{
    const int StateVersion = 1;

    /// <summary>Everything that the next step depends on beside the parameters: options, step counts, and the tensors of each parameter, which share memory.</summary>
    /// <remarks>Names: <c>version</c>, <c>group.0.lr</c>, <c>state.features.0.weight.exp_avg</c>.</remarks>
    /// <param name="model">Names the parameters by their paths; else, and for those that it has not, their numbers do.</param>
    public IReadOnlyDictionary<string, Tensor> StateDict(Module? model = null)
    {
        var result = new OrderedDictionary<string, Tensor> { { "version", Tensor.Scalar(StateVersion, DType.Int64) } };
        foreach (var (name, group, option) in OptionNames()) result.Add(name, Tensor.Scalar(group[option], DType.Float64));
        var names = ParameterNames(model);
        for (var i = 0; i < States.Length; i++)
        {
            if (States[i].Step == 0) continue;
            result.Add(StepName(names[i]), Tensor.Scalar(States[i].Step, DType.Int64));
            for (var slot = 0; slot < SlotNames.Length; slot++)
                if (States[i].Slots[slot] is { } tensor) result.Add(SlotName(names[i], slot), tensor.Detach());
        }
        return result;
    }

    /// <summary>Goes on from a state. When it throws, nothing has changed.</summary>
    /// <param name="state">What <see cref="StateDict"/> gave, of an optimizer of the same kind over parameters of the same names and shapes.</param>
    /// <param name="model">The model that named the parameters, if one did.</param>
    /// <exception cref="ArgumentException">It does not fit; the message lists every name.</exception>
    public void LoadStateDict(IReadOnlyDictionary<string, Tensor> state, Module? model = null) => PlanLoad(state, model)();

    /// <summary>Checks a state; the action that comes back takes it over.</summary>
    internal Action PlanLoad(IReadOnlyDictionary<string, Tensor> state, Module? model)
    {
        ArgumentNullException.ThrowIfNull(state);
        var reader = new StateReader(state);
        reader.Version(StateVersion);
        var options = OptionNames().Select(o => (o.Group, o.Option, Value: reader.Number(o.Name))).ToArray();
        var names = ParameterNames(model);
        var loaded = new (long Step, Tensor?[] Slots)[States.Length];
        for (var i = 0; i < States.Length; i++)
        {
            loaded[i].Slots = new Tensor?[States[i].Slots.Length];
            if (!state.ContainsKey(StepName(names[i]))) continue; // never stepped
            loaded[i].Step = (long)reader.Number(StepName(names[i]));
            var slots = Slots(States[i].Group);
            for (var slot = 0; slot < SlotNames.Length; slot++)
                if ((slots & (1 << slot)) != 0) loaded[i].Slots[slot] = reader.Tensor(SlotName(names[i], slot), States[i].Parameter.Shape);
        }
        reader.Finish($"{Name}.LoadStateDict");
        foreach (var (group, option, value) in options) new ParameterGroup(group.Parameters)[option] = value; // in range?
        return () =>
        {
            foreach (var (group, option, value) in options) group[option] = value;
            for (var i = 0; i < States.Length; i++) States[i].Restore(loaded[i].Step, loaded[i].Slots);
        };
    }

    IEnumerable<(string Name, ParameterGroup Group, Option Option)> OptionNames()
    {
        for (var i = 0; i < Groups.Count; i++)
            foreach (var option in Enum.GetValues<Option>())
                if (Groups[i].Has(option))
                    yield return (string.Create(CultureInfo.InvariantCulture, $"group.{i}.{ModuleFields.SnakeCase(option.ToString())}"), Groups[i], option);
    }

    string[] ParameterNames(Module? model)
    {
        var paths = new Dictionary<Parameter, string>(ReferenceEqualityComparer.Instance);
        if (model is not null)
            foreach (var (name, parameter) in model.NamedParameters()) paths.Add(parameter, name);
        return [.. States.Select((state, i) => paths.GetValueOrDefault(state.Parameter, i.ToString(CultureInfo.InvariantCulture)))];
    }

    static string StepName(string parameter) => $"state.{parameter}.step";

    string SlotName(string parameter, int slot) => $"state.{parameter}.{SlotNames[slot]}";
}

/// <summary>Reads a state dictionary and collects everything that is wrong with it.</summary>
internal sealed class StateReader(IReadOnlyDictionary<string, Tensor> state)
{
    readonly HashSet<string> read = [];
    readonly StringBuilder problems = new();

    /// <summary>Expects a version that this library knows.</summary>
    public void Version(int newest)
    {
        var version = Number("version");
        if (version > newest) problems.AppendLine().Append(CultureInfo.InvariantCulture, $"  version {version} is newer than {newest}, the newest that this library knows");
    }

    /// <summary>A single number.</summary>
    public double Number(string name) => Tensor(name, default(ReadOnlySpan<int>))?.Item() ?? double.NaN;

    /// <summary>A tensor of a shape.</summary>
    public Tensor? Tensor(string name, ReadOnlySpan<int> shape)
    {
        read.Add(name);
        if (!state.TryGetValue(name, out var tensor)) problems.AppendLine().Append(CultureInfo.InvariantCulture, $"  missing: {name}");
        else if (!tensor.Shape.AsSpan().SequenceEqual(shape)) problems.AppendLine().Append(CultureInfo.InvariantCulture, $"  shape: {name} is {tensor.Shape}, it must be {Layout.Text(shape)}");
        else return tensor;
        return null;
    }

    /// <summary>Throws if something was wrong, or nobody asked for a name.</summary>
    public void Finish(string what)
    {
        foreach (var name in state.Keys)
            if (!read.Contains(name)) problems.AppendLine().Append(CultureInfo.InvariantCulture, $"  unexpected: {name}");
        if (problems.Length > 0) throw new ArgumentException($"{what}: the state does not fit, nothing was changed:{problems}", nameof(state));
    }
}
