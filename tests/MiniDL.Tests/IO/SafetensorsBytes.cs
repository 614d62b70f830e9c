using System.Buffers.Binary;
using System.Text;

namespace MiniDL.Tests.IO;

/// <summary>Makes safetensors files byte by byte, good and bad.</summary>
static class SafetensorsBytes
{
    public static byte[] Of(string header, int dataLength = 0, long? headerLength = null) => Of(Encoding.UTF8.GetBytes(header), dataLength, headerLength);

    public static byte[] Of(byte[] header, int dataLength = 0, long? headerLength = null)
    {
        var bytes = new byte[8 + header.Length + dataLength];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, headerLength ?? header.Length);
        header.CopyTo(bytes, 8);
        return bytes;
    }

    public static string Entry(string name, string dtype, string shape, string offsets)
        => $$"""
        "{{name}}":{"dtype":"{{dtype}}","shape":{{shape}},"data_offsets":{{offsets}}}
        """;

    /// <summary>A file of many entries on their own or on the same bytes.</summary>
    public static byte[] Many(int count, string dtype, string shape, Func<int, (long Begin, long End)> place, int dataLength)
    {
        var text = new StringBuilder("{", 80 * count);
        for (var i = 0; i < count; i++)
        {
            var (begin, end) = place(i);
            text.Append(i == 0 ? "" : ",").Append("\"t").Append(i).Append("\":{\"dtype\":\"").Append(dtype).Append("\",\"shape\":").Append(shape)
                .Append(",\"data_offsets\":[").Append(begin).Append(',').Append(end).Append("]}");
        }
        return Of(text.Append('}').ToString(), dataLength);
    }
}
