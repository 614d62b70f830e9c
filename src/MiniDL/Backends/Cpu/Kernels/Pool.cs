using System.Numerics;
using System.Runtime.CompilerServices;

namespace MiniDL;

internal sealed unsafe partial class CpuBackend<E> : IPoolKernels
{
    /// <inheritdoc/>
    public void MaxPoolForward(in WindowShape shape, in TensorView x, in TensorView y) => Pool(PoolStep.MaxForward, new(shape, true, 0), x, default, y);

    /// <inheritdoc/>
    public void MaxPoolBackward(in WindowShape shape, in TensorView x, in TensorView dy, in TensorView dx) => Pool(PoolStep.MaxBackward, new(shape, true, 0), x, dy, dx);

    /// <inheritdoc/>
    public void AvgPoolForward(in AvgPoolShape shape, in TensorView x, in TensorView y) => Pool(PoolStep.AvgForward, shape, x, default, y);

    /// <inheritdoc/>
    public void AvgPoolBackward(in AvgPoolShape shape, in TensorView dy, in TensorView dx) => Pool(PoolStep.AvgBackward, shape, default, dy, dx);

    enum PoolStep
    {
        MaxForward,
        MaxBackward,
        AvgForward,
        AvgBackward,
    }

    static void Pool(PoolStep step, AvgPoolShape shape, in TensorView x, in TensorView dy, in TensorView y)
    {
        fixed (byte* px = &Start(!x.IsNone, x), pdy = &Start(!dy.IsNone, dy), py = y)
        {
            if (typeof(E) == typeof(float)) ForPlanes(new PoolPlanes<float> { Step = step, Shape = shape, X = (float*)px, Dy = (float*)pdy, Y = (float*)py });
            else if (typeof(E) == typeof(double)) ForPlanes(new PoolPlanes<double> { Step = step, Shape = shape, X = (double*)px, Dy = (double*)pdy, Y = (double*)py });
            else throw NoKernel(nameof(Pool));
        }
    }

    static void ForPlanes<F>(PoolPlanes<F> planes) where F : unmanaged, IFloatingPointIeee754<F>
    {
        var window = planes.Shape.Window;
        var work = (long)window.OutH * window.OutW * window.KernelH * window.KernelW + window.H * window.W;
        planes.PerChunk = Math.Max(1, Grain / Math.Max(work, 1));
        planes.Planes = (long)window.N * window.C;
        WorkerPool.For((planes.Planes + planes.PerChunk - 1) / planes.PerChunk, ref planes);
    }

    /// <summary>One image channel after another.</summary>
    struct PoolPlanes<F> : IChunks where F : unmanaged, IFloatingPointIeee754<F>
    {
        public PoolStep Step;
        public AvgPoolShape Shape;
        public F* X;
        public F* Dy;
        public F* Y;
        public long Planes, PerChunk;

        public readonly void Run(long index)
        {
            var s = Shape.Window;
            long image = (long)s.H * s.W, result = (long)s.OutH * s.OutW;
            for (var p = index * PerChunk; p < Math.Min((index + 1) * PerChunk, Planes); p++)
            {
                switch (Step)
                {
                    case PoolStep.MaxForward when IsPairs(s): MaxPairs(s, X + p * image, Y + p * result); break;
                    case PoolStep.MaxForward: MaxForward(s, X + p * image, Y + p * result); break;
                    case PoolStep.MaxBackward when IsPairs(s): MaxPairsBackward(s, X + p * image, Dy + p * result, Y + p * image); break;
                    case PoolStep.MaxBackward: MaxBackward(s, X + p * image, Dy + p * result, Y + p * image); break;
                    case PoolStep.AvgForward: AvgForward(Shape, X + p * image, Y + p * result); break;
                    default: AvgBackward(Shape, Dy + p * result, Y + p * image); break;
                }
            }
        }

        static bool IsPairs(in WindowShape s)
            => s is { KernelH: 2, KernelW: 2, StrideH: 2, StrideW: 2, PadTop: 0, PadLeft: 0, DilationH: 1, DilationW: 1 } && 2 * s.OutH <= s.H && 2 * s.OutW <= s.W;

        /// <summary>The usual 2×2 windows.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void MaxPairs(in WindowShape s, F* x, F* y)
        {
            for (var oh = 0; oh < s.OutH; oh++, y += s.OutW)
            {
                F* upper = x + 2L * oh * s.W, lower = upper + s.W;
                for (var ow = 0; ow < s.OutW; ow++)
                    y[ow] = F.Max(F.Max(upper[2 * ow], upper[2 * ow + 1]), F.Max(lower[2 * ow], lower[2 * ow + 1]));
            }
        }

