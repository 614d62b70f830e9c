using MiniDL.IO;

namespace MiniDL.NN;

public abstract partial class Module
{
    /// <summary>Parameters and buffers under their names, PyTorch's for PyTorch's layers: <c>features.0.weight</c>. They share memory with the module.</summary>
    /// <remarks>What has several names stands under the first.</remarks>
    public IReadOnlyDictionary<string, Tensor> StateDict()
    {
        var state = new OrderedDictionary<string, Tensor>();
        foreach (var (name, tensor) in Tree().State) state.Add(name, tensor.Detach());
        return state;
    }

    /// <summary>Overwrites parameters and buffers by those of the same names, converted to this module's dtype and device. When it throws, nothing has changed.</summary>
    /// <param name="state">Tensors by name. For a tied parameter any of its names will do.</param>
    /// <param name="strict">Throw unless names and shapes fit exactly; else load what fits, and report the rest.</param>
    /// <param name="rename">The name in this module of a name in <paramref name="state"/>; null drops it.</param>
    /// <exception cref="ArgumentException">Strict, and names or shapes do not fit: the message lists all of them.</exception>
    public LoadReport LoadStateDict(IReadOnlyDictionary<string, Tensor> state, bool strict = true, Func<string, string?>? rename = null)
    {
        var plan = Plan(state, strict, rename);
        plan.Run();
        return plan.Report;
    }

    /// <summary>Checks a state strictly; the action that comes back takes it over.</summary>
    internal Action PlanLoad(IReadOnlyDictionary<string, Tensor> state) => Plan(state, strict: true, rename: null).Run;

    LoadPlan Plan(IReadOnlyDictionary<string, Tensor> state, bool strict, Func<string, string?>? rename)
    {
        ArgumentNullException.ThrowIfNull(state);
        var plan = new LoadPlan(Tree(), state, rename);
        if (strict && !plan.Report.IsComplete)
            throw new ArgumentException($"{GetType().Name}: the state does not fit, nothing was loaded:{Environment.NewLine}{plan.Report}", nameof(state));
        return plan;
    }

    /// <summary>Writes the state as safetensors, whole or not at all. What has several names is stored once, the others stand in the metadata.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        var tree = Tree();
        Safetensors.Save(path, tree.State, tree.Ties);
    }

    /// <summary>Writes the state as safetensors to a stream, which stays open.</summary>
    public void Save(Stream stream)
    {
        var tree = Tree();
        Safetensors.Save(stream, tree.State, tree.Ties);
    }

    /// <summary>Reads the state from a safetensors file. When it throws, nothing has changed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="strict">Throw unless names and shapes fit exactly; else load what fits, and report the rest.</param>
    /// <param name="rename">The name in this module of a name in the file; null drops it.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="DataFormatException">It is not a safetensors file.</exception>
    /// <exception cref="ArgumentException">Strict, and names or shapes do not fit: the message lists all of them.</exception>
    public LoadReport Load(string path, bool strict = true, Func<string, string?>? rename = null) => LoadStateDict(Safetensors.Load(path), strict, rename);

    /// <summary>Reads the state as safetensors from a stream's position to its end.</summary>
    /// <inheritdoc cref="Load(string, bool, Func{string, string?}?)"/>
    public LoadReport Load(Stream stream, bool strict = true, Func<string, string?>? rename = null) => LoadStateDict(Safetensors.Load(stream), strict, rename);
}

/// <summary>What a load found.</summary>
/// <param name="missing">Names of this module that the state has not.</param>
/// <param name="unexpected">Names of the state that this module has not.</param>
/// <param name="mismatched">Names whose shapes differ, with both.</param>
public sealed class LoadReport(IReadOnlyList<string> missing, IReadOnlyList<string> unexpected, IReadOnlyList<string> mismatched)
{
    /// <summary>Names of this module that the state has not.</summary>
    public IReadOnlyList<string> Missing { get; } = missing;

    /// <summary>Names of the state that this module has not.</summary>
    public IReadOnlyList<string> Unexpected { get; } = unexpected;

    /// <summary>Names whose shapes differ, with both.</summary>
    public IReadOnlyList<string> Mismatched { get; } = mismatched;

    /// <summary>True when everything was loaded.</summary>
    public bool IsComplete => Missing.Count + Unexpected.Count + Mismatched.Count == 0;

    /// <summary>The names, a line each.</summary>
    public override string ToString()
    {
        if (IsComplete) return "everything was loaded";
        var lines = Missing.Select(name => $"  missing: {name}")
            .Concat(Unexpected.Select(name => $"  unexpected: {name}"))
            .Concat(Mismatched.Select(text => $"  shape: {text}"));
        return string.Join(Environment.NewLine, lines);
    }
}

/// <summary>What goes where: settled before anything is written.</summary>
internal sealed class LoadPlan
{
    readonly List<(Tensor Target, Tensor Source)> copies = [];

    public LoadPlan(ModuleTree tree, IReadOnlyDictionary<string, Tensor> state, Func<string, string?>? rename)
    {
        var (missing, unexpected, mismatched) = (new List<string>(), new List<string>(), new List<string>());
        var found = new Dictionary<string, Tensor>();
        foreach (var (name, tensor) in state)
        {
            if ((rename is null ? name : rename(name)) is not { } target) continue;
            var first = tree.Ties.GetValueOrDefault(target, target);
            if (!tree.State.ContainsKey(first)) unexpected.Add(target);
            else if (target == first) found[first] = tensor;
            else found.TryAdd(first, tensor);
        }
        foreach (var (name, target) in tree.State)
        {
            if (!found.TryGetValue(name, out var source)) missing.Add(name);
            else if (!source.layout.SameSizes(target.layout)) mismatched.Add($"{name} is {target.Shape} in the module, {source.Shape} in the state");
            else copies.Add((target, source));
        }
        Report = new(missing, unexpected, mismatched);
    }

    public LoadReport Report { get; }

    public void Run()
    {
        using var mode = Autograd.NoGrad();
        foreach (var (target, source) in copies) target.CopyFrom(source);
    }
}
