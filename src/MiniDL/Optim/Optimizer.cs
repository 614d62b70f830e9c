using MiniDL.NN;

namespace MiniDL.Optim;

/// <summary>Moves parameters against their gradients. Parameters without a gradient are left alone.</summary>
/// <remarks>A step goes over all parameters in one pass; it follows a model that was moved to another device or dtype.</remarks>
public abstract partial class Optimizer
{
    private protected Optimizer(IEnumerable<ParameterGroup> groups, ReadOnlySpan<(Option Option, double Value)> options)
    {
        ArgumentNullException.ThrowIfNull(groups);
        Groups = [.. groups];
        var states = new List<ParameterState>();
        var known = new Dictionary<Parameter, int>(ReferenceEqualityComparer.Instance);
        foreach (var group in Groups)
        {
            Complete(group, options);
            foreach (var parameter in group.Parameters)
            {
                ArgumentNullException.ThrowIfNull(parameter, nameof(groups));
                if (!known.TryAdd(parameter, states.Count))
                    throw new ArgumentException($"{Name}: parameter {states.Count} of shape {parameter.Shape} is parameter {known[parameter]} again; it would be updated twice", nameof(groups));
                states.Add(new(parameter, group));
            }
        }
        if (states.Count == 0) throw new ArgumentException($"{Name}: there is no parameter to train", nameof(groups));
        States = [.. states];
    }

    /// <summary>The groups of parameters with their options, which may be changed between steps.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>The learning rate of the first group; setting it sets that of all groups.</summary>
    public double Lr
    {
        get => Groups[0].Lr;
        set
        {
            foreach (var group in Groups) group.Lr = value;
        }
    }

    internal ParameterState[] States { get; }

    internal string Name => GetType().Name;

    /// <summary>Moves every parameter that has a gradient.</summary>
    public abstract void Step();

    /// <summary>Forgets the gradients.</summary>
    public void ZeroGrad()
    {
        foreach (var state in States) state.Parameter.ZeroGrad();
    }

    /// <summary>The names of the tensors that are kept for each parameter, PyTorch's.</summary>
    private protected abstract ReadOnlySpan<string> SlotNames { get; }

    /// <summary>A bit for each of them that a group needs.</summary>
    private protected abstract int Slots(ParameterGroup group);

    void Complete(ParameterGroup group, ReadOnlySpan<(Option Option, double Value)> options)
    {
        ArgumentNullException.ThrowIfNull(group);
        foreach (var option in Enum.GetValues<Option>())
        {
            var has = false;
            foreach (var (known, value) in options)
            {
                if (known != option) continue;
                has = true;
                if (!group.Has(option)) group[option] = value;
            }
            if (!has && group.Has(option)) throw new ArgumentException($"{Name}: a group sets {option}, which {Name} has not");
        }
    }
}

/// <summary>What an optimizer keeps for a parameter.</summary>
internal sealed class ParameterState(Parameter parameter, ParameterGroup group)
{
    public readonly Parameter Parameter = parameter;
    public readonly ParameterGroup Group = group;
    public readonly Tensor?[] Slots = new Tensor?[3];
    public long Step;

    /// <summary>The gradient, or null; the parameter's own, so it is not handed on.</summary>
    public Tensor? Gradient => (Parameter.node as LeafNode)?.Peek();

    /// <summary>The tensors of a rule, where the parameter is now.</summary>
    public void Prepare(int slots)
    {
        for (var i = 0; i < Slots.Length; i++)
        {
            if ((slots & (1 << i)) == 0) continue;
            if (Slots[i] is null) Put(i, Tensor.FullLike(Parameter.Detach(), Group.Has(Option.InitialAccumulator) ? Group[Option.InitialAccumulator] : 0));
            else if (Slots[i]!.Device != Parameter.Device || Slots[i]!.dtype != Parameter.dtype) Put(i, Slots[i]!.To(Parameter.dtype).To(Parameter.Device));
        }
    }

    /// <summary>Takes over a step count and copies of tensors.</summary>
    public void Restore(long step, Tensor?[] slots)
    {
        Step = step;
        for (var i = 0; i < Slots.Length; i++)
        {
            if (slots[i] is not { } source) Slots[i] = null;
            else Put(i, Tensor.EmptyLike(Parameter.Detach()).CopyFrom(source));
        }
    }

    /// <summary>Keeps a tensor beyond the scope it was made in.</summary>
    public void Put(int slot, Tensor value)
    {
        value.Escape();
        Slots[slot] = value;
    }
}
