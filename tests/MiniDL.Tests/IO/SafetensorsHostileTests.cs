using System.Text;
using MiniDL.IO;
using static MiniDL.Tests.IO.SafetensorsBytes;

namespace MiniDL.Tests.IO;

/// <summary>Files that break a rule of the format: each is refused with words, cheaply.</summary>
[Collection(nameof(Serial))]
public class SafetensorsHostileTests
{
    static readonly string good = Entry("a", "F32", "[2]", "[0,8]");

    static byte[] File(params string[] entries) => Of("{" + string.Join(",", entries) + "}", 8);

    static readonly Dictionary<string, (byte[] File, string Words)> cases = new()
    {
        ["0 bytes"] = ([], "the file has 0 bytes, the length of the header alone takes 8"),
        ["7 bytes"] = (new byte[7], "the file has 7 bytes"),
        ["8 bytes"] = ([16, 0, 0, 0, 0, 0, 0, 0], "the header's length is 16, but only 0 bytes follow"),
        ["header of 0"] = (Of("{}", 0, 0), "the header's length is 0, it must be 2 to 100000000 bytes"),
        ["header of 2^63"] = (Of("{}", 0, long.MinValue), "the header's length is 9223372036854775808"),
        ["header of 2^64-1"] = (Of("{}", 0, -1), "the header's length is 18446744073709551615"),
        ["header of 100,000,001"] = (Of("{}", 0, 100_000_001), "the header's length is 100000001, it must be"),
        ["header of 100,000,000 in a small file"] = (Of("{}", 0, 100_000_000), "the header's length is 100000000, but only 2 bytes follow"),
        ["header longer than the file"] = (Of("{}", 0, 3), "the header's length is 3, but only 2 bytes follow"),
        ["not UTF-8"] = (Of([(byte)'{', (byte)'"', 0xff, (byte)'"', (byte)'}']), "the header is not UTF-8"),
        ["an array"] = (Of("[]"), "the header starts with byte 0x5b, not with '{'"),
        ["leading space"] = (Of(" {}"), "the header starts with byte 0x20"),
        ["byte order mark"] = (Of("\uFEFF{}"), "the header starts with byte 0xef"),
        ["unclosed"] = (Of("{" + good, 8), "the header is no JSON"),
        ["unclosed string"] = (Of("{\"a"), "the header is no JSON"),
        ["trailing junk"] = (Of("{} x"), "the header is no JSON"),
        ["two values"] = (Of("{}{}"), "the header is no JSON"),
        ["trailing zero"] = (Of("{}\0"), "the header is no JSON"),
        ["trailing comma"] = (Of("{" + good + ",}", 8), "the header is no JSON"),
        ["comment"] = (Of("{/**/}"), "the header is no JSON"),
        ["nested 100,000 deep"] = (Of("{\"a\":" + new string('[', 100_000)), "entry 'a': is a StartArray, it must be an object"),
        ["nested 100,000 deep in a shape"] = (File("\"a\":{\"shape\":" + new string('[', 100_000)), "entry 'a': shape holds a StartArray"),
        ["nested objects"] = (Of(string.Concat(Enumerable.Repeat("{\"a\":", 100_000))), "entry 'a': has 'a'"),
        ["name twice"] = (File(good, Entry("a", "F32", "[0]", "[8,8]")), "entry 'a': the name stands twice in the header"),
        ["name twice by an escape"] = (File(good, Entry("\\u0061", "F32", "[0]", "[8,8]")), "entry 'a': the name stands twice"),
        ["field twice"] = (File("\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}"), "entry 'a': has 'dtype' twice"),
        ["half a surrogate pair"] = (File(Entry("\\ud800", "F32", "[2]", "[0,8]")), "is not Unicode"),
        ["half a surrogate pair in the metadata"] = (File("\"__metadata__\":{\"k\":\"\\udc00\"}", good), "is not Unicode"),
        ["metadata number"] = (File("\"__metadata__\":{\"k\":1}", good), "'__metadata__': 'k' is a Number, it must be a string"),
        ["metadata null"] = (File("\"__metadata__\":{\"k\":null}", good), "'__metadata__': 'k' is a Null"),
        ["metadata a string"] = (File("\"__metadata__\":\"x\"", good), "'__metadata__' is a String, it must be an object of strings"),
        ["metadata twice"] = (File("\"__metadata__\":{}", "\"__\\u006detadata__\":{}", good), "'__metadata__' stands twice"),
        ["metadata key twice"] = (File("\"__metadata__\":{\"k\":\"\",\"\\u006b\":\"\"}", good), "'__metadata__': 'k' stands twice"),
        ["unknown dtype"] = (File(Entry("a", "F31", "[2]", "[0,8]")), "entry 'a': dtype 'F31' is unknown"),
        ["lower-case dtype"] = (File(Entry("a", "f32", "[2]", "[0,8]")), "entry 'a': dtype 'f32' is unknown"),
        ["dtype number"] = (File("\"a\":{\"dtype\":4}"), "entry 'a': dtype is a Number"),
        ["dtype U8"] = (File(Entry("a", "U8", "[8]", "[0,8]")), "entry 'a': dtype U8 is one that no tensor here can hold"),
        ["dtype F8"] = (File(Entry("a", "F8_E4M3", "[8]", "[0,8]")), "entry 'a': dtype F8_E4M3 is one that no tensor here can hold"),
        ["no dtype"] = (File("\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}"), "entry 'a': has no dtype"),
        ["no shape"] = (File("\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}"), "entry 'a': has no shape"),
        ["no offsets"] = (File("\"a\":{\"dtype\":\"F32\",\"shape\":[2]}"), "entry 'a': has no data_offsets"),
        ["unknown field"] = (File("\"a\":{\"dtype\":\"F32\",\"packed\":true}"), "entry 'a': has 'packed'"),
        ["entry a number"] = (File("\"a\":1"), "entry 'a': is a Number, it must be an object"),
        ["negative offset"] = (File(Entry("a", "F32", "[2]", "[-8,0]")), "entry 'a': data_offsets holds '-8'"),
        ["fractional offset"] = (File(Entry("a", "F32", "[2]", "[0.0,8]")), "entry 'a': data_offsets holds '0.0'"),
        ["exponent"] = (File(Entry("a", "F32", "[1e3]", "[0,8]")), "entry 'a': shape holds '1e3'"),
        ["minus zero"] = (File(Entry("a", "F32", "[2]", "[-0,8]")), "entry 'a': data_offsets holds '-0'"),
        ["offset 2^63"] = (File(Entry("a", "F32", "[2]", "[0,9223372036854775808]")), "entry 'a': data_offsets holds '9223372036854775808'"),
        ["offset a string"] = (File(Entry("a", "F32", "[2]", "[\"0\",8]")), "entry 'a': data_offsets holds a String"),
        ["one offset"] = (File(Entry("a", "F32", "[2]", "[0]")), "entry 'a': data_offsets holds a EndArray"),
        ["three offsets"] = (File(Entry("a", "F32", "[2]", "[0,8,8]")), "entry 'a': data_offsets has more than two numbers"),
        ["offsets a number"] = (File(Entry("a", "F32", "[2]", "8")), "entry 'a': data_offsets is a Number"),
        ["begin after end"] = (File(Entry("a", "F32", "[2]", "[8,0]")), "entry 'a': data_offsets [8,0] end before they begin"),
        ["end past the data"] = (File(Entry("a", "F32", "[3]", "[0,12]")), "entry 'a': data_offsets [0,12] end past the data, which has 8 bytes"),
        ["overlap"] = (File(good, Entry("b", "F32", "[1]", "[4,8]")), "entry 'b': starts at 4, inside of entry 'a', which ends at 8: an overlap"),
        ["the same bytes twice"] = (File(good, Entry("b", "F32", "[2]", "[0,8]")), ": an overlap"),
        ["hole at the start"] = (File(Entry("a", "F32", "[1]", "[4,8]")), "entry 'a': starts at 4, but the bytes before it end at 0: a hole"),
        ["hole in the middle"] = (File(Entry("a", "BOOL", "[2]", "[0,2]"), Entry("b", "F32", "[1]", "[4,8]")), "entry 'b': starts at 4, but the bytes before it end at 2: a hole"),
        ["hole at the end"] = (File(Entry("a", "F32", "[1]", "[0,4]")), "4 bytes after the last entry's end at 4 belong to no entry"),
        ["data and no entry"] = (Of("{}", 1), "1 bytes after the last entry's end at 0"),
        ["empty entry past the data's end"] = (File(good, Entry("b", "F32", "[0]", "[9,9]")), "entry 'b': data_offsets [9,9] end past the data"),
        ["empty entry inside of another"] = (File(good, Entry("b", "F32", "[0]", "[4,4]")), ": an overlap"),
        ["product over 2^64"] = (File(Entry("a", "F32", "[2147483647,2147483647,2147483647]", "[0,8]")), "entry 'a': shape: the product of its sizes passes"),
        ["product that wraps to 2"] = (File(Entry("a", "F32", "[2,65536,65536,65536,65536]", "[0,8]")), "entry 'a': shape: the product of its sizes passes"),
        ["bytes over 2^64"] = (File(Entry("a", "F64", "[2147483647,2147483647]", "[0,8]")), "entry 'a': data_offsets [0,8] hold 8 bytes"),
        ["axis of 2^40"] = (File(Entry("a", "F32", "[1099511627776]", "[0,8]")), "entry 'a': shape: axis 0 has 1099511627776 elements, an axis has at most 2147483647"),
        ["empty with strides over 2^63"] = (File(good, Entry("b", "F32", "[0,2147483647,2147483647,2147483647]", "[8,8]")), "entry 'b': shape: the product"),
        ["too few bytes"] = (File(Entry("a", "F32", "[3]", "[0,8]")), "entry 'a': data_offsets [0,8] hold 8 bytes, 3 elements of Float32 take 12"),
        ["too many bytes"] = (File(Entry("a", "F32", "[]", "[0,8]")), "entry 'a': data_offsets [0,8] hold 8 bytes, 1 elements of Float32 take 4"),
        ["rank 1000"] = (File(Entry("a", "F32", "[" + string.Join(",", Enumerable.Repeat(1, 1000)) + "]", "[0,4]")), "entry 'a': shape has more than 8 axes"),
        ["shape a number"] = (File(Entry("a", "F32", "2", "[0,8]")), "entry 'a': shape is a Number"),
        ["shape of null"] = (File(Entry("a", "F32", "[null]", "[0,8]")), "entry 'a': shape holds a Null"),
        ["name of 10 MB"] = (File(Entry(new string('n', 10 << 20), "F32", "[2]", "[0,8]")), "the name at byte 2 has 10485760 bytes, at most 65536 are read"),
        ["name of line ends"] = (File(Entry("a\\nb", "F32", "[1]", "[0,8]")), "entry 'a\uFFFDb': data_offsets"),
        ["braces for an allocation"] = (Of("{\"" + new string('{', 1 << 20) + "\":1}"), "the name at byte 2 has 1048576 bytes"),
        ["a BOOL of 2"] = ([.. Of("{" + Entry("m", "BOOL", "[3]", "[0,3]") + "}"), 1, 0, 2], "entry 'm': element 2 is neither 0 nor 1"),
    };

