using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace MiniDL;

/// <summary>Copies strips of a matrix into panels, whose elements the register tile then meets in the order of memory.</summary>
internal static unsafe class GemmPack
{
    const int NearSteps = 64;

    /// <summary>panel[k·width + i] = x[i·lane + k·step] for i &lt; lanes and k &lt; steps; 0 for lanes ≤ i &lt; width.</summary>
    /// <remarks>A strip of rows of a and a strip of columns of b are the same thing with the strides exchanged.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Panel<E>(E* x, nint lane, nint step, int lanes, int width, int steps, E* panel) where E : unmanaged
    {
        if (lanes < width) new Span<E>(panel, steps * width).Clear();
        if (lane == 1) Copy(x, step, lanes, width, steps, panel);
        else if (step == 1) Transpose(x, lane, lanes, width, steps, panel);
        else
            for (var k = 0; k < steps; k++)
                for (nint i = 0; i < lanes; i++)
                    panel[(nint)k * width + i] = x[i * lane + k * step];
    }

    // Lanes lie side by side: a panel is a run of short rows.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Copy<E>(E* x, nint step, int lanes, int width, int steps, E* panel) where E : unmanaged
    {
        nint bytes = lanes * sizeof(E), from = step * sizeof(E), to = width * sizeof(E), i = 0;
        for (; i + 64 <= bytes; i += 64)
        {
            byte* source = (byte*)x + i, target = (byte*)panel + i;
            for (var k = 0; k < steps; k++, source += from, target += to)
            {
                Vector256<byte> low = Vector256.Load(source), high = Vector256.Load(source + 32);
                low.Store(target);
                high.Store(target + 32);
            }
        }
        if (i < bytes) CopyRest((byte*)x + i, from, bytes - i, (byte*)panel + i, to, steps);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void CopyRest(byte* x, nint from, nint bytes, byte* panel, nint to, int steps)
    {
        for (var k = 0; k < steps; k++, x += from, panel += to)
        {
            nint i = 0;
            for (; i + 16 <= bytes; i += 16) Vector128.Load(x + i).Store(panel + i);
            if (i + 8 <= bytes) { Unsafe.WriteUnaligned(panel + i, Unsafe.ReadUnaligned<ulong>(x + i)); i += 8; }
            if (i + 4 <= bytes) Unsafe.WriteUnaligned(panel + i, Unsafe.ReadUnaligned<uint>(x + i));
        }
    }

    // Steps lie side by side: blocks of 4×4 float or 2×2 double are turned in registers, the ragged rest one by one.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Transpose<E>(E* x, nint lane, int lanes, int width, int steps, E* panel) where E : unmanaged
    {
        var block = 16 / sizeof(E);
        int wholeLanes = lanes - lanes % block, evenLanes = lanes & ~1, wholeSteps = steps - steps % block;
        for (var start = 0; start < wholeSteps; start += NearSteps) // few enough that the panel stays in L1 from lane to lane
        {
            var end = Math.Min(wholeSteps, start + NearSteps);
            for (var i = 0; i < wholeLanes; i += block)
            {
                E* from = x + i * lane + start, to = panel + (nint)start * width + i;
                for (var k = start; k < end; k += block, from += block, to += block * (nint)width) TurnBlock(from, lane, to, width);
            }
            for (var i = wholeLanes; i < evenLanes; i += 2)
            {
                E* from = x + i * lane + start, to = panel + (nint)start * width + i;
                for (var k = start; k < end; k += block, from += block, to += block * (nint)width) TurnPair((float*)from, lane, (float*)to, width);
            }
        }
        for (var i = 0; i < lanes; i++)
            for (var k = i < evenLanes ? wholeSteps : 0; k < steps; k++)
                panel[(nint)k * width + i] = x[i * lane + k];
    }

    /// <summary>Turns the 4×4 block at x, whose rows lie <paramref name="row"/> apart: the registers are its columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Turn(float* x, nint row, out Vector128<float> y0, out Vector128<float> y1, out Vector128<float> y2, out Vector128<float> y3)
    {
        Vector128<float> a = Vector128.Load(x), b = Vector128.Load(x + row), c = Vector128.Load(x + 2 * row), d = Vector128.Load(x + 3 * row);
        Vector128<float> acLow = ZipLow(a, c), bdLow = ZipLow(b, d), acHigh = ZipHigh(a, c), bdHigh = ZipHigh(b, d);
        y0 = ZipLow(acLow, bdLow);
        y1 = ZipHigh(acLow, bdLow);
        y2 = ZipLow(acHigh, bdHigh);
        y3 = ZipHigh(acHigh, bdHigh);
    }

    /// <summary>Turns the 2×2 block at x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Turn(double* x, nint row, out Vector128<double> y0, out Vector128<double> y1)
    {
        Vector128<double> a = Vector128.Load(x), b = Vector128.Load(x + row);
        y0 = ZipLow(a, b);
        y1 = ZipHigh(a, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void TurnBlock<E>(E* x, nint row, E* y, nint yRow) where E : unmanaged
    {
        if (typeof(E) == typeof(float))
        {
            Turn((float*)x, row, out var y0, out var y1, out var y2, out var y3);
            y0.Store((float*)y);
            y1.Store((float*)(y + yRow));
            y2.Store((float*)(y + 2 * yRow));
            y3.Store((float*)(y + 3 * yRow));
        }
        else
        {
            Turn((double*)x, row, out var y0, out var y1);
            y0.Store((double*)y);
            y1.Store((double*)(y + yRow));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void TurnPair(float* x, nint row, float* y, nint yRow)
    {
        Vector128<float> a = Vector128.Load(x), b = Vector128.Load(x + row);
        Vector128<double> low = ZipLow(a, b).AsDouble(), high = ZipHigh(a, b).AsDouble();
        *(double*)y = low[0];
        *(double*)(y + yRow) = low[1];
        *(double*)(y + 2 * yRow) = high[0];
        *(double*)(y + 3 * yRow) = high[1];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ZipLow(Vector128<float> a, Vector128<float> b)
        => Sse.IsSupported ? Sse.UnpackLow(a, b)
            : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
            : Vector128.Create(a[0], b[0], a[1], b[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ZipHigh(Vector128<float> a, Vector128<float> b)
        => Sse.IsSupported ? Sse.UnpackHigh(a, b)
            : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
            : Vector128.Create(a[2], b[2], a[3], b[3]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> ZipLow(Vector128<double> a, Vector128<double> b)
        => Sse2.IsSupported ? Sse2.UnpackLow(a, b) : Vector128.Create(a[0], b[0]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> ZipHigh(Vector128<double> a, Vector128<double> b)
        => Sse2.IsSupported ? Sse2.UnpackHigh(a, b) : Vector128.Create(a[1], b[1]);
}
