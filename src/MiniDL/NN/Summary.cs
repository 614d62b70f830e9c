using System.Text;

namespace MiniDL.NN;

public abstract partial class Module
{
    /// <summary>A table of the layers that a forward went through: name, type, shape of the result, parameters.</summary>
    /// <remarks>Layers of this library are seen wherever they run, those of one's own within a <see cref="Sequential"/>. What has parameters and was not seen stands at the end.</remarks>
    /// <param name="forward">Calls the model; runs under <see cref="Inference"/>.</param>
    public string Summary(Action forward)
    {
        ArgumentNullException.ThrowIfNull(forward);
        var table = new SummaryTable(Tree());
        using (Inference()) table.Record(forward);
        return table.ToString();
    }
}

/// <summary>The rows of a summary, collected by the layers' events.</summary>
internal sealed class SummaryTable(ModuleTree tree)
{
    readonly List<string[]> rows = [["layer", "type", "output", "parameters"]];
    readonly HashSet<Tensor> counted = new(ReferenceEqualityComparer.Instance);
    readonly HashSet<Module> seen = new(ReferenceEqualityComparer.Instance);

    public void Record(Action forward)
    {
        foreach (var module in tree.Modules.Values) module.Forwarded += Add;
        try
        {
            forward();
        }
        finally
        {
            foreach (var module in tree.Modules.Values) module.Forwarded -= Add;
        }
        foreach (var module in tree.Modules.Values)
            if (!seen.Contains(module) && Own(module).Any(p => !counted.Contains(p))) Add(module, "—");
    }

    void Add(object? sender, ForwardEventArgs e)
    {
        var module = (Module)sender!;
        // What only holds other layers would repeat their last row.
        if (!Own(module).Any() && module.Members().Any(member => member.Value is Module)) return;
        Add(module, e.Output!.Shape.ToString());
    }

    void Add(Module module, string output)
    {
        seen.Add(module);
        var name = tree.Modules.First(pair => ReferenceEquals(pair.Value, module)).Key;
        var count = Own(module).Where(counted.Add).Sum(parameter => parameter.Length);
        rows.Add([name.Length == 0 ? "(root)" : name, module.GetType().Name, output, count == 0 ? "" : ModuleText.Count(count)]);
    }

    static IEnumerable<Parameter> Own(Module module) => module.Members().Select(member => member.Value).OfType<Parameter>();

    public override string ToString()
    {
        var all = tree.Parameters.Values;
        var (total, trained) = (all.Sum(p => p.Length), all.Where(p => p.RequiresGrad).Sum(p => p.Length));
        string[] sum = ["total", trained == total ? "" : $"{ModuleText.Count(trained)} trained", "", ModuleText.Count(total)];
        var widths = Enumerable.Range(0, sum.Length).Select(i => Math.Max(sum[i].Length, rows.Max(row => row[i].Length))).ToArray();
        var rule = new string('─', widths.Sum() + 2 * (widths.Length - 1));
        var text = new StringBuilder();
        Write(rows[0]);
        text.AppendLine(rule);
        foreach (var row in rows.Skip(1)) Write(row);
        text.AppendLine(rule);
        Write(sum);
        return text.ToString().TrimEnd();

        void Write(string[] row)
        {
            for (var i = 0; i < row.Length - 1; i++) text.Append(row[i].PadRight(widths[i] + 2));
            text.Append(row[^1].PadLeft(widths[^1]));
            while (text[^1] == ' ') text.Length--;
            text.AppendLine();
        }
    }
}
