using System.Buffers.Binary;
using System.Numerics;
using MiniDL.IO;

namespace MiniDL.Data;

/// <summary>What an IDX file holds, before it becomes a tensor: the type code, the sizes and the big-endian elements.</summary>
sealed record IdxArray(IdxType Type, int[] Shape, byte[] Bytes)
{
    const int FirstPiece = 1 << 12;

    /// <summary>Reads a whole stream; nothing is allocated for a size that the header claims and the stream does not have.</summary>
    public static IdxArray Read(Stream stream, string? file)
    {
        Span<byte> magic = stackalloc byte[4];
        Span<byte> size = stackalloc byte[4];
        try
        {
            if (stream.ReadAtLeast(magic, 4, throwOnEndOfStream: false) < 4) throw Error(file, "the file ends inside of its first 4 bytes");
            if (magic is not [0, 0, _, _]) throw Error(file, $"it starts with 0x{magic[0]:x2}{magic[1]:x2}, not with 0x0000");
            var type = (IdxType)magic[2];
            if (!Enum.IsDefined(type)) throw Error(file, $"type 0x{magic[2]:x2} is unknown; 08, 09, 0b, 0c, 0d and 0e are");
            if (magic[3] > Layout.MaxRank) throw Error(file, $"it has {magic[3]} axes, a tensor at most {Layout.MaxRank}");
            var shape = new int[magic[3]];
            long length = Size(type), limit = length;
            for (var i = 0; i < shape.Length; i++)
            {
                if (stream.ReadAtLeast(size, 4, throwOnEndOfStream: false) < 4) throw Error(file, $"the file ends before the size of axis {i}");
                shape[i] = BinaryPrimitives.ReadInt32BigEndian(size);
                if (shape[i] < 0) throw Error(file, $"axis {i} has size {(uint)shape[i]}, an axis has at most {int.MaxValue}");
                length *= shape[i];
                limit *= Math.Max(shape[i], 1); // an empty array's other sizes must multiply too
                if (limit > Array.MaxLength) throw Error(file, $"{Layout.Text(shape.AsSpan(0, i + 1))} already takes more than {Array.MaxLength} bytes");
            }
            var bytes = ReadPieces(stream, (int)length, shape, file);
            if (stream.ReadByte() >= 0) throw Error(file, $"{Layout.Text(shape)} takes {length} bytes, more follow");
            return new IdxArray(type, shape, bytes);
        }
        catch (InvalidDataException e)
        {
            throw Error(file, $"its gzip data is broken: {e.Message}", e);
        }
    }

    static byte[] ReadPieces(Stream stream, int length, int[] shape, string? file)
    {
        var bytes = new byte[Math.Min(length, FirstPiece)];
        var count = 0;
        while (true)
        {
            var read = stream.ReadAtLeast(bytes.AsSpan(count), bytes.Length - count, throwOnEndOfStream: false);
            count += read;
            if (count < bytes.Length) throw Error(file, $"{Layout.Text(shape)} takes {length} bytes, {count} are there");
            if (count == length) return bytes;
            Array.Resize(ref bytes, (int)Math.Min(2L * bytes.Length, length));
        }
    }

    static int Size(IdxType type) => type switch
    {
        IdxType.UInt8 or IdxType.Int8 => 1,
        IdxType.Int16 => 2,
        IdxType.Int32 or IdxType.Float32 => 4,
        _ => 8,
    };

    /// <summary>Writes the elements, times <paramref name="scale"/>, as numbers of another type.</summary>
    public void CopyTo<T>(Span<T> y, double scale) where T : INumberBase<T>
    {
        for (var i = 0; i < y.Length; i++) y[i] = T.CreateChecked(Element(i) * scale);
    }

    double Element(int i)
    {
        ReadOnlySpan<byte> bytes = Bytes;
        return Type switch
        {
            IdxType.UInt8 => bytes[i],
            IdxType.Int8 => (sbyte)bytes[i],
            IdxType.Int16 => BinaryPrimitives.ReadInt16BigEndian(bytes[(2 * i)..]),
            IdxType.Int32 => BinaryPrimitives.ReadInt32BigEndian(bytes[(4 * i)..]),
            IdxType.Float32 => BinaryPrimitives.ReadSingleBigEndian(bytes[(4 * i)..]),
            _ => BinaryPrimitives.ReadDoubleBigEndian(bytes[(8 * i)..]),
        };
    }

    static DataFormatException Error(string? file, string rule, Exception? cause = null) => new("IDX", file, rule, cause);
}

/// <summary>The format's codes for element types.</summary>
enum IdxType : byte
{
    UInt8 = 0x08,
    Int8 = 0x09,
    Int16 = 0x0b,
    Int32 = 0x0c,
    Float32 = 0x0d,
    Float64 = 0x0e,
}
