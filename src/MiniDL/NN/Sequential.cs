using System.Collections;

namespace MiniDL.NN;

/// <summary>Layers one after the other: y = fₙ(… f₁(x)).</summary>
/// <remarks>Their names are "0", "1", … or those of the collection initializer: <c>new Sequential { { "conv", new Conv2d(1, 8, 3) }, { "act", new Relu() } }</c>.</remarks>
public sealed class Sequential : BuiltInLayer, IReadOnlyList<Layer>
{
    OrderedDictionary<string, Layer> layers = [];
    bool named; // the layers have been told their paths

    /// <summary>Layers in the order in which they run.</summary>
    public Sequential(params Layer[] layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        foreach (var layer in layers) Add(layer);
    }

    /// <summary>Adds a layer under its number.</summary>
    public void Add(Layer layer) => Add(ModuleNames.Of(Count), layer);

    /// <summary>Adds a layer under a name.</summary>
    /// <exception cref="ArgumentException">The name is empty, has a dot, or is taken.</exception>
    public void Add(string name, Layer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ModuleNames.Check(nameof(Sequential), name, layers.ContainsKey(name));
        layers.Add(name, layer);
        named = false;
    }

    /// <summary>How many layers.</summary>
    public int Count => layers.Count;

    /// <summary>The layer at a place.</summary>
    public Layer this[int index] => layers.GetAt(index).Value;

    /// <summary>The layer of a name.</summary>
    public Layer this[string name] => layers.TryGetValue(name, out var layer) ? layer
        : throw new KeyNotFoundException($"Sequential: there is no layer '{name}'; there are {string.Join(", ", layers.Keys)}");

    private protected override Tensor Compute(Tensor x)
    {
        if (!named)
        {
            _ = Tree();
            named = true;
        }
        for (var i = 0; i < layers.Count; i++) x = layers.GetAt(i).Value.Run(x);
        return x;
    }

    internal override IEnumerable<Member> Members() => layers.Select(layer => new Member(layer.Key, layer.Value));

    internal override void CloneMembers(CloneMap map)
    {
        var copies = new OrderedDictionary<string, Layer>();
        foreach (var (name, layer) in layers) copies.Add(name, map.Of(layer));
        (layers, named) = (copies, false);
    }

    /// <summary>Goes through the layers.</summary>
    public IEnumerator<Layer> GetEnumerator() => layers.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>The names that a container gives its modules.</summary>
internal static class ModuleNames
{
    public static string Of(int index) => index.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static void Check(string container, string name, bool taken)
    {
        if (string.IsNullOrEmpty(name) || name.Contains('.'))
            throw new ArgumentException($"{container}: '{name}' is no name; a name is not empty and has no dot", nameof(name));
        if (taken) throw new ArgumentException($"{container}: there is a '{name}' already", nameof(name));
    }
}
