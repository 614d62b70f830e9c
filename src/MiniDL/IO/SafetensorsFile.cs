using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace MiniDL.IO;

/// <summary>The tensors of a safetensors file by name, and what the file says about itself.</summary>
public sealed class SafetensorsFile : IReadOnlyDictionary<string, Tensor>
{
    readonly Dictionary<string, Tensor> tensors;

    internal SafetensorsFile(Dictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> metadata)
        => (this.tensors, Metadata) = (tensors, metadata);

    /// <summary>The entries of <c>__metadata__</c>; empty when there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The number of tensors.</summary>
    public int Count => tensors.Count;

    /// <summary>The names, in the order of the data in the file.</summary>
    public IEnumerable<string> Keys => tensors.Keys;

    /// <summary>The tensors, in the order of the data in the file.</summary>
    public IEnumerable<Tensor> Values => tensors.Values;

    /// <summary>The tensor of that name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public Tensor this[string key] => tensors.TryGetValue(key, out var tensor) ? tensor
        : throw new KeyNotFoundException($"The file has no tensor '{key}'; it has {Count}: {string.Join(", ", Keys.Take(10))}{(Count > 10 ? ", …" : "")}");

    /// <summary>True when there is a tensor of that name.</summary>
    public bool ContainsKey(string key) => tensors.ContainsKey(key);

    /// <summary>The tensor of that name, if there is one.</summary>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Tensor value) => tensors.TryGetValue(key, out value);

    /// <summary>Goes through names and tensors, in the order of the data in the file.</summary>
    public IEnumerator<KeyValuePair<string, Tensor>> GetEnumerator() => tensors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
