using System.Collections;

namespace MiniDL.NN;

/// <summary>Modules in a list, under the names "0", "1", …: for a number of blocks that the code goes through itself.</summary>
public sealed class ModuleList<TModule> : Module, IReadOnlyList<TModule> where TModule : Module
{
    List<TModule> modules = [];

    /// <summary>Modules in order.</summary>
    public ModuleList(params IEnumerable<TModule> modules)
    {
        ArgumentNullException.ThrowIfNull(modules);
        foreach (var module in modules) Add(module);
    }

    /// <summary>Adds a module at the end.</summary>
    public void Add(TModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        modules.Add(module);
    }

    /// <summary>How many modules.</summary>
    public int Count => modules.Count;

    /// <summary>The module at a place.</summary>
    public TModule this[int index] => modules[index];

    internal override IEnumerable<Member> Members() => modules.Select((module, i) => new Member(ModuleNames.Of(i), module));

    internal override void CloneMembers(CloneMap map) => modules = modules.ConvertAll(map.Of);

    /// <summary>Goes through the modules.</summary>
    public IEnumerator<TModule> GetEnumerator() => modules.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
