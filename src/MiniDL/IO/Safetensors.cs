using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace MiniDL.IO;

/// <summary>Reads and writes safetensors: a JSON header with names, types and shapes, then the elements, little-endian and row-major.</summary>
/// <remarks>
/// Source: github.com/huggingface/safetensors. A file is checked before anything is allocated for its contents: nothing may overlap, be missing, be left over
/// or stand twice. Beyond the format's rules this library reads at most 8 axes of at most 2³¹−1 elements, names up to 64 KB and entries without unknown fields.
/// </remarks>
public static class Safetensors
{
    const int Alignment = 8;
    static readonly UTF8Encoding strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Reads every tensor of a file, onto the CPU.</summary>
    /// <exception cref="DataFormatException">A rule of the format is broken, or a tensor is of a type that this library has not; the message names the entry.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SafetensorsFile Load(string path)
    {
        using var stream = InputFile.Open(path);
        return Load(stream, path);
    }

    /// <summary>Reads every tensor from a stream's position to its end. A stream that cannot seek is copied to a temporary file first.</summary>
    /// <inheritdoc cref="Load(string)"/>
    public static SafetensorsFile Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (stream.CanSeek) return Load(stream, null);
        var temporary = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var copy = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        stream.CopyTo(copy);
        copy.Position = 0;
        return Load(copy, null);
    }

    static SafetensorsFile Load(Stream stream, string? file)
    {
        var header = SafetensorsHeader.Read(stream, file);
        var tensors = new Dictionary<string, Tensor>(header.Entries.Length);
        foreach (ref readonly var entry in header.Entries)
        {
            var tensor = Tensor.New(header.Layout(entry), entry.DType, Device.Cpu);
            TensorBytes.Read(tensor, stream);
            if (entry.DType == DType.Bool && TensorBytes.IndexOfBadBool(tensor) is >= 0 and var at)
                throw header.Error(entry, $"element {at} is neither 0 nor 1, it must be in a BOOL");
            tensors.Add(header.Name(entry), tensor);
        }
        return new SafetensorsFile(tensors, header.Metadata);
    }

    /// <summary>Writes tensors to a file, whole or not at all: when it fails, what stood at the path before is unchanged.</summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="tensors">The tensors, of any device and layout.</param>
    /// <param name="metadata">What the file shall say about itself.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="ArgumentException">A name is <c>__metadata__</c>, longer than 64 KB or not Unicode, or the header passes 100,000,000 bytes.</exception>
    public static void Save(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var (header, order) = Header(tensors, metadata);
        AtomicFile.Write(path, stream => Write(stream, header, order));
    }

    /// <summary>Writes tensors to a stream, which stays open.</summary>
    /// <inheritdoc cref="Save(string, IReadOnlyDictionary{string, Tensor}, IReadOnlyDictionary{string, string}?)"/>
    public static void Save(Stream stream, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var (header, order) = Header(tensors, metadata);
        Write(stream, header, order);
    }

    static void Write(Stream stream, byte[] header, KeyValuePair<string, Tensor>[] order)
    {
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var (_, tensor) in order) TensorBytes.Write(tensor.To(Device.Cpu).ContiguousData(), stream);
    }

    /// <summary>The header and the order of the data: wide elements first, so that every tensor is aligned, then by name.</summary>
    static (byte[] Header, KeyValuePair<string, Tensor>[] Order) Header(IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var order = tensors.ToArray();
        Array.Sort(order, (a, b) => a.Value.DType.Size() != b.Value.DType.Size()
            ? b.Value.DType.Size().CompareTo(a.Value.DType.Size())
            : string.CompareOrdinal(a.Key, b.Key));
        var text = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 }) WriteMetadata(json, metadata);
            long begin = 0;
            foreach (var (name, tensor) in order) begin = WriteEntry(json, name, tensor, begin);
            json.WriteEndObject();
        }
        while ((text.WrittenCount & Alignment - 1) != 0)
        {
            text.GetSpan(1)[0] = (byte)' ';
            text.Advance(1);
        }
        if (text.WrittenCount > SafetensorsHeader.MaxLength)
            throw new ArgumentException($"Safetensors.Save: the header takes {text.WrittenCount} bytes, at most {SafetensorsHeader.MaxLength} are allowed", nameof(tensors));
        return (text.WrittenSpan.ToArray(), order);
    }

    static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject("__metadata__"u8);
        foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            json.WriteString(Text(key), Text(value ?? throw new ArgumentException($"Safetensors.Save: metadata '{key}' is null", nameof(metadata))));
        json.WriteEndObject();
    }

    static long WriteEntry(Utf8JsonWriter json, string name, Tensor tensor, long begin)
    {
        if (name == "__metadata__") throw new ArgumentException("Safetensors.Save: no tensor can be named '__metadata__'");
        var text = Text(name);
        if (text.Length > SafetensorsHeader.MaxNameLength)
            throw new ArgumentException($"Safetensors.Save: the name {DataFormatException.Show(name)} takes more than {SafetensorsHeader.MaxNameLength} bytes");
        var end = begin + tensor.Length * tensor.DType.Size();
        json.WriteStartObject(text);
        json.WriteString("dtype"u8, SafetensorsDTypes.Name(tensor.DType));
        json.WriteStartArray("shape"u8);
        foreach (var size in tensor.Shape.AsSpan()) json.WriteNumberValue(size);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets"u8);
        json.WriteNumberValue(begin);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
        return end;
    }

    /// <summary>The text as UTF-8; half a surrogate pair is refused, not replaced.</summary>
    static byte[] Text(string text)
    {
        try
        {
            return strict.GetBytes(text);
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException($"Safetensors.Save: the text {DataFormatException.Show(text)} is not Unicode", e);
        }
    }
}
