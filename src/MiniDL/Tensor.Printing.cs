using System.Globalization;
using System.Text;

namespace MiniDL;

public partial class Tensor : IFormattable
{
    /// <summary>The numbers in NumPy's style; of more than 1,000 only those at the edges. The dtype follows unless it is Float32 or the tensor a single number.</summary>
    public override string ToString() => ToString(null, null);

    /// <summary>The numbers, each in a .NET format such as <c>F4</c>: <c>$"{loss:F4}"</c>.</summary>
    /// <param name="format">A numeric format; NumPy's shortest form when left out.</param>
    /// <param name="formatProvider">Not used: text is culture-invariant.</param>
    public string ToString(string? format, IFormatProvider? formatProvider)
    {
        if (Rank == 0) return Words.Single(Words.Of(this, format)[0]);
        var text = new StringBuilder();
        if (Length == 0) text.Append(CultureInfo.InvariantCulture, $"[] shape {layout}");
        else new TensorPrinter(this, format).Write(text);
        if (dtype != DType.Float32) text.Append(' ').Append(dtype);
        return text.ToString();
    }
}

/// <summary>Writes a tensor with brackets, in lines, as NumPy does.</summary>
internal sealed class TensorPrinter
{
    const int Threshold = 1000; // more elements than this are summarized
    const int Edge = 3;         // this many at each end of an axis
    const int LineWidth = 75;

    readonly Layout shape;
    readonly bool summarized;
    readonly string[] words;
    readonly int width;
    int next;

    public TensorPrinter(Tensor x, string? format)
    {
        shape = x.layout;
        summarized = x.Length > Threshold;
        var shown = x.Detach();
        for (var axis = 0; axis < x.Rank; axis++)
            if (Skips(axis))
                shown = Tensor.Cat([shown.Narrow(axis, 0, Edge), shown.Narrow(axis, x.Size(axis) - Edge, Edge)], axis);
        words = Words.Of(shown, format);
        foreach (var word in words) width = Math.Max(width, word.Length);
    }

    bool Skips(int axis) => summarized && shape.Size(axis) > 2 * Edge;

    public void Write(StringBuilder text) => Write(text, 0);

    void Write(StringBuilder text, int axis)
    {
        text.Append('[');
        if (axis == shape.Rank - 1) WriteRow(text);
        else
            for (var i = 0; i < shape.Size(axis); i++)
            {
                if (i > 0) NewLine(text, axis);
                if (i == Edge && Skips(axis))
                {
                    text.Append("...");
                    NewLine(text, axis);
                    i = shape.Size(axis) - Edge;
                }
                Write(text, axis + 1);
            }
        text.Append(']');
    }

    // One empty line more for each axis outside the rows, and the brackets that are open.
    void NewLine(StringBuilder text, int axis) => text.Append('\n', shape.Rank - 1 - axis).Append(' ', axis + 1);

    void WriteRow(StringBuilder text)
    {
        var room = LineWidth - shape.Rank; // the brackets that may close behind the last word
        var used = shape.Rank;
        var first = true;
        for (var i = 0; i < shape.Size(shape.Rank - 1); i++)
        {
            if (i == Edge && Skips(shape.Rank - 1))
            {
                Word(text, "...", ref used, ref first, room);
                i = shape.Size(shape.Rank - 1) - Edge;
            }
            Word(text, words[next++].PadLeft(width), ref used, ref first, room);
        }
    }

    void Word(StringBuilder text, string word, ref int used, ref bool first, int room)
    {
        if (!first && used + word.Length > room)
        {
            while (text[^1] == ' ') text.Length--;
            text.Append('\n').Append(' ', shape.Rank);
            used = shape.Rank;
        }
        else if (!first)
        {
            text.Append(' ');
        }
        text.Append(word);
        used += word.Length + 1;
        first = false;
    }
}

/// <summary>The elements of a tensor as words, in NumPy's forms.</summary>
internal static class Words
{
    const int Digits = 8; // at most this many behind the point

    /// <summary>A word for each element, in row-major order.</summary>
    public static string[] Of(Tensor x, string? format)
    {
        x = x.Detach().To(Device.Cpu);
        if (x.DType == DType.Bool) return Array.ConvertAll(x.ToArray<bool>(), b => b ? "True" : "False");
        if (x.DType.IsInteger()) return Array.ConvertAll(x.To(DType.Int64).ToArray<long>(), n => n.ToString(format, CultureInfo.InvariantCulture));
        var values = x.To(DType.Float64).ToArray<double>();
        if (!string.IsNullOrEmpty(format)) return Array.ConvertAll(values, v => Special(v) ?? v.ToString(format, CultureInfo.InvariantCulture));
        return Aligned(values, x.DType);
    }

