using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace MiniDL;

/// <summary>The one place that chooses the width of registers and whether products are fused; the results' bits do not depend on the width.</summary>
internal static unsafe class Widths
{
    /// <summary>The bits of a register: 512, 256 or 128.</summary>
    public static int Bits => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    /// <summary>Whether the hardware has a fused multiply-add. Where it has none, <see cref="ILanes{T}.Fma"/> multiplies, then adds, at every width: FMA in software is 35 times slower.</summary>
    public static bool Fma
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => System.Runtime.Intrinsics.X86.Fma.IsSupported || AdvSimd.IsSupported;
    }

    /// <summary>Runs a kernel with the widest registers that the hardware is fast with.</summary>
    public static void Run<E, TKernel>(ref TKernel kernel)
        where E : unmanaged
        where TKernel : struct, ILaneKernel<E>
    {
        if (Vector512.IsHardwareAccelerated) kernel.Run<V512<E>>();
        else if (Vector256.IsHardwareAccelerated) kernel.Run<V256<E>>();
        else kernel.Run<V128<E>>();
    }

    /// <summary>Reads <paramref name="count"/> elements, less than a register holds; zeros in the other lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T LoadPartial<T, E>(E* p, int count)
        where T : struct, IVectorLanes<T, E>
        where E : unmanaged
    {
        if (IsMasked<T, E>())
            return sizeof(E) == 4
                ? Unsafe.BitCast<Vector256<int>, T>(Avx2.MaskLoad((int*)p, Mask4(count)))
                : Unsafe.BitCast<Vector256<long>, T>(Avx2.MaskLoad((long*)p, Mask8(count)));
        return LoadThroughStack<T, E>(p, count);
    }

    // The most common register has an instruction for it; the others go by way of memory.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool IsMasked<T, E>() where E : unmanaged => Avx2.IsSupported && typeof(T) == typeof(V256<E>) && sizeof(E) >= 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Mask4(int count) => Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<long> Mask8(int count) => Vector256.LessThan(Vector256<long>.Indices, Vector256.Create((long)count));

    static T LoadThroughStack<T, E>(E* p, int count)
        where T : struct, IVectorLanes<T, E>
        where E : unmanaged
    {
        var register = stackalloc byte[64];
        Unsafe.InitBlockUnaligned(register, 0, 64);
        Unsafe.CopyBlockUnaligned(register, p, (uint)(count * sizeof(E)));
        return T.Load((E*)register);
    }

    /// <summary>Writes the first <paramref name="count"/> lanes and nothing beyond.</summary>
    /// <remarks>In pieces of powers of two: a masked store takes tens of cycles on some processors.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial<T, E>(T a, E* p, int count)
        where T : struct, IVectorLanes<T, E>
        where E : unmanaged
    {
        var from = (byte*)Unsafe.AsPointer(ref a);
        var to = (byte*)p;
        var bytes = count * sizeof(E);
        if ((bytes & 32) != 0)
        {
            Vector256.Store(Vector256.Load(from), to);
            from += 32;
            to += 32;
        }
        if ((bytes & 16) != 0)
        {
            Vector128.Store(Vector128.Load(from), to);
            from += 16;
            to += 16;
        }
        if ((bytes & 8) != 0)
        {
            Unsafe.WriteUnaligned(to, Unsafe.ReadUnaligned<long>(from));
            from += 8;
            to += 8;
        }
        if (sizeof(E) <= 4 && (bytes & 4) != 0)
        {
            Unsafe.WriteUnaligned(to, Unsafe.ReadUnaligned<int>(from));
            from += 4;
            to += 4;
        }
        if (sizeof(E) == 1) Unsafe.CopyBlockUnaligned(to, from, (uint)(bytes & 3));
    }
}
