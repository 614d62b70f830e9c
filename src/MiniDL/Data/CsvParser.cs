using System.Buffers;
using System.Text;
using MiniDL.IO;

namespace MiniDL.Data;

/// <summary>Splits CSV text (RFC 4180) into fields: quotes may hold separators and line ends, two quotes inside of quotes are one.</summary>
/// <remarks>All fields' text lies in one block, quotes removed; a field is known by where it ends.</remarks>
sealed class CsvParser(string? file, char separator)
{
    const char ByteOrderMark = '\uFEFF';

    enum Place { Start, Plain, Quoted, Closed }

    readonly ArrayBufferWriter<char> text = new();
    readonly List<int> ends = [];
    readonly List<int> lines = [];
    Place place = Place.Start;
    int line = 1, rowLine = 1, quoteLine, rowFields;

    /// <summary>The fields of every row; 0 before the first row.</summary>
    public int ColumnCount { get; private set; }

    public int RowCount => lines.Count;

    /// <summary>The line that a row begins in, from 1.</summary>
    public int Line(int row) => lines[row];

    public ReadOnlySpan<char> Field(int row, int column)
    {
        var field = row * ColumnCount + column;
        var start = field == 0 ? 0 : ends[field - 1];
        return text.WrittenSpan[start..ends[field]];
    }

    public void Parse(Stream stream)
    {
        using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        var buffer = new char[4096];
        var afterReturn = false; // a line end of two characters counts once
        try
        {
            if (reader.Peek() == ByteOrderMark) reader.Read();
            for (int count; (count = reader.Read(buffer)) > 0;)
            {
                foreach (var c in buffer.AsSpan(0, count))
                {
                    if (c == '\n' && afterReturn && place != Place.Quoted)
                    {
                        afterReturn = false;
                        continue;
                    }
                    Take(c, c == '\r' || c == '\n' && !afterReturn);
                    afterReturn = c == '\r';
                }
            }
        }
        catch (DecoderFallbackException e)
        {
            throw Error($"line {line}: bytes that are no UTF-8", e);
        }
        catch (InvalidDataException e)
        {
            throw Error($"its gzip data is broken: {e.Message}", e);
        }
        if (place == Place.Quoted) throw Error($"line {quoteLine}: the quote that opens in column {rowFields + 1} never closes");
        if (rowFields > 0 || place != Place.Start) EndRow();
    }

    void Take(char c, bool newLine)
    {
        if (place == Place.Quoted)
        {
            if (c == '"') place = Place.Closed;
            else Append(c);
        }
        else if (c == separator)
        {
            EndField();
        }
        else if (c is '\r' or '\n')
        {
            if (rowFields > 0 || place != Place.Start) EndRow(); // else a blank line
        }
        else if (c == '"')
        {
            Quote();
        }
        else if (place == Place.Closed)
        {
            throw Error($"line {line}, column {rowFields + 1}: {DataFormatException.Show([c])} follows a closing quote; a separator or the line's end must");
        }
        else
        {
            place = Place.Plain;
            Append(c);
        }
        if (!newLine) return;
        line++;
        if (place == Place.Start && rowFields == 0) rowLine = line;
    }

    void Quote()
    {
        if (place == Place.Plain) throw Error($"line {line}, column {rowFields + 1}: a quote inside of a field without quotes");
        if (place == Place.Closed) Append('"');
        else quoteLine = line;
        place = Place.Quoted;
    }

    void Append(char c)
    {
        text.GetSpan(1)[0] = c;
        text.Advance(1);
    }

    void EndField()
    {
        ends.Add(text.WrittenCount);
        rowFields++;
        place = Place.Start;
    }

    void EndRow()
    {
        EndField();
        if (ColumnCount == 0) ColumnCount = rowFields;
        if (rowFields != ColumnCount) throw Error($"line {rowLine} has {rowFields} fields, the first row has {ColumnCount}");
        lines.Add(rowLine);
        rowFields = 0;
    }

    public DataFormatException Error(string rule, Exception? cause = null) => new("CSV", file, rule, cause);
}
