using System.Globalization;
using System.Text;
using MiniDL.Data;
using MiniDL.IO;
using MiniDL.Tests.IO;

namespace MiniDL.Tests.Data;

public class CsvTests
{
    static Csv Read(string text, bool header = true, char separator = ',') => Csv.Load(new MemoryStream(Encoding.UTF8.GetBytes(text)), header, separator);

    [Fact]
    public void Numbers_by_range_and_by_name()
    {
        var csv = Read("a,b,kind\n1,2.5,x\n-3e2,.5,y\n");
        Assert.Equal(["a", "b", "kind"], csv.Names);
        Assert.Equal((2, 3), (csv.RowCount, csv.ColumnCount));
        Assert.Equal([1f, 2.5f, -300f, 0.5f], csv.Numbers(0..2).ToArray<float>());
        Assert.Equal([2.5f, 1f, 0.5f, -300f], csv.Numbers("b", "a").ToArray<float>());
        Assert.Equal([2, 2], csv.Numbers(..2).Shape.ToArray());
        Assert.Equal([1L, 2], Read("1\n2\n", header: false).Numbers(.., DType.Int64).ToArray<long>());
    }

    [Fact]
    public void Classes_are_numbered_in_ordinal_order()
    {
        var (y, names) = Read("kind\nb\na\nb\nC\n").Classes("kind");
        Assert.Equal(["C", "a", "b"], names);
        Assert.Equal([2L, 1, 2, 0], y.ToArray<long>());
    }

    [Fact]
    public void Quotes_line_ends_and_blank_lines()
    {
        var csv = Read("\uFEFF\"a,1\",\"he said \"\"no\"\"\"\r\n\"x\r\ny\",\"\"\r\n\r\n z ,w");
        Assert.Equal(["a,1", "he said \"no\""], csv.Names);
        Assert.Equal(("x\r\ny", ""), (csv[0, 0], csv[0, 1]));
        Assert.Equal((" z ", "w"), (csv[1, 0], csv[1, 1]));
        Assert.Equal(2, csv.RowCount);
        Assert.Equal(3, Read("1;2\r3;4\r\r5;6", header: false, ';').RowCount);
        Assert.Equal(0, Read("", header: false).RowCount);
    }

    [Fact]
    public void The_culture_does_not_matter()
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("de-DE");
        try
        {
            Assert.Equal([1.5f], Read("1.5", header: false).Numbers().ToArray<float>());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("", "CSV: the file is empty, it should begin with a header")]
    [InlineData("a,b\n1\n", "CSV: line 2 has 1 fields, the first row has 2")]
    [InlineData("a\n\"x\ny\"\n\n1,2\n", "CSV: line 5 has 2 fields, the first row has 1")]
    [InlineData("a,b\n1,\"2\n3", "CSV: line 2: the quote that opens in column 2 never closes")]
    [InlineData("a,b\n1,2\"3\n", "CSV: line 2, column 2: a quote inside of a field without quotes")]
    [InlineData("a,b\n\"1\"x,2\n", "CSV: line 2, column 1: 'x' follows a closing quote; a separator or the line's end must")]
    [InlineData("a,b\n1,2\n\"3\",abc\n", "CSV: line 3, column 2 ('b'): 'abc' is no Float32")]
    [InlineData("a,b\r\n1,\r\n", "CSV: line 2, column 2 ('b'): '' is no Float32")]
    [InlineData("a\n1,5\n", "CSV: line 2 has 2 fields")]
    public void A_broken_text_is_refused(string text, string words)
        => Assert.StartsWith(words, Assert.Throws<DataFormatException>(() => Read(text).Numbers()).Message, StringComparison.Ordinal);

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
        => Assert.Contains("no UTF-8", Assert.Throws<DataFormatException>(() => Csv.Load(new OneWayStream([97, 10, 0xff, 0xfe, 10]))).Message, StringComparison.Ordinal);

    [Fact]
    public void Columns_that_are_not_there()
    {
        var csv = Read("a,b,b\n1,2,3\n");
        Assert.StartsWith("Csv: no column is named 'c'; there are: a, b, b", Assert.Throws<ArgumentException>(() => csv.Numbers("c")).Message, StringComparison.Ordinal);
        Assert.StartsWith("Csv: columns 1 and 2 are both named 'b'", Assert.Throws<ArgumentException>(() => csv.Column("b")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => csv[1, 0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => csv[0, 3]);
        Assert.Throws<ArgumentException>(() => Read("a", separator: '"'));
    }
}