    public static TheoryData<string> Names => [.. cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_refused_in_words(string name)
    {
        var (file, words) = cases[name];
        var error = Bounds.Measure(file, stream => Assert.Throws<DataFormatException>(() => Safetensors.Load(stream)));
        Assert.StartsWith("Safetensors: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_message_names_the_file()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "bad.safetensors");
        System.IO.File.WriteAllBytes(path, Of("[]"));
        Assert.StartsWith($"Safetensors '{path}': ", Assert.Throws<DataFormatException>(() => Safetensors.Load(path)).Message, StringComparison.Ordinal);
        System.IO.File.Delete(path);
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        var whole = Of("{\"__metadata__\":{\"k\":\"v\"}," + Entry("a", "F32", "[1,1]", "[0,4]") + "," + Entry("b", "I64", "[]", "[4,12]") + "}", 12);
        Safetensors.Load(new MemoryStream(whole));
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<DataFormatException>(() => Safetensors.Load(new MemoryStream(whole, 0, length)));
    }

    [Fact]
    public void A_million_entries_on_the_same_bytes_are_refused()
    {
        var file = Many(1_000_000, "F32", "[]", _ => (0, 4), 4);
        var error = Bounds.Measure(file, stream => Assert.Throws<DataFormatException>(() => Safetensors.Load(stream)));
        Assert.Contains("an overlap", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hundred_thousand_tensors_of_160_KB_on_the_same_bytes_are_refused()
    {
        var file = Many(100_000, "F32", "[40000]", _ => (0, 160_000), 160_000);
        Bounds.Measure(file, stream => Assert.Throws<DataFormatException>(() => Safetensors.Load(stream)));
    }

    [Fact]
    public void A_million_one_byte_tensors_are_read()
    {
        const int Count = 1_000_000;
        var file = Many(Count, "BOOL", "[1]", i => (i, i + 1), Count);
        var header = Bounds.Measure(file, stream => SafetensorsHeader.Read(stream, null));
        Assert.Equal(Count, header.Entries.Length);
        Assert.Equal(Count, Safetensors.Load(new MemoryStream(file)).Count);
    }

    [Fact]
    public void A_stream_that_lies_about_nothing_is_read_from_where_it_stands()
    {
        var bytes = Of("{" + good + "}", 8);
        var stream = new MemoryStream([1, 2, 3, .. bytes]) { Position = 3 };
        Assert.Equal([2], Safetensors.Load(stream)["a"].Shape.ToArray());
        Assert.Equal(stream.Length, stream.Position);
    }
}