        /// <summary>The usual 2×2 windows, without a branch that the data decides.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void MaxPairsBackward(in WindowShape s, F* x, F* dy, F* dx)
        {
            new Span<F>(dx, s.H * s.W).Clear();
            for (var oh = 0; oh < s.OutH; oh++)
                for (var ow = 0; ow < s.OutW; ow++)
                {
                    var place = 2 * oh * s.W + 2 * ow;
                    F a = x[place], b = x[place + 1], c = x[place + s.W], d = x[place + s.W + 1];
                    var largest = F.Max(F.Max(a, b), F.Max(c, d));
                    int isA = Bit(a == largest), isB = Bit(b == largest), isC = Bit(c == largest);
                    var at = place + (1 - isA) * (isB + (1 - isB) * (s.W + 1 - isC));
                    dx[F.IsNaN(largest) ? FirstLargest(s, x, oh, ow) : at] = *dy++;
                }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static int Bit(bool value) => Unsafe.BitCast<bool, byte>(value);

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void MaxForward(in WindowShape s, F* x, F* y)
        {
            for (var oh = 0; oh < s.OutH; oh++)
                for (var ow = 0; ow < s.OutW; ow++)
                {
                    var place = FirstLargest(s, x, oh, ow);
                    *y++ = place < 0 ? F.NegativeInfinity : x[place];
                }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void MaxBackward(in WindowShape s, F* x, F* dy, F* dx)
        {
            new Span<F>(dx, s.H * s.W).Clear();
            for (var oh = 0; oh < s.OutH; oh++)
                for (var ow = 0; ow < s.OutW; ow++, dy++)
                {
                    var place = FirstLargest(s, x, oh, ow);
                    if (place >= 0) dx[place] += *dy;
                }
        }

        /// <summary>The place of the first largest element of a window; a NaN is larger than any number. −1 when all of the window lies outside, which dilation makes possible.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static int FirstLargest(in WindowShape s, F* x, int oh, int ow)
        {
            var place = -1;
            var largest = F.NegativeInfinity;
            for (var kh = 0; kh < s.KernelH; kh++)
            {
                var h = s.SourceH(oh, kh);
                if ((uint)h >= (uint)s.H) continue;
                for (var kw = 0; kw < s.KernelW; kw++)
                {
                    var w = s.SourceW(ow, kw);
                    if ((uint)w >= (uint)s.W) continue;
                    var value = x[h * s.W + w];
                    if (place >= 0 && !(value > largest) && !(F.IsNaN(value) && !F.IsNaN(largest))) continue;
                    if (F.IsNaN(largest)) continue;
                    (place, largest) = (h * s.W + w, value);
                }
            }
            return place;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void AvgForward(in AvgPoolShape shape, F* x, F* y)
        {
            var s = shape.Window;
            for (var oh = 0; oh < s.OutH; oh++)
                for (var ow = 0; ow < s.OutW; ow++)
                {
                    var (top, bottom, left, right) = Inside(s, oh, ow);
                    var sum = F.Zero;
                    for (var h = top; h < bottom; h++)
                        for (var w = left; w < right; w++) sum += x[h * s.W + w];
                    *y++ = sum / F.CreateTruncating(shape.Divisor(oh, ow));
                }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void AvgBackward(in AvgPoolShape shape, F* dy, F* dx)
        {
            var s = shape.Window;
            new Span<F>(dx, s.H * s.W).Clear();
            for (var oh = 0; oh < s.OutH; oh++)
                for (var ow = 0; ow < s.OutW; ow++)
                {
                    var (top, bottom, left, right) = Inside(s, oh, ow);
                    var share = *dy++ / F.CreateTruncating(shape.Divisor(oh, ow));
                    for (var h = top; h < bottom; h++)
                        for (var w = left; w < right; w++) dx[h * s.W + w] += share;
                }
        }

        static (int Top, int Bottom, int Left, int Right) Inside(in WindowShape s, int oh, int ow)
        {
            var (top, left) = (s.SourceH(oh, 0), s.SourceW(ow, 0));
            return (Math.Max(top, 0), Math.Min(top + s.KernelH, s.H), Math.Max(left, 0), Math.Min(left + s.KernelW, s.W));
        }
    }
}
