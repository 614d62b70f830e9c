using System.Globalization;
using System.Numerics;
using MiniDL.IO;

namespace MiniDL.Data;

/// <summary>A table read from CSV text (RFC 4180, UTF-8, gzip is unpacked). Numbers are read culture-invariant.</summary>
/// <remarks>Blank lines are skipped; every other row must have as many fields as the first.</remarks>
/// <example><code>
/// var iris = Csv.Load("iris.csv");
/// var x = iris.Numbers(0..4);
/// var (y, names) = iris.Classes("species");
/// </code></example>
public sealed class Csv
{
    readonly CsvParser fields;
    readonly int firstRow;

    Csv(CsvParser fields, bool header)
    {
        (this.fields, firstRow) = (fields, header ? 1 : 0);
        if (!header) return;
        if (fields.RowCount == 0) throw fields.Error("the file is empty, it should begin with a header");
        Names = [.. Enumerable.Range(0, fields.ColumnCount).Select(column => new string(fields.Field(0, column)))];
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, gzip or not.</param>
    /// <param name="header">True when the first row names the columns.</param>
    /// <param name="separator">What stands between two fields.</param>
    /// <exception cref="DataFormatException">The text is no CSV; the message says line and column.</exception>
    public static Csv Load(string path, bool header = true, char separator = ',')
    {
        using var stream = InputFile.Open(path);
        return Load(stream, path, header, separator);
    }

    /// <summary>Reads a stream to its end.</summary>
    /// <inheritdoc cref="Load(string, bool, char)"/>
    public static Csv Load(Stream stream, bool header = true, char separator = ',')
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Load(stream, null, header, separator);
    }

    static Csv Load(Stream stream, string? file, bool header, char separator)
    {
        if (separator is '"' or '\r' or '\n')
            throw new ArgumentException("Csv.Load: a quote or a line end cannot be the separator", nameof(separator));
        using var unpacked = InputFile.Unpack(stream);
        var parser = new CsvParser(file, separator);
        parser.Parse(unpacked);
        return new Csv(parser, header);
    }

    /// <summary>The columns' names; empty without a header.</summary>
    public IReadOnlyList<string> Names { get; } = [];

    /// <summary>The rows, without the header.</summary>
    public int RowCount => fields.RowCount - firstRow;

    /// <summary>The fields of a row.</summary>
    public int ColumnCount => fields.ColumnCount;

    /// <summary>The text of a field.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row or column.</exception>
    public string this[int row, int column]
    {
        get
        {
            if ((uint)row >= (uint)RowCount) throw new ArgumentOutOfRangeException(nameof(row), $"Csv: row {row} is outside 0…{RowCount - 1}");
            if ((uint)column >= (uint)ColumnCount) throw new ArgumentOutOfRangeException(nameof(column), $"Csv: column {column} is outside 0…{ColumnCount - 1}");
            return new string(Field(row, column));
        }
    }

    /// <summary>The index of the column of that name.</summary>
    /// <exception cref="ArgumentException">No column has it, or two have.</exception>
    public int Column(string name)
    {
        var found = -1;
        for (var i = 0; i < Names.Count; i++)
        {
            if (Names[i] != name) continue;
            if (found >= 0) throw new ArgumentException($"Csv: columns {found} and {i} are both named '{name}'; use an index", nameof(name));
            found = i;
        }
        return found >= 0 ? found : throw new ArgumentException($"Csv: no column is named '{name}'; there are: {string.Join(", ", Names)}", nameof(name));
    }

    /// <summary>Columns as a matrix [rows, columns].</summary>
    /// <param name="columns">Which, by index: <c>0..4</c>, or <c>..</c> for all.</param>
    /// <param name="dtype">Float32, Float64, Int32 or Int64.</param>
    /// <exception cref="DataFormatException">A field is no number of that type; the message says line and column.</exception>
    public Tensor Numbers(Range columns, DType dtype = DType.Float32)
    {
        var (start, count) = columns.GetOffsetAndLength(ColumnCount);
        return Numbers([.. Enumerable.Range(start, count)], dtype);
    }

    /// <summary>The columns of these names as a matrix [rows, columns] of Float32; all columns when none is named.</summary>
    /// <inheritdoc cref="Numbers(Range, DType)"/>
    public Tensor Numbers(params string[] columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        return columns.Length == 0 ? Numbers(..) : Numbers(Array.ConvertAll(columns, Column), DType.Float32);
    }

    Tensor Numbers(int[] columns, DType dtype) => dtype switch
    {
        DType.Float32 => Parse<float>(columns, dtype, NumberStyles.Float),
        DType.Float64 => Parse<double>(columns, dtype, NumberStyles.Float),
        DType.Int32 => Parse<int>(columns, dtype, NumberStyles.Integer),
        DType.Int64 => Parse<long>(columns, dtype, NumberStyles.Integer),
        _ => throw new ArgumentException($"Csv.Numbers: dtype is {dtype}; it must be Float32, Float64, Int32 or Int64", nameof(dtype)),
    };

    unsafe Tensor Parse<T>(int[] columns, DType dtype, NumberStyles style) where T : unmanaged, INumberBase<T>
    {
        var y = Tensor.New(Layout.Of([RowCount, columns.Length]), dtype, Device.Cpu);
        fixed (byte* p = y.View)
        {
            var next = (T*)p;
            for (var row = 0; row < RowCount; row++)
            {
                foreach (var column in columns)
                {
                    if (!T.TryParse(Field(row, column), style, CultureInfo.InvariantCulture, out var number)) throw NoNumber(row, column, dtype);
                    *next++ = number;
                }
            }
        }
        GC.KeepAlive(y);
        return y;
    }

    DataFormatException NoNumber(int row, int column, DType dtype)
    {
        var name = column < Names.Count ? $" ({DataFormatException.Show(Names[column])})" : "";
        return fields.Error($"line {fields.Line(row + firstRow)}, column {column + 1}{name}: {DataFormatException.Show(Field(row, column))} is no {dtype}");
    }

    /// <summary>A column of words as class numbers [rows] (Int64), and the words by number, in ordinal order.</summary>
    public (Tensor Y, string[] Names) Classes(string column) => Classes(Column(column));

    /// <summary>A column of words as class numbers [rows] (Int64), and the words by number, in ordinal order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    public unsafe (Tensor Y, string[] Names) Classes(int column)
    {
        var words = new string[RowCount];
        for (var row = 0; row < words.Length; row++) words[row] = this[row, column];
        var names = words.Distinct().Order(StringComparer.Ordinal).ToArray();
        var y = Tensor.New(Layout.Of([words.Length]), DType.Int64, Device.Cpu);
        fixed (byte* p = y.View)
        {
            for (var row = 0; row < words.Length; row++) ((long*)p)[row] = Array.BinarySearch(names, words[row], StringComparer.Ordinal);
        }
        GC.KeepAlive(y);
        return (y, names);
    }

    ReadOnlySpan<char> Field(int row, int column) => fields.Field(row + firstRow, column);
}
