namespace MiniDL.NN;

public abstract partial class Module
{
    /// <summary>A copy of this object over the same state, as <see cref="CloneMap"/> begins it.</summary>
    internal Module ShallowCopy()
    {
        var copy = (Module)MemberwiseClone();
        (copy.frame, copy.inferring, copy.Forwarding, copy.Forwarded) = (null, 0, null, null);
        return copy;
    }

    /// <summary>Replaces what a shallow copy shares with its original.</summary>
    internal virtual void CloneMembers(CloneMap map)
    {
        foreach (var field in ModuleFields.Of(this))
        {
            if (field.Info.GetValue(this) is Module module) field.Info.SetValue(this, map.Of(module));
            else if (field.Info.GetValue(this) is Tensor tensor) field.Info.SetValue(this, map.Of(tensor));
        }
    }
}

/// <summary>Copies by their originals, so that what was shared in a model is shared in its copy.</summary>
internal sealed class CloneMap
{
    readonly Dictionary<object, object> copies = new(ReferenceEqualityComparer.Instance);

    public TModule Of<TModule>(TModule module) where TModule : Module
    {
        if (copies.TryGetValue(module, out var known)) return (TModule)known;
        var copy = (TModule)module.ShallowCopy();
        copies.Add(module, copy);
        copy.CloneMembers(this);
        return copy;
    }

    public Tensor Of(Tensor tensor)
    {
        if (copies.TryGetValue(tensor, out var known)) return (Tensor)known;
        var data = tensor.Detach().Clone();
        var copy = tensor is Parameter ? new Parameter(data, tensor.RequiresGrad) : data;
        copies.Add(tensor, copy);
        return copy;
    }
}

/// <summary>What modules have as methods that give back the module's own type.</summary>
public static class ModuleExtensions
{
    /// <summary>A deep copy: parameters, buffers and modules of its own, tied where the original's are; no gradients, no event handlers.</summary>
    /// <remarks>Tensors in other fields are copied too; any other object in a field is shared.</remarks>
    public static TModule Clone<TModule>(this TModule module) where TModule : Module
    {
        ArgumentNullException.ThrowIfNull(module);
        return new CloneMap().Of(module);
    }
}
