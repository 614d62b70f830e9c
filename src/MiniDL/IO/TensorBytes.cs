namespace MiniDL.IO;

/// <summary>The elements of a contiguous tensor on the CPU as bytes, in pieces that a span can hold.</summary>
static unsafe class TensorBytes
{
    const int Piece = 1 << 26;

    public static void Write(Tensor x, Stream stream)
    {
        fixed (byte* p = x.View)
        {
            for (long at = 0, bytes = x.Length * x.DType.Size(); at < bytes; at += Piece)
                stream.Write(new ReadOnlySpan<byte>(p + at, (int)Math.Min(Piece, bytes - at)));
        }
        GC.KeepAlive(x);
    }

    public static void Read(Tensor y, Stream stream)
    {
        fixed (byte* p = y.View)
        {
            for (long at = 0, bytes = y.Length * y.DType.Size(); at < bytes; at += Piece)
                stream.ReadExactly(new Span<byte>(p + at, (int)Math.Min(Piece, bytes - at)));
        }
        GC.KeepAlive(y);
    }

    /// <summary>The index of the first byte that is neither 0 nor 1; −1 when there is none.</summary>
    public static long IndexOfBadBool(Tensor x)
    {
        fixed (byte* p = x.View)
        {
            for (long at = 0; at < x.Length; at += Piece)
            {
                var found = new ReadOnlySpan<byte>(p + at, (int)Math.Min(Piece, x.Length - at)).IndexOfAnyExceptInRange((byte)0, (byte)1);
                if (found >= 0) return at + found;
            }
        }
        GC.KeepAlive(x);
        return -1;
    }
}
