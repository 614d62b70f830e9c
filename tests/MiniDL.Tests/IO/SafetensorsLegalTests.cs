using System.Text;
using MiniDL.IO;
using static MiniDL.Tests.IO.SafetensorsBytes;

namespace MiniDL.Tests.IO;

/// <summary>Files that keep the rules, plain and odd ones, and what is written.</summary>
public class SafetensorsLegalTests
{
    static SafetensorsFile RoundTrip(Dictionary<string, Tensor> tensors, Dictionary<string, string>? metadata = null)
    {
        var stream = new MemoryStream();
        Safetensors.Save(stream, tensors, metadata);
        stream.Position = 0;
        return Safetensors.Load(stream);
    }

    [Fact]
    public void A_file_made_by_hand()
    {
        byte[] file = [.. Of("{\"__metadata__\":{\"format\":\"pt\"}," + Entry("w", "F32", "[1,2]", "[0,8]") + "}   "), 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0];
        var loaded = Safetensors.Load(new MemoryStream(file));
        Assert.Equal("pt", loaded.Metadata["format"]);
        Assert.Equal([1f, -2f], loaded["w"].ToArray<float>());
        Assert.Equal([1, 2], loaded["w"].Shape.ToArray());
        Assert.Equal(["w"], loaded.Keys);
    }

    [Fact]
    public void Empty_files_numbers_and_empty_tensors()
    {
        Assert.Empty(Safetensors.Load(new MemoryStream(Of("{}"))));
        var file = Of("{" + Entry("empty", "F32", "[0,2147483647]", "[4,4]") + "," + Entry("number", "F32", "[]", "[0,4]") + "," + Entry("none", "I64", "[3,0]", "[0,0]") + "}", 4);
        var loaded = Safetensors.Load(new MemoryStream(file));
        Assert.Equal([0, int.MaxValue], loaded["empty"].Shape.ToArray());
        Assert.Equal([3, 0], loaded["none"].Shape.ToArray());
        Assert.Equal(0, loaded["number"].Rank);
    }

    [Fact]
    public void Names_may_hold_anything()
    {
        string[] names = ["", "h.0.attn.c_attn.weight", "größe", "日本", "😀", "a\"b\\c\nd", "__metadata", new string('x', SafetensorsHeader.MaxNameLength)];
        var loaded = RoundTrip(names.ToDictionary(name => name, name => Tensor.Scalar(name.Length)), new() { ["ключ"] = "значение\0" });
        foreach (var name in names) Assert.Equal(name.Length, loaded[name].Item());
        Assert.Equal("значение\0", loaded.Metadata["ключ"]);
    }

    [Fact]
    public void Every_dtype_comes_back_bit_for_bit()
    {
        var tensors = new Dictionary<string, Tensor>
        {
            ["f32"] = Tensor.From([1f, float.NaN, float.NegativeInfinity, -0f], 2, 2),
            ["f64"] = Tensor.From([Math.PI, double.Epsilon], 2),
            ["f16"] = Tensor.From([Half.MaxValue, Half.Epsilon, Half.NaN], 3),
            ["bf16"] = Tensor.From([(BFloat16)1.5f], 1),
            ["i32"] = Tensor.From([int.MinValue, int.MaxValue], 2, 1),
            ["i64"] = Tensor.From([long.MinValue, long.MaxValue], 2),
            ["bool"] = Tensor.From([true, false, true], 3),
        };
        var loaded = RoundTrip(tensors);
        Assert.Equal(["f64", "i64", "f32", "i32", "bf16", "f16", "bool"], loaded.Keys); // wide first, then by name
        foreach (var (name, tensor) in tensors)
        {
            Assert.Equal(tensor.DType, loaded[name].DType);
            Assert.Equal(tensor.Shape, loaded[name].Shape);
        }
        Assert.Equal(tensors["f32"].ToArray<float>().Select(BitConverter.SingleToInt32Bits), loaded["f32"].ToArray<float>().Select(BitConverter.SingleToInt32Bits));
        Assert.Equal(tensors["f64"].ToArray<double>(), loaded["f64"].ToArray<double>());
        Assert.Equal(tensors["f16"].ToArray<Half>(), loaded["f16"].ToArray<Half>());
        Assert.Equal(tensors["bf16"].ToArray<BFloat16>(), loaded["bf16"].ToArray<BFloat16>());
        Assert.Equal(tensors["i32"].ToArray<int>(), loaded["i32"].ToArray<int>());
        Assert.Equal(tensors["i64"].ToArray<long>(), loaded["i64"].ToArray<long>());
        Assert.Equal(tensors["bool"].ToArray<bool>(), loaded["bool"].ToArray<bool>());
    }

    [Fact]
    public void A_strided_tensor_is_written_row_by_row()
    {
        var x = Tensor.From([1f, 2, 3, 4, 5, 6], 2, 3);
        Assert.Equal([1f, 4, 2, 5, 3, 6], RoundTrip(new() { ["x"] = x.T() })["x"].ToArray<float>());
    }

    [Fact]
    public void Large_tensors_come_back()
    {
        var values = Enumerable.Range(0, 300_001).Select(i => (float)i).ToArray();
        Assert.Equal(values, RoundTrip(new() { ["x"] = Tensor.From(values, values.Length) })["x"].ToArray<float>());
    }

    [Fact]
    public void Data_is_aligned_and_bytes_are_the_same_each_time()
    {
        var tensors = new Dictionary<string, Tensor> { ["b"] = Tensor.From([true], 1), ["a"] = Tensor.Scalar(1, DType.Float64) };
        var first = new MemoryStream();
        var second = new MemoryStream();
        Safetensors.Save(first, tensors);
        Safetensors.Save(second, new Dictionary<string, Tensor>(tensors.Reverse()));
        Assert.Equal(first.ToArray(), second.ToArray());
        Assert.Equal(0, BitConverter.ToInt64(first.ToArray()) % 8);
    }

    [Fact]
    public void A_stream_that_cannot_seek_is_read()
    {
        var file = Of("{" + Entry("a", "F32", "[2]", "[0,8]") + "}", 8);
        Assert.Equal([2], Safetensors.Load(new OneWayStream(file))["a"].Shape.ToArray());
        Assert.Throws<DataFormatException>(() => Safetensors.Load(new OneWayStream(file[..^1])));
    }

    [Fact]
    public void What_cannot_be_named_is_refused()
    {
        var x = Tensor.Scalar(1);
        Assert.Contains("'__metadata__'", Assert.Throws<ArgumentException>(() => RoundTrip(new() { ["__metadata__"] = x })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => RoundTrip(new() { ["\ud800"] = x }));
        Assert.Throws<ArgumentException>(() => RoundTrip(new() { [new string('x', SafetensorsHeader.MaxNameLength + 1)] = x }));
        Assert.Throws<ArgumentException>(() => RoundTrip([], new() { ["k"] = null! }));
    }

    [Fact]
    public void An_absent_name_is_told_with_those_that_are_there()
        => Assert.Equal("The file has no tensor 'b'; it has 1: a", Assert.Throws<KeyNotFoundException>(() => RoundTrip(new() { ["a"] = Tensor.Scalar(1) })["b"]).Message);
}
