using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MiniDL;

/// <summary>An image whose borders are zeros, so that every tap of every window lies inside: element (c, h, w) at Data[c·Channel + h·Pitch + w].</summary>
internal readonly unsafe struct ConvPlane<E>(E* data, nint channel, int pitch) where E : unmanaged
{
    public readonly E* Data = data;
    public readonly nint Channel = channel;
    public readonly int Pitch = pitch;

    /// <summary>True when windows over an image reach beyond it.</summary>
    public static bool NeedsBorder(in WindowShape s)
        => s.PadTop > 0 || s.PadLeft > 0 || s.SourceH(s.OutH - 1, s.KernelH - 1) >= s.H || s.SourceW(s.OutW - 1, s.KernelW - 1) >= s.W;

    static int PaddedH(in WindowShape s) => Math.Max(s.H, s.SourceH(s.OutH - 1, s.KernelH - 1) + 1) + s.PadTop;

    static int PaddedW(in WindowShape s) => Math.Max(s.W, s.SourceW(s.OutW - 1, s.KernelW - 1) + 1) + s.PadLeft;

    /// <summary>Elements of memory that <see cref="Of"/> needs; 0 when the image serves as it lies.</summary>
    public static long Size(in WindowShape s) => NeedsBorder(s) ? (long)s.C * PaddedH(s) * PaddedW(s) : 0;

    /// <summary>The plane of one image, in <paramref name="memory"/> if it needs any.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ConvPlane<E> Of(in WindowShape s, E* image, E* memory)
    {
        if (!NeedsBorder(s)) return new(image, (nint)s.H * s.W, s.W);
        int height = PaddedH(s), width = PaddedW(s);
        new Span<byte>(memory, checked((int)(Size(s) * sizeof(E)))).Clear();
        for (var c = 0; c < s.C; c++)
            for (var h = 0; h < s.H; h++)
                Unsafe.CopyBlockUnaligned(
                    memory + ((nint)c * height + h + s.PadTop) * width + s.PadLeft,
                    image + ((nint)c * s.H + h) * s.W, (uint)(s.W * sizeof(E)));
        return new(memory, (nint)height * width, width);
    }
}

/// <summary>The windows of an image as the columns of a matrix [C·KH·KW, OH·OW], unfolded panel by panel into the cache.</summary>
internal readonly unsafe struct ConvColumns<E>(WindowShape s, ConvPlane<E> plane) : IPackB<E> where E : unmanaged
{
    const int MostLanes = 64;

    /// <inheritdoc/>
    public GemmMatrix<E> Stored => s is { KernelH: 1, KernelW: 1, StrideH: 1, StrideW: 1 } && plane.Pitch == s.OutW
        ? new(plane.Data, plane.Channel, 1)
        : default;

    /// <inheritdoc/>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(int k, int steps, int n, int lanes, int width, E* panel)
    {
        // Runs of windows that lie side by side in a row of the image: where each begins, and how many there are. The same for every tap.
        var starts = stackalloc int[MostLanes];
        var counts = stackalloc int[MostLanes];
        var runs = 0;
        for (int j = 0, oh = n / s.OutW, ow = n % s.OutW; j < lanes; oh++, ow = 0)
        {
            starts[runs] = oh * s.StrideH * plane.Pitch + ow * s.StrideW;
            counts[runs] = Math.Min(s.OutW - ow, lanes - j);
            j += counts[runs++];
        }
        var taps = s.KernelH * s.KernelW;
        for (var i = 0; i < steps; i++)
        {
            var (c, tap) = Math.DivRem(k + i, taps);
            var (kh, kw) = Math.DivRem(tap, s.KernelW);
            var source = plane.Data + c * plane.Channel + kh * s.DilationH * plane.Pitch + kw * s.DilationW;
            var target = panel + (nint)i * width;
            if (s.StrideW == 1)
                for (var r = 0; r < runs; target += counts[r++])
                    Copy(source + starts[r], target, counts[r]);
            else
                for (var r = 0; r < runs; r++)
                    for (var j = 0; j < counts[r]; j++) *target++ = source[starts[r] + j * s.StrideW];
            new Span<E>(target, width - lanes).Clear();
        }
    }

    /// <summary>All columns, row after row of the matrix.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Unfold(E* columns)
    {
        for (var c = 0; c < s.C; c++)
            for (var kh = 0; kh < s.KernelH; kh++)
                for (var kw = 0; kw < s.KernelW; kw++)
                    for (var oh = 0; oh < s.OutH; oh++, columns += s.OutW)
                    {
                        var source = plane.Data + c * plane.Channel + (oh * s.StrideH + kh * s.DilationH) * plane.Pitch + kw * s.DilationW;
                        if (s.StrideW == 1) Copy(source, columns, s.OutW);
                        else
                            for (var ow = 0; ow < s.OutW; ow++) columns[ow] = source[ow * s.StrideW];
                    }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Copy(E* x, E* y, int count)
    {
        nint bytes = count * sizeof(E), i = 0;
        byte* from = (byte*)x, to = (byte*)y;
        for (; i + 32 <= bytes; i += 32) Vector256.Load(from + i).Store(to + i);
        if (i + 16 <= bytes) { Vector128.Load(from + i).Store(to + i); i += 16; }
        if (i + 8 <= bytes) { Unsafe.WriteUnaligned(to + i, Unsafe.ReadUnaligned<ulong>(from + i)); i += 8; }
        if (i + 4 <= bytes) Unsafe.WriteUnaligned(to + i, Unsafe.ReadUnaligned<uint>(from + i));
    }
}
