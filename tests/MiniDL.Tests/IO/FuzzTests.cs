using System.IO.Compression;
using System.Text;
using MiniDL.Data;
using MiniDL.IO;
using static MiniDL.Tests.IO.SafetensorsBytes;

namespace MiniDL.Tests.IO;

/// <summary>20,000 seeded mutations over five valid files of each format: each loads or is refused by the library's own exception.</summary>
[Collection(nameof(Serial))]
public class FuzzTests
{
    const int Rounds = 4_000;

    [Fact]
    public void Safetensors_mutations() => Run(
        [
            Of("{" + Entry("w", "F32", "[2,2]", "[0,16]") + "," + Entry("b", "F64", "[1]", "[16,24]") + "}", 24),
            Of("{\"__metadata__\":{\"format\":\"pt\",\"a\":\"\\u00e9\"}," + Entry("layers.0.weight", "BF16", "[1,2,3]", "[0,12]") + "}  ", 12),
            Of("{}"),
            Of("{" + Entry("\\u0061", "I64", "[]", "[0,8]") + "," + Entry("e", "F32", "[0,7]", "[8,8]") + "," + Entry("m", "BOOL", "[3]", "[8,11]") + "}", 11),
            Many(20, "I32", "[2]", i => (8 * i, 8 * i + 8), 160),
        ],
        stream => Safetensors.Load(stream), twice: true);

    [Fact]
    public void Idx_mutations() => Run(
        [
            [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6],
            [0, 0, 8, 1, 0, 0, 0, 4, 9, 8, 7, 6],
            [0, 0, 0x0d, 1, 0, 0, 0, 2, 0x3f, 0x80, 0, 0, 0x40, 0, 0, 0],
            [0, 0, 0x0b, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 1, 0xff, 0xff],
            Gzip([0, 0, 8, 2, 0, 0, 0, 40, 0, 0, 0, 40, .. new byte[1600]]),
        ],
        stream => Idx.Load(stream));

    [Fact]
    public void Csv_mutations() => Run(
        [
            Encoding.UTF8.GetBytes("a,b,c\n1,2,3\n4,5,6\n"),
            Encoding.UTF8.GetBytes("\"x, y\",\"he said \"\"no\"\"\"\r\n1.5,-2e3\r\n"),
            Encoding.UTF8.GetBytes("größe\n1\n2\n3"),
            Encoding.UTF8.GetBytes("a,b\n\"1\n\",2\n\n3,4"),
            Gzip(Encoding.UTF8.GetBytes("a,b\n" + string.Concat(Enumerable.Repeat("0.25,7\n", 50)))),
        ],
        stream => Csv.Load(stream).Numbers());

    static byte[] Gzip(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(bytes);
        return packed.ToArray();
    }

    static void Run(byte[][] files, Action<Stream> load, bool twice = false)
    {
        var random = new Random(20);
        foreach (var file in files)
        {
            load(new MemoryStream(file));
            for (var round = 0; round < Rounds; round++)
            {
                var bytes = Mutate(file, random);
                var before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    load(new MemoryStream(bytes));
                }
                catch (DataFormatException)
                {
                }
                catch (Exception e)
                {
                    Assert.Fail($"round {round}, bytes {Convert.ToHexString(bytes)}: {e}");
                }
                var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                Assert.True(allocated < (twice ? 2 : 1032) * bytes.Length + (200 << 10), $"round {round}: {allocated} bytes allocated for {Convert.ToHexString(bytes)}");
            }
        }
    }

    static byte[] Mutate(byte[] file, Random random)
    {
        var bytes = file.ToList();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(5))
            {
                case 0 when at < bytes.Count: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1 when at < bytes.Count: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.Insert(at, (byte)"0123456789-.,[]{}\":eE\\ \n"[random.Next(24)]); break;
                case 3 when at < bytes.Count: bytes.RemoveAt(at); break;
                default: bytes.RemoveRange(at, bytes.Count - at); break;
            }
        }
        return [.. bytes];
    }
}
