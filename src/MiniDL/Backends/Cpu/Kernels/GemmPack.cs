using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace MiniDL;

/// <summary>Copies strips of a matrix into panels, whose elements the register tile then meets in the order of memory.</summary>
internal static unsafe class GemmPack
{
    /// <summary>panel[k·width + i] = x[i·lane + k·step] for i &lt; lanes and k &lt; steps; 0 for lanes ≤ i &lt; width.</summary>
    /// <remarks>A strip of rows of a and a strip of columns of b are the same thing with the strides exchanged.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Panel<E>(E* x, nint lane, nint step, int lanes, int width, int steps, E* panel) where E : unmanaged
    {
        if (lane == 1) Copy(x, step, lanes, width, steps, panel);
        else if (step == 1) Transpose(x, lane, lanes, width, steps, panel);
        else
            for (var k = 0; k < steps; k++)
                for (nint i = 0; i < lanes; i++)
                    panel[(nint)k * width + i] = x[i * lane + k * step];

        if (lanes == width) return;
        for (var k = 0; k < steps; k++)
            new Span<E>(panel + (nint)k * width + lanes, width - lanes).Clear();
    }

    // Lanes lie side by side: a panel is a run of short rows.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Copy<E>(E* x, nint step, int lanes, int width, int steps, E* panel) where E : unmanaged
    {
        nint bytes = lanes * sizeof(E), from = step * sizeof(E), to = width * sizeof(E);
        byte* source = (byte*)x, target = (byte*)panel;
        for (var k = 0; k < steps; k++, source += from, target += to)
        {
            nint i = 0;
            for (; i + 32 <= bytes; i += 32) Vector256.Load(source + i).Store(target + i);
            if (i + 16 <= bytes) { Vector128.Load(source + i).Store(target + i); i += 16; }
            if (i + 8 <= bytes) { Unsafe.WriteUnaligned(target + i, Unsafe.ReadUnaligned<ulong>(source + i)); i += 8; }
            if (i + 4 <= bytes) Unsafe.WriteUnaligned(target + i, Unsafe.ReadUnaligned<uint>(source + i));
        }
    }

    // Steps lie side by side: blocks of 4×4 float or 2×2 double are turned in registers, the ragged rest one by one.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Transpose<E>(E* x, nint lane, int lanes, int width, int steps, E* panel) where E : unmanaged
    {
        var block = 16 / sizeof(E);
        int wholeLanes = lanes - lanes % block, evenLanes = lanes & ~1, wholeSteps = steps - steps % block;
        for (var i = 0; i < wholeLanes; i += block)
        {
            E* from = x + i * lane, to = panel + i;
            for (var k = 0; k < wholeSteps; k += block, from += block, to += (nint)block * width)
            {
                if (typeof(E) == typeof(float)) Turn((float*)from, lane, (float*)to, width);
                else Turn((double*)from, lane, (double*)to, width);
            }
        }
        for (var i = wholeLanes; i < evenLanes; i += 2)
        {
            E* from = x + i * lane, to = panel + i;
            for (var k = 0; k < wholeSteps; k += block, from += block, to += (nint)block * width)
                TurnPair((float*)from, lane, (float*)to, width);
        }
        for (var i = 0; i < lanes; i++)
            for (var k = i < evenLanes ? wholeSteps : 0; k < steps; k++)
                panel[(nint)k * width + i] = x[i * lane + k];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Turn(float* x, nint row, float* y, nint yRow)
    {
        Vector128<float> a = Vector128.Load(x), b = Vector128.Load(x + row), c = Vector128.Load(x + 2 * row), d = Vector128.Load(x + 3 * row);
        Vector128<float> acLow = ZipLow(a, c), bdLow = ZipLow(b, d), acHigh = ZipHigh(a, c), bdHigh = ZipHigh(b, d);
        ZipLow(acLow, bdLow).Store(y);
        ZipHigh(acLow, bdLow).Store(y + yRow);
        ZipLow(acHigh, bdHigh).Store(y + 2 * yRow);
        ZipHigh(acHigh, bdHigh).Store(y + 3 * yRow);
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
    static void Turn(double* x, nint row, double* y, nint yRow)
    {
        y[0] = x[0];
        y[1] = x[row];
        y[yRow] = x[1];
        y[yRow + 1] = x[row + 1];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> ZipLow(Vector128<float> a, Vector128<float> b)
        => Sse.IsSupported ? Sse.UnpackLow(a, b)
            : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
            : Vector128.Create(a[0], b[0], a[1], b[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> ZipHigh(Vector128<float> a, Vector128<float> b)
        => Sse.IsSupported ? Sse.UnpackHigh(a, b)
            : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
            : Vector128.Create(a[2], b[2], a[3], b[3]);
}
