using System.Globalization;
using System.Text;
using MiniDL;
using MiniDL.Data;

namespace Quickstart;

/// <summary>A progress bar on one line of the terminal; redirected, only the line that it ends with.</summary>
internal sealed class Progress(string label, int steps)
{
    const int Width = 30;
    int done, drawn = -1;

    public void Advance()
    {
        done++;
        var cells = done * Width / steps;
        if (Console.IsOutputRedirected || cells == drawn) return;
        drawn = cells;
        Console.Write($"\r{label} [{new string('#', cells)}{new string('.', Width - cells)}]");
    }

    public void Finish(string result)
    {
        if (!Console.IsOutputRedirected) Console.Write($"\r{new string(' ', label.Length + Width + 3)}\r");
        Console.WriteLine($"{label}  {result}");
    }
}

/// <summary>Tables and pictures in the terminal.</summary>
internal static class Screen
{
    const string Shades = " .:-=+*#%@";

    /// <summary>How often images of each class (rows) were taken for each class (columns).</summary>
    public static void ConfusionMatrix(Tensor truth, Tensor predicted, IReadOnlyList<string> names)
    {
        var counts = new int[names.Count, names.Count];
        var (t, p) = (truth.ToArray<long>(), predicted.ToArray<long>());
        for (var i = 0; i < t.Length; i++) counts[t[i], p[i]]++;
        var width = Math.Max(names.Max(n => n.Length), 5);
        var text = new StringBuilder();
        text.AppendLine("\nconfusion matrix: rows are the truth, columns what the model says");
        text.Append(' ', width);
        for (var j = 0; j < names.Count; j++) text.Append((names[j].Length > 5 ? names[j][..5] : names[j]).PadLeft(6));
        text.AppendLine();
        for (var i = 0; i < names.Count; i++)
        {
            text.Append(names[i].PadLeft(width));
            for (var j = 0; j < names.Count; j++) text.Append((counts[i, j] == 0 ? "." : counts[i, j].ToString(CultureInfo.InvariantCulture)).PadLeft(6));
            text.AppendLine();
        }
        Console.WriteLine(text);
    }

    /// <summary>A few test images side by side, wrong ones first, with what the model says and the truth.</summary>
    public static void Examples(Dataset test, Tensor predicted, IReadOnlyList<string> names, int count)
    {
        var (x, y) = test.All();
        var (said, truth) = (predicted.ToArray<long>(), y.ToArray<long>());
        var order = Enumerable.Range(0, said.Length).OrderBy(i => said[i] == truth[i]).Take(count).ToArray();
        var (height, width) = (x.Size(-2), x.Size(-1));
        var wide = width < 20 ? 2 : 1; // a character is twice as high as wide
        for (var row = 0; row < height; row += wide == 1 ? 2 : 1)
        {
            var line = new StringBuilder();
            foreach (var i in order)
            {
                var pixels = x[i, 0, row].Contiguous().ToArray<float>();
                foreach (var pixel in pixels) line.Append(Shades[Math.Clamp((int)(pixel * Shades.Length), 0, Shades.Length - 1)], wide);
                line.Append("   ");
            }
            Console.WriteLine(line.ToString().TrimEnd());
        }
        var labels = new StringBuilder();
        foreach (var i in order) labels.Append($"says {names[(int)said[i]]}, is {names[(int)truth[i]]}".PadRight(width * wide + 3));
        Console.WriteLine(labels.ToString().TrimEnd() + "\n");
    }
}
