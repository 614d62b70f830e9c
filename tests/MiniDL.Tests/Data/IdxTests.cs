using System.IO.Compression;
using MiniDL.Data;
using MiniDL.IO;
using MiniDL.Tests.IO;

namespace MiniDL.Tests.Data;

[Collection(nameof(Serial))]
public class IdxTests
{
    [Fact]
    public void Bytes_raw_and_packed()
    {
        byte[] file = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 0, 51, 102, 153, 204, 255];
        foreach (var bytes in (byte[][])[file, Gzip(file)])
        {
            var x = Idx.Load(new MemoryStream(bytes), scale: 1 / 255.0);
            Assert.Equal([2, 3], x.Shape.ToArray());
            Assert.Equal([0f, 0.2f, 0.4f, 0.6f, 0.8f, 1f], x.ToArray<float>());
            Assert.Equal([0L, 51, 102, 153, 204, 255], Idx.Load(new OneWayStream(bytes), DType.Int64).ToArray<long>());
        }
    }

    [Fact]
    public void Every_type()
    {
        Assert.Equal([-1f], Idx.Load(new MemoryStream([0, 0, 9, 1, 0, 0, 0, 1, 255])).ToArray<float>());
        Assert.Equal([-2, 258], Idx.Load(new MemoryStream([0, 0, 0x0b, 1, 0, 0, 0, 2, 0xff, 0xfe, 1, 2]), DType.Int32).ToArray<int>());
        Assert.Equal([-2, 16909060], Idx.Load(new MemoryStream([0, 0, 0x0c, 1, 0, 0, 0, 2, 255, 255, 255, 254, 1, 2, 3, 4]), DType.Int32).ToArray<int>());
        Assert.Equal([1.5f], Idx.Load(new MemoryStream([0, 0, 0x0d, 1, 0, 0, 0, 1, 0x3f, 0xc0, 0, 0])).ToArray<float>());
        Assert.Equal([1.5], Idx.Load(new MemoryStream([0, 0, 0x0e, 0, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0]), DType.Float64).ToArray<double>());
    }

    static readonly Dictionary<string, (byte[] File, string Words)> cases = new()
    {
        ["empty"] = ([], "the file ends inside of its first 4 bytes"),
        ["wrong start"] = ([1, 0, 8, 1, 0, 0, 0, 0], "it starts with 0x0100, not with 0x0000"),
        ["unknown type"] = ([0, 0, 7, 1, 0, 0, 0, 0], "type 0x07 is unknown"),
        ["255 axes"] = ([0, 0, 8, 255], "it has 255 axes, a tensor at most 8"),
        ["no size"] = ([0, 0, 8, 2, 0, 0, 0, 1], "the file ends before the size of axis 1"),
        ["negative size"] = ([0, 0, 8, 1, 255, 255, 255, 255], "axis 0 has size 4294967295"),
        ["too few"] = ([0, 0, 8, 1, 0, 0, 0, 3, 1, 2], "[3] takes 3 bytes, 2 are there"),
        ["2 GB claimed"] = ([0, 0, 8, 1, 127, 255, 255, 0, 1, 2], "[2147483392] takes 2147483392 bytes, 2 are there"),
        ["2^93 claimed"] = ([0, 0, 8, 3, 127, 255, 255, 255, 127, 255, 255, 255, 127, 255, 255, 255], "already takes more than"),
        ["empty with strides over 2^63"] = ([0, 0, 8, 4, 0, 0, 0, 0, 127, 255, 255, 255, 127, 255, 255, 255, 127, 255, 255, 255], "already takes more than"),
        ["too many"] = ([0, 0, 8, 1, 0, 0, 0, 1, 1, 2], "[1] takes 1 bytes, more follow"),
        ["gzip cut off"] = (Gzip([0, 0, 8, 1, 0, 0, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8])[..20], "IDX: "),
        ["gzip of nothing"] = ([0x1f, 0x8b, 1, 2, 3], "its gzip data is broken"),
    };

    public static TheoryData<string> Names => [.. cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_broken_file_is_refused(string name)
    {
        var (file, words) = cases[name];
        var error = Bounds.Measure(file, stream => Assert.Throws<DataFormatException>(() => Idx.Load(stream)));
        Assert.StartsWith("IDX: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arguments_that_do_not_fit()
    {
        byte[] floats = [0, 0, 0x0d, 1, 0, 0, 0, 1, 0x3f, 0xc0, 0, 0];
        Assert.Contains("the file holds Float32", Assert.Throws<ArgumentException>(() => Idx.Load(new MemoryStream(floats), DType.Int64)).Message, StringComparison.Ordinal);
        Assert.Contains("cannot hold fractions", Assert.Throws<ArgumentException>(() => Idx.Load(new MemoryStream(floats), DType.Int64, 0.5)).Message, StringComparison.Ordinal);
        Assert.Contains("dtype is Bool", Assert.Throws<ArgumentException>(() => Idx.Load(new MemoryStream(floats), DType.Bool)).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => Idx.Load("no such file"));
    }

    static byte[] Gzip(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(bytes);
        return packed.ToArray();
    }
}
