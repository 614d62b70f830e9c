using System.IO.Compression;
using System.Text.Json;

namespace MiniDL.Conformance.Golden;

/// <summary>The cases of a folder of <c>NAME.json.gz</c> files and the <c>NAME.bin.gz</c> beside them.</summary>
public sealed class Corpus
{
    Corpus(string folder, IReadOnlyList<GoldenCase> cases) => (Folder, Cases) = (folder, cases);

    /// <summary>Where the cases came from.</summary>
    public string Folder { get; }

    /// <summary>All cases, file by file, in the order of the file.</summary>
    public IReadOnlyList<GoldenCase> Cases { get; }

    /// <summary>Reads every file of a folder.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">The folder holds no corpus.</exception>
    public static Corpus Load(string folder)
    {
        var files = Directory.GetFiles(folder, "*.json.gz");
        if (files.Length == 0) throw new InvalidDataException($"{folder} holds no *.json.gz");
        Array.Sort(files, StringComparer.Ordinal);
        var cases = new List<GoldenCase>();
        foreach (var file in files)
        {
            var data = file[..^".json.gz".Length] + ".bin.gz";
            var bytes = File.Exists(data) ? Unpack(data) : [];
            using var document = JsonDocument.Parse(Unpack(file));
            foreach (var element in document.RootElement.EnumerateArray())
                cases.Add(new GoldenCase(element.Clone(), bytes));
        }
        return new Corpus(folder, cases);
    }

    static byte[] Unpack(string file)
    {
        using var packed = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var unpacked = new MemoryStream();
        packed.CopyTo(unpacked);
        return unpacked.ToArray();
    }
}
