namespace MiniDL.NN;

/// <summary>One walk through a module and what it is made of: names in PyTorch's order, everything once.</summary>
internal sealed class ModuleTree
{
    readonly string root;
    readonly HashSet<Module> ancestors = new(ReferenceEqualityComparer.Instance);
    readonly HashSet<Module> seen = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<Tensor, string> firstNames = new(ReferenceEqualityComparer.Instance);

    /// <summary>The modules, each under the first of its names; the root's is empty.</summary>
    public OrderedDictionary<string, Module> Modules { get; } = [];

    /// <summary>The parameters, each under the first of its names.</summary>
    public OrderedDictionary<string, Parameter> Parameters { get; } = [];

    /// <summary>The buffers, saved or not.</summary>
    public OrderedDictionary<string, Tensor> Buffers { get; } = [];

    /// <summary>Parameters and buffers that are saved.</summary>
    public OrderedDictionary<string, Tensor> State { get; } = [];

    /// <summary>The other names of what has several, each with the first.</summary>
    public OrderedDictionary<string, string> Ties { get; } = [];

    /// <summary>Goes through a module, and tells each of its parts the path under which it was found.</summary>
    public ModuleTree(Module module)
    {
        root = module.Path;
        Visit(module, "");
    }

    void Visit(Module module, string path)
    {
        if (!ancestors.Add(module)) return; // a part that refers back to its owner
        var isNew = seen.Add(module);
        if (isNew)
        {
            Modules.Add(path, module);
            if (path.Length > 0) module.Path = Join(root, path);
        }
        var children = new List<Member>();
        foreach (var member in module.Members())
        {
            if (member.Value is Module) children.Add(member);
            else Add(Join(path, member.Name), (Tensor)member.Value, member.Persistent);
        }
        foreach (var child in children) Visit((Module)child.Value, Join(path, child.Name));
        ancestors.Remove(module);
    }

    void Add(string name, Tensor tensor, bool persistent)
    {
        if (!firstNames.TryAdd(tensor, name))
        {
            if (persistent) Ties.Add(name, firstNames[tensor]);
            return;
        }
        if (tensor is Parameter parameter) Parameters.Add(name, parameter);
        else Buffers.Add(name, tensor);
        if (persistent) State.Add(name, tensor);
    }

    static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
