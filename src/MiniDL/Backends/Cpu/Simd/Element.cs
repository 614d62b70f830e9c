using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace MiniDL;

/// <summary>What a generic element type stands for. Every test of <c>typeof(E)</c> is settled by the JIT.</summary>
internal static class Element
{
    /// <summary>A constant as an element; integers saturate, so that an infinity is their first or last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static E Of<E>(Number value) where E : unmanaged
    {
        if (typeof(E) == typeof(float)) return Unsafe.BitCast<float, E>(value.Single);
        if (typeof(E) == typeof(double)) return Unsafe.BitCast<double, E>(value.Double);
        if (typeof(E) == typeof(long)) return Unsafe.BitCast<long, E>(value.Integer);
        if (typeof(E) == typeof(int)) return Unsafe.BitCast<int, E>((int)Math.Clamp(value.Integer, int.MinValue, int.MaxValue));
        if (typeof(E) == typeof(byte)) return Unsafe.BitCast<byte, E>((byte)Math.Clamp(value.Integer, 0, 255));
        throw new UnreachableException();
    }

    /// <summary>Whether <typeparamref name="E"/> is a type that the lanes can do real arithmetic in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsReal<E>() => typeof(E) == typeof(float) || typeof(E) == typeof(double);
}
