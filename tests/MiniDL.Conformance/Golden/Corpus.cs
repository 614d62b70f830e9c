using System.IO.Compression;
using System.Reflection;
using System.Text.Json;

namespace MiniDL.Conformance.Golden;

/// <summary>The cases of <c>NAME.json.gz</c> files and the <c>NAME.bin.gz</c> beside them.</summary>
public sealed class Corpus
{
    const string CasesSuffix = ".json.gz", DataSuffix = ".bin.gz";

    /// <summary>The corpus of files that are opened by name.</summary>
    Corpus(string place, IEnumerable<string> files, Func<string, Stream?> open)
    {
        var cases = new List<GoldenCase>();
        foreach (var file in files.Where(file => file.EndsWith(CasesSuffix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var bytes = open(file[..^CasesSuffix.Length] + DataSuffix) is { } data ? Unpack(data) : [];
            using var document = JsonDocument.Parse(Unpack(open(file)!));
            foreach (var element in document.RootElement.EnumerateArray())
                cases.Add(new GoldenCase(element.Clone(), bytes));
        }
        if (cases.Count == 0) throw new InvalidDataException($"{place} holds no *{CasesSuffix}");
        Cases = cases;
    }

    /// <summary>All cases, file by file, in the order of the file.</summary>
    public IReadOnlyList<GoldenCase> Cases { get; }

    /// <summary>Reads every file of a folder.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">The folder holds no corpus.</exception>
    public static Corpus Load(string folder) => new(folder, Directory.GetFiles(folder), file => File.Exists(file) ? File.OpenRead(file) : null);

    /// <summary>Reads the files that are embedded in an assembly.</summary>
    /// <exception cref="InvalidDataException">The assembly holds no corpus.</exception>
    public static Corpus Load(Assembly assembly) => new(assembly.GetName().Name!, assembly.GetManifestResourceNames(), assembly.GetManifestResourceStream);

    static byte[] Unpack(Stream stream)
    {
        using var packed = new GZipStream(stream, CompressionMode.Decompress);
        using var unpacked = new MemoryStream();
        packed.CopyTo(unpacked);
        return unpacked.ToArray();
    }
}
