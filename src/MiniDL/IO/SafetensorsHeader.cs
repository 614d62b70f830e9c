using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace MiniDL.IO;

/// <summary>One entry of the header: where its name stands in the header, its type and shape, and its bytes in the data.</summary>
/// <remarks>32 bytes and no object, so that a file of a million tiny tensors costs little before its tensors are made.</remarks>
struct SafetensorsEntry
{
    public long Begin, End;
    public int NameStart, NameLength;
    public int ShapeStart;
    public byte Rank;
    public DType DType;
}

/// <summary>The header of a safetensors file, checked: every entry lies in the data, none overlap, no byte belongs to nobody.</summary>
sealed class SafetensorsHeader
{
    /// <summary>The longest header that the format allows, in bytes.</summary>
    public const long MaxLength = 100_000_000;

    /// <summary>The longest name of a tensor, in bytes of UTF-8; this library's own limit.</summary>
    public const int MaxNameLength = 1 << 16;

    readonly byte[] json;
    readonly SafetensorsEntry[] entries;
    readonly int count;
    readonly string? file;

    SafetensorsHeader(byte[] json, string? file, long dataLength)
    {
        this.json = json;
        this.file = file;
        var parser = new SafetensorsHeaderParser(json, file, dataLength);
        (entries, count, Metadata) = parser.Parse();
        CheckOrder(dataLength);
        RefuseDuplicates();
    }

    /// <summary>The text that the file says about itself.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The entries in the order of their bytes, which lie end to end.</summary>
    public ReadOnlySpan<SafetensorsEntry> Entries => entries.AsSpan(0, count);

    /// <summary>Reads and checks the header at the stream's position; the stream, which can seek, ends with the file.</summary>
    /// <exception cref="DataFormatException">A rule of the format is broken.</exception>
    public static SafetensorsHeader Read(Stream stream, string? file)
    {
        var available = stream.Length - stream.Position;
        Span<byte> prefix = stackalloc byte[8];
        if (stream.ReadAtLeast(prefix, 8, throwOnEndOfStream: false) < 8)
            throw Error(file, $"the file has {available} bytes, the length of the header alone takes 8");
        var length = System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        available -= 8;
        if (length is < 2 or > MaxLength)
            throw Error(file, $"the header's length is {length}, it must be 2 to {MaxLength} bytes");
        if (length > (ulong)available)
            throw Error(file, $"the header's length is {length}, but only {available} bytes follow");
        var json = new byte[(int)length];
        stream.ReadExactly(json);
        return new SafetensorsHeader(json, file, available - (long)length);
    }

    /// <summary>The entry's name.</summary>
    public string Name(in SafetensorsEntry entry) => Encoding.UTF8.GetString(NameBytes(entry));

    /// <summary>The layout of the entry's sizes, which the parser has found in range.</summary>
    public Layout Layout(in SafetensorsEntry entry)
    {
        var reader = new Utf8JsonReader(json.AsSpan(entry.ShapeStart), isFinalBlock: false, default);
        Span<int> sizes = stackalloc int[entry.Rank];
        reader.Read();
        foreach (ref var size in sizes)
        {
            reader.Read();
            size = reader.GetInt32();
        }
        return MiniDL.Layout.Of(sizes);
    }

    /// <summary>An error about an entry.</summary>
    public DataFormatException Error(in SafetensorsEntry entry, string rule) => Error(file, $"{Describe(entry)}: {rule}");

    public static DataFormatException Error(string? file, string rule, Exception? cause = null) => new("Safetensors", file, rule, cause);

    string Describe(in SafetensorsEntry entry) => $"entry {DataFormatException.Show(Name(entry))}";

    ReadOnlySpan<byte> NameBytes(in SafetensorsEntry entry) => json.AsSpan(entry.NameStart, entry.NameLength);

    /// <summary>Only names of one hash are looked up again, and no string is made for a file that is going to be refused.</summary>
    /// <remarks>Hashes are dealt out to parts by their upper bits, and each part has the table to itself: one for a million names would miss the cache for each of them.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void RefuseDuplicates()
    {
        const int Parts = 1024, PartShift = 64 - 10;
        var hashes = new ulong[count]; // a hash, and the number of its entry
        var ends = new int[Parts + 1];
        for (var i = 0; i < count; i++)
        {
            var hash = new HashCode();
            hash.AddBytes(NameBytes(entries[i]));
            hashes[i] = (ulong)(uint)hash.ToHashCode() << 32 | (uint)i;
            ends[(int)(hashes[i] >> PartShift) + 1]++;
        }
        var largest = 0;
        foreach (var size in ends) largest = Math.Max(largest, size);
        for (var part = 0; part < Parts; part++) ends[part + 1] += ends[part];
        var dealt = new ulong[count];
        foreach (var hash in hashes) dealt[ends[(int)(hash >> PartShift)]++] = hash; // each start moves on to its part's end

        var table = new ulong[BitOperations.RoundUpToPowerOf2((uint)(2 * largest + 1))];
        for (int part = 0, start = 0; part < Parts; start = ends[part++])
        {
            Array.Clear(table);
            foreach (var hash in dealt.AsSpan(start, ends[part] - start))
            {
                var slot = (int)(hash >> 32) & table.Length - 1;
                for (; table[slot] != 0; slot = slot + 1 & table.Length - 1)
                    if (table[slot] - 1 >> 32 == hash >> 32) RefuseDuplicate(entries[(uint)(table[slot] - 1)], entries[(uint)hash]);
                table[slot] = hash + 1; // 0 is an empty place
            }
        }
    }

    void RefuseDuplicate(in SafetensorsEntry a, in SafetensorsEntry b)
    {
        if (NameBytes(a).SequenceEqual(NameBytes(b))) throw Error(b, "the name stands twice in the header");
    }

    static int Compare(SafetensorsEntry a, SafetensorsEntry b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    bool IsSorted()
    {
        for (var i = 1; i < count; i++)
        {
            if (Compare(entries[i - 1], entries[i]) > 0) return false;
        }
        return true;
    }

    void CheckOrder(long dataLength)
    {
        if (!IsSorted()) entries.AsSpan(0, count).Sort(Compare);
        long end = 0;
        for (var i = 0; i < count; i++)
        {
            ref readonly var entry = ref entries[i];
            if (entry.Begin > end) throw Error(entry, $"starts at {entry.Begin}, but the bytes before it end at {end}: a hole");
            if (entry.Begin < end) throw Error(entry, $"starts at {entry.Begin}, inside of {Describe(entries[i - 1])}, which ends at {end}: an overlap");
            end = entry.End;
        }
        if (end != dataLength) throw Error(file, $"{dataLength - end} bytes after the last entry's end at {end} belong to no entry");
    }
}
