namespace MiniDL.NN;

/// <summary>Marks a <see cref="Tensor"/> field as state that is saved and moved with the module but not trained: running statistics, a table.</summary>
/// <remarks>On an auto-property: <c>[field: Buffer]</c>.</remarks>
[AttributeUsage(AttributeTargets.Field)]
public sealed class BufferAttribute : Attribute
{
    /// <summary>False for what is moved with the module but not saved.</summary>
    public bool Persistent { get; init; } = true;
}

/// <summary>The name of a field in the state dictionary, instead of the one made from the field's own.</summary>
/// <remarks>On an auto-property: <c>[field: Name("ln_1")]</c>.</remarks>
/// <param name="name">Without a dot.</param>
[AttributeUsage(AttributeTargets.Field)]
public sealed class NameAttribute(string name) : Attribute
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;
}
