using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MiniDL;

/// <summary>One row times a matrix that lies column after column (x·wᵀ, or a matrix times a vector): b is read once, as it lies.</summary>
/// <remarks>
/// A dot product split over lanes would change the order of the sum. Instead lanes are columns: blocks of b are turned in registers, and each column keeps its chain.
/// Registers have 256 bits, two of 128 where the hardware has no such; wider ones would only wait for the same turning.
/// </remarks>
internal static unsafe class GemmColumns<E> where E : unmanaged
{
    const int LineSteps = 16, RegistersAtOnce = 4;

    /// <summary>The columns of a register; n is a multiple.</summary>
    public static int Columns => V256<E>.Count;

    /// <summary>c[1,n] (+)= a[1,k]·b[k,n], where b has steps of k side by side and c its columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int n, int k, GemmMatrix<E> a, GemmMatrix<E> b, GemmMatrix<E> c, bool accumulate)
    {
        int strip = RegistersAtOnce * Columns, whole = k - k % 4;
        if (!accumulate) new Span<E>(c.Data, n).Clear();
        for (var j = 0; j < n; j += strip)
        {
            var end = Math.Min(n, j + strip);
            // A cache line of each column at a time: columns that lie a power of two apart push each other out of L1. The registers' chains overlap.
            for (var p = 0; p < whole; p += LineSteps)
                for (var i = j; i < end; i += Columns)
                    Steps(Math.Min(LineSteps, whole - p), a.At(0, p), a.Col, b.At(p, i), b.Col, c.At(0, i));
            for (var p = whole; p < k; p++)
                for (var i = j; i < end; i++)
                    Lane<E>.Store(Lane<E>.Fma(Lane<E>.Load(a.At(0, p)), Lane<E>.Load(b.At(p, i)), Lane<E>.Load(c.At(0, i))), c.At(0, i));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Steps(int steps, E* x, nint xCol, E* w, nint col, E* y)
    {
        var sum = V256<E>.Load(y);
        for (; steps > 0; steps -= 4, x += 4 * xCol, w += 4)
        {
            V256<E> w0, w1, w2, w3;
            if (typeof(E) == typeof(float))
            {
                Turn((float*)w, col, out var a, out var b, out var c, out var d);
                w0 = Unsafe.BitCast<Vector256<float>, V256<E>>(a);
                w1 = Unsafe.BitCast<Vector256<float>, V256<E>>(b);
                w2 = Unsafe.BitCast<Vector256<float>, V256<E>>(c);
                w3 = Unsafe.BitCast<Vector256<float>, V256<E>>(d);
            }
            else
            {
                Turn((double*)w, col, out var a, out var b);
                Turn((double*)w + 2, col, out var c, out var d);
                w0 = Unsafe.BitCast<Vector256<double>, V256<E>>(a);
                w1 = Unsafe.BitCast<Vector256<double>, V256<E>>(b);
                w2 = Unsafe.BitCast<Vector256<double>, V256<E>>(c);
                w3 = Unsafe.BitCast<Vector256<double>, V256<E>>(d);
            }
            sum = V256<E>.Fma(V256<E>.Broadcast(*x), w0, sum);
            sum = V256<E>.Fma(V256<E>.Broadcast(x[xCol]), w1, sum);
            sum = V256<E>.Fma(V256<E>.Broadcast(x[2 * xCol]), w2, sum);
            sum = V256<E>.Fma(V256<E>.Broadcast(x[3 * xCol]), w3, sum);
        }
        V256<E>.Store(sum, y);
    }

    // Four steps of eight columns that lie col apart: each half of a register is turned for itself.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Turn(float* w, nint col, out Vector256<float> w0, out Vector256<float> w1, out Vector256<float> w2, out Vector256<float> w3)
    {
        Vector256<float> a = Halves(w, 4 * col), b = Halves(w + col, 4 * col), c = Halves(w + 2 * col, 4 * col), d = Halves(w + 3 * col, 4 * col);
        Vector256<float> acLow = ZipLow(a, c), bdLow = ZipLow(b, d), acHigh = ZipHigh(a, c), bdHigh = ZipHigh(b, d);
        w0 = ZipLow(acLow, bdLow);
        w1 = ZipHigh(acLow, bdLow);
        w2 = ZipLow(acHigh, bdHigh);
        w3 = ZipHigh(acHigh, bdHigh);
    }

    // Two steps of four columns.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Turn(double* w, nint col, out Vector256<double> w0, out Vector256<double> w1)
    {
        Vector256<double> a = Halves(w, 2 * col), b = Halves(w + col, 2 * col);
        w0 = Avx.IsSupported ? Avx.UnpackLow(a, b) : Vector256.Create(GemmPack.ZipLow(a.GetLower(), b.GetLower()), GemmPack.ZipLow(a.GetUpper(), b.GetUpper()));
        w1 = Avx.IsSupported ? Avx.UnpackHigh(a, b) : Vector256.Create(GemmPack.ZipHigh(a.GetLower(), b.GetLower()), GemmPack.ZipHigh(a.GetUpper(), b.GetUpper()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<F> Halves<F>(F* x, nint apart) where F : unmanaged => Vector256.Create(Vector128.Load(x), Vector128.Load(x + apart));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> ZipLow(Vector256<float> a, Vector256<float> b)
        => Avx.IsSupported ? Avx.UnpackLow(a, b) : Vector256.Create(GemmPack.ZipLow(a.GetLower(), b.GetLower()), GemmPack.ZipLow(a.GetUpper(), b.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> ZipHigh(Vector256<float> a, Vector256<float> b)
        => Avx.IsSupported ? Avx.UnpackHigh(a, b) : Vector256.Create(GemmPack.ZipHigh(a.GetLower(), b.GetLower()), GemmPack.ZipHigh(a.GetUpper(), b.GetUpper()));
}
