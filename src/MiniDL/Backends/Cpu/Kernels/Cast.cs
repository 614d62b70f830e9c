using System.Runtime.CompilerServices;

namespace MiniDL;

internal sealed unsafe partial class CpuBackend<E>
{
    /// <inheritdoc/>
    public void Cast(in TensorView x, in TensorView y)
    {
        switch (y.DType)
        {
            case DType.Float32: CastTo<float>(x, y); break;
            case DType.Float64: CastTo<double>(x, y); break;
            case DType.Int32: CastTo<int>(x, y); break;
            case DType.Int64: CastTo<long>(x, y); break;
            case DType.Bool: CastTo<byte>(x, y); break;
            case DType.BFloat16: CastTo<BFloat16>(x, y); break;
            case DType.Float16: CastTo<Half>(x, y); break;
        }
    }

    void CastTo<F>(in TensorView x, in TensorView y) where F : unmanaged
    {
        if (typeof(E) == typeof(F))
        {
            Copy(x, y);
            return;
        }
        fixed (byte* px = x, py = y)
            ForRows(new LoopNest(anyOrder: true, y.Layout, x.Layout), new CastRow<F> { Y = (F*)py, X = (E*)px }, Grain);
    }

    struct CastRow<F> : IRow where F : unmanaged
    {
        public F* Y;
        public E* X;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(in LoopNest nest, in LoopNest.Walk at, long count)
        {
            var y = Y + at[0];
            var x = X + at[1];
            var (dy, dx) = (nest.InnerStride(0), nest.InnerStride(1));
            if (dy == 1 && dx == 1)
                for (long i = 0; i < count; i++) y[i] = Converted<F>(x[i]);
            else
                for (long i = 0; i < count; i++) y[i * dy] = Converted<F>(x[i * dx]);
        }
    }

    // Integers go by way of long, floats by way of double: both hold every source exactly, so that the last step alone rounds.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static F Converted<F>(E x) where F : unmanaged
    {
        if (typeof(E) == typeof(int)) return FromInteger<F>(Unsafe.BitCast<E, int>(x));
        if (typeof(E) == typeof(long)) return FromInteger<F>(Unsafe.BitCast<E, long>(x));
        if (typeof(E) == typeof(byte)) return FromInteger<F>(Unsafe.BitCast<E, byte>(x));
        if (typeof(E) == typeof(float)) return FromReal<F>(Unsafe.BitCast<E, float>(x));
        if (typeof(E) == typeof(double)) return FromReal<F>(Unsafe.BitCast<E, double>(x));
        if (typeof(E) == typeof(BFloat16)) return FromReal<F>((float)Unsafe.BitCast<E, BFloat16>(x));
        return FromReal<F>((double)Unsafe.BitCast<E, Half>(x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static F FromInteger<F>(long x) where F : unmanaged
    {
        if (typeof(F) == typeof(float)) return Unsafe.BitCast<float, F>(x);
        if (typeof(F) == typeof(double)) return Unsafe.BitCast<double, F>(x);
        if (typeof(F) == typeof(int)) return Unsafe.BitCast<int, F>((int)x);
        if (typeof(F) == typeof(long)) return Unsafe.BitCast<long, F>(x);
        if (typeof(F) == typeof(byte)) return Unsafe.BitCast<byte, F>(x != 0 ? (byte)1 : (byte)0);
        if (typeof(F) == typeof(BFloat16)) return Unsafe.BitCast<BFloat16, F>((BFloat16)(float)x);
        return Unsafe.BitCast<Half, F>((Half)x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static F FromReal<F>(double x) where F : unmanaged
    {
        if (typeof(F) == typeof(float)) return Unsafe.BitCast<float, F>((float)x);
        if (typeof(F) == typeof(double)) return Unsafe.BitCast<double, F>(x);
        if (typeof(F) == typeof(int)) return Unsafe.BitCast<int, F>((int)x);
        if (typeof(F) == typeof(long)) return Unsafe.BitCast<long, F>((long)x);
        if (typeof(F) == typeof(byte)) return Unsafe.BitCast<byte, F>(x != 0 ? (byte)1 : (byte)0);
        if (typeof(F) == typeof(BFloat16)) return Unsafe.BitCast<BFloat16, F>((BFloat16)(float)x);
        return Unsafe.BitCast<Half, F>((Half)x);
    }
}