    /// <summary>A word that stands alone: 3.0 for 3., 1e-05 for 1.e-05.</summary>
    public static string Single(string word) => word.EndsWith('.') ? word + "0" : word.Replace(".e", "e", StringComparison.Ordinal);

    static string? Special(double value) => double.IsNaN(value) ? "nan" : double.IsInfinity(value) ? value > 0 ? "inf" : "-inf" : null;

    /// <summary>The shortest digits that tell the numbers apart, with their points in one column; in powers of ten where they are large, small or far apart.</summary>
    static string[] Aligned(double[] values, DType dtype)
    {
        var (low, high) = (double.PositiveInfinity, 0.0);
        foreach (var value in values)
        {
            var size = Math.Abs(value);
            if (!(size > 0 && size < double.PositiveInfinity)) continue;
            (low, high) = (Math.Min(low, size), Math.Max(high, size));
        }
        var powers = high >= 1e8 || (high > 0 && (low < 1e-4 || high / low > 1000));
        var words = Array.ConvertAll(values, v => Special(v) ?? (powers ? Scientific(v, dtype) : Positional(v, dtype)));
        var behind = 0;
        foreach (var word in words) behind = Math.Max(behind, Behind(word));
        for (var i = 0; i < words.Length; i++)
        {
            if (!double.IsFinite(values[i])) continue;
            if (powers) words[i] = Widened(words[i], behind);
            else words[i] += new string(' ', behind - Behind(words[i]));
        }
        return words;
    }

    /// <summary>How many digits a word has behind its point.</summary>
    static int Behind(string word)
    {
        var point = word.IndexOf('.');
        if (point < 0) return 0;
        var end = word.IndexOf('e');
        return (end < 0 ? word.Length : end) - point - 1;
    }

    /// <summary>1.5 → 1.5; 2 → 2.; 0.1 of Float32 → 0.1 and not 0.10000000149.</summary>
    static string Positional(double value, DType dtype)
    {
        var (digits, exponent) = Shortest(value, dtype);
        if (digits.Length - 1 - exponent > Digits)
            return value.ToString("F8", CultureInfo.InvariantCulture).TrimEnd('0');
        var whole = exponent < 0 ? "0" : digits[..Math.Min(digits.Length, exponent + 1)].PadRight(exponent + 1, '0');
        var rest = exponent < 0 ? new string('0', -exponent - 1) + digits : digits[Math.Min(digits.Length, exponent + 1)..];
        return $"{Sign(value)}{whole}.{rest.TrimEnd('0')}";
    }

    /// <summary>12345.678 → 1.2345678e+04.</summary>
    static string Scientific(double value, DType dtype)
    {
        var (digits, exponent) = Shortest(value, dtype);
        if (digits.Length - 1 > Digits)
        {
            var rounded = Math.Abs(value).ToString("E8", CultureInfo.InvariantCulture);
            digits = (rounded[..1] + rounded[2..10]).TrimEnd('0').PadRight(1, '0');
            exponent = int.Parse(rounded[11..], CultureInfo.InvariantCulture);
        }
        return string.Create(CultureInfo.InvariantCulture, $"{Sign(value)}{digits[0]}.{digits[1..]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }

    static string Widened(string word, int behind)
    {
        var end = word.IndexOf('e');
        return word[..end] + new string('0', behind - Behind(word)) + word[end..];
    }

    static string Sign(double value) => double.IsNegative(value) ? "-" : "";

    /// <summary>The fewest decimal digits d₀d₁… that read back as this number of its dtype, and the exponent of d₀.</summary>
    static (string Digits, int Exponent) Shortest(double value, DType dtype)
    {
        value = Math.Abs(value);
        var text = dtype switch
        {
            DType.Float64 => value.ToString("R", CultureInfo.InvariantCulture),
            DType.Float16 => ((Half)value).ToString("R", CultureInfo.InvariantCulture),
            _ => ((float)value).ToString("R", CultureInfo.InvariantCulture), // BFloat16 has no form of its own
        };
        var power = text.IndexOf('E');
        var shift = power < 0 ? 0 : int.Parse(text.AsSpan(power + 1), CultureInfo.InvariantCulture);
        var mantissa = power < 0 ? text : text[..power];
        var point = mantissa.IndexOf('.');
        var whole = point < 0 ? mantissa.Length : point;
        var all = mantissa.Replace(".", "", StringComparison.Ordinal);
        var leading = 0;
        while (leading < all.Length - 1 && all[leading] == '0') leading++;
        var digits = all[leading..].TrimEnd('0');
        return digits.Length == 0 ? ("0", 0) : (digits, whole - 1 - leading + shift);
    }
}
