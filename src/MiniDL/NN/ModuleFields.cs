using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace MiniDL.NN;

/// <summary>A part of a module: a <see cref="Parameter"/>, a buffer or a <see cref="Module"/> under its name.</summary>
internal readonly record struct Member(string Name, object Value, bool Persistent = true);

/// <summary>Finds the state of a module in its fields: base classes first, in the order in which they are declared.</summary>
internal static class ModuleFields
{
    static readonly ConditionalWeakTable<Type, Field[]> cache = [];

    internal sealed record Field(FieldInfo Info, string Name, BufferAttribute? Buffer);

    /// <summary>The fields that can hold state.</summary>
    public static Field[] Of(Module module)
    {
        var type = module.GetType();
        if (cache.TryGetValue(type, out var fields)) return fields;
        fields = Find(type);
        cache.AddOrUpdate(type, fields);
        return fields;
    }

    /// <summary>What the fields hold now.</summary>
    /// <exception cref="InvalidOperationException">A field holds something trainable in a way that would be overlooked.</exception>
    public static IEnumerable<Member> Members(Module module)
    {
        foreach (var field in Of(module))
        {
            var value = field.Info.GetValue(module);
            switch (value)
            {
                case Parameter or Module:
                    yield return new(field.Name, value);
                    break;
                case Tensor tensor:
                    if (tensor.RequiresGrad) throw Refuse(field, "is a tensor that requires a gradient; make it a Parameter, or Detach() it");
                    if (field.Buffer is { } buffer) yield return new(field.Name, tensor, buffer.Persistent);
                    break;
                case IReadOnlyCollection<Module> { Count: > 0 }:
                case IDictionary modules when modules.Values.OfType<Module>().Any():
                    throw Refuse(field, "is a collection of modules, which would be neither trained nor saved; make it a ModuleList or a Sequential");
                case IReadOnlyCollection<Tensor> tensors when tensors.Any(t => t is { RequiresGrad: true }):
                    throw Refuse(field, "is a collection of tensors that require gradients, which would be neither trained nor saved; give each a field of its own");
            }
        }
    }

    static InvalidOperationException Refuse(Field field, string words)
        => new($"{field.Info.DeclaringType!.Name}: field '{CSharpName(field.Info.Name)}' {words}");

    static Field[] Find([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.AllFields)] Type type)
    {
        var found = new List<Field>();
        Collect(type, found);
        for (var i = 0; i < found.Count; i++)
            for (var j = 0; j < i; j++)
                if (found[i].Name == found[j].Name && CanBeState(found[i].Info) && CanBeState(found[j].Info))
                    throw new InvalidOperationException(
                        $"{type.Name}: the fields '{CSharpName(found[j].Info.Name)}' and '{CSharpName(found[i].Info.Name)}' are both named '{found[i].Name}'; give one a [Name]");
        return [.. found];
    }

    static void Collect([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.AllFields)] Type type, List<Field> found)
    {
        if (type.BaseType is { } parent && parent != typeof(Module)) Collect(parent, found);
        foreach (var info in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
        {
            if (info.FieldType.IsValueType || info.FieldType == typeof(string) || typeof(Delegate).IsAssignableFrom(info.FieldType)) continue;
            var name = info.GetCustomAttribute<NameAttribute>()?.Name ?? SnakeCase(CSharpName(info.Name));
            if (name.Length == 0 || name.Contains('.'))
                throw new InvalidOperationException($"{type.Name}: field '{info.Name}' is named '{name}'; a name is not empty and has no dot");
            found.Add(new(info, name, info.GetCustomAttribute<BufferAttribute>()));
        }
    }

    static bool CanBeState(FieldInfo info) => typeof(Tensor).IsAssignableFrom(info.FieldType) || typeof(Module).IsAssignableFrom(info.FieldType);

    /// <summary>The name in the source: without what C# makes of auto-properties and captured parameters, F# of its properties, and without leading underscores.</summary>
    internal static string CSharpName(string field)
    {
        var end = field.IndexOf('>');
        if (field.StartsWith('<') && end > 1) field = field[1..end];
        return field.TrimEnd('@').TrimStart('_');
    }

    /// <summary>inProjWeight → in_proj_weight, MLPHead → mlp_head, conv1 → conv1.</summary>
    internal static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            var begins = char.IsUpper(name[i]) && i > 0 && name[i - 1] != '_'
                && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (begins) text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }
}
