using System.Globalization;
using System.Text;

namespace MiniDL.NN;

public abstract partial class Module
{
    /// <summary>What stands behind the type's name in the printed tree: the arguments, as in the source.</summary>
    protected virtual string Arguments => "";

    /// <summary>The type's name with its arguments.</summary>
    internal string Describe()
    {
        var name = GetType().Name;
        var generic = name.IndexOf('`');
        if (generic >= 0) name = name[..generic];
        return Arguments.Length == 0 ? name : $"{name}({Arguments})";
    }

    /// <summary>The module and all within it as a tree, each with the number of its parameters.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        ModuleText.Write(text, this, "", "", new(ReferenceEqualityComparer.Instance));
        return text.ToString().TrimEnd();
    }
}

/// <summary>Writes modules as text, the same under every culture.</summary>
internal static class ModuleText
{
    /// <summary>12,345.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>What stands in code as an argument.</summary>
    public static string Argument(string name, double value, double usual) => value == usual ? "" : FormattableString.Invariant($", {name}: {value}");

    /// <inheritdoc cref="Argument(string, double, double)"/>
    public static string Argument(string name, bool value, bool usual) => value == usual ? "" : $", {name}: {(value ? "true" : "false")}";

    public static void Write(StringBuilder text, Module module, string line, string indent, HashSet<Module> above)
    {
        text.Append(line).Append(module.Describe());
        if (!above.Add(module))
        {
            text.AppendLine(" (above)");
            return;
        }
        var count = module.Parameters().Sum(parameter => parameter.Length);
        if (count > 0) text.Append(CultureInfo.InvariantCulture, $" ({count:N0})");
        text.AppendLine();
        var children = module.Members().Where(member => member.Value is Module).ToArray();
        for (var i = 0; i < children.Length; i++)
        {
            var last = i == children.Length - 1;
            Write(text, (Module)children[i].Value, $"{indent}{(last ? "└─ " : "├─ ")}{children[i].Name}: ", indent + (last ? "   " : "│  "), above);
        }
    }
}
