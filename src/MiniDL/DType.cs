using System.Runtime.CompilerServices;

namespace MiniDL;

/// <summary>What a tensor's elements are.</summary>
/// <remarks>
/// <see cref="Float32"/> (the default) and <see cref="Float64"/> are differentiable in every op; the integers and
/// <see cref="Bool"/> serve as indices, labels and masks; the two 16-bit floats can be stored and converted.
/// </remarks>
public enum DType : byte
{
    /// <summary>32-bit IEEE float, the default.</summary>
    Float32,

    /// <summary>64-bit IEEE float, what gradient checks run in.</summary>
    Float64,

    /// <summary>32-bit signed integer.</summary>
    Int32,

    /// <summary>64-bit signed integer, the type of indices.</summary>
    Int64,

    /// <summary>One byte, 0 or 1.</summary>
    Bool,

    /// <summary>The upper half of a 32-bit float: 8 bits of exponent, 7 of fraction. Storage and conversion only.</summary>
    BFloat16,

    /// <summary>16-bit IEEE float. Storage and conversion only.</summary>
    Float16,
}

/// <summary>Facts about a <see cref="DType"/>.</summary>
public static class DTypes
{
    /// <summary>Elements in one block; 1 for every type so far (quantized formats pack more).</summary>
    public static int ElementsPerBlock(this DType dtype) => 1;

    /// <summary>Bytes of one block of elements.</summary>
    public static int BytesPerBlock(this DType dtype) => dtype switch
    {
        DType.Float32 or DType.Int32 => 4,
        DType.Float64 or DType.Int64 => 8,
        DType.Bool => 1,
        _ => 2,
    };

    /// <summary>True for the four floating point types.</summary>
    public static bool IsFloat(this DType dtype) => dtype is DType.Float32 or DType.Float64 or DType.BFloat16 or DType.Float16;

    /// <summary>True for the types that gradients exist in: Float32 and Float64.</summary>
    public static bool IsDifferentiable(this DType dtype) => dtype is DType.Float32 or DType.Float64;

    /// <summary>True for <see cref="DType.Int32"/> and <see cref="DType.Int64"/>.</summary>
    public static bool IsInteger(this DType dtype) => dtype is DType.Int32 or DType.Int64;

    /// <summary>The dtype whose elements are <typeparamref name="T"/>.</summary>
    /// <exception cref="ArgumentException">No dtype has such elements.</exception>
    public static DType Of<T>() where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return DType.Float32;
        if (typeof(T) == typeof(double)) return DType.Float64;
        if (typeof(T) == typeof(int)) return DType.Int32;
        if (typeof(T) == typeof(long)) return DType.Int64;
        if (typeof(T) == typeof(bool)) return DType.Bool;
        if (typeof(T) == typeof(BFloat16)) return DType.BFloat16;
        if (typeof(T) == typeof(Half)) return DType.Float16;
        throw new ArgumentException($"No tensor holds {typeof(T).Name}: use float, double, int, long, bool, BFloat16 or Half");
    }

    /// <summary>The dtype that two tensors meet in, as in PyTorch: floats win over integers, integers over Bool, then the wider.</summary>
    public static DType Promote(DType a, DType b)
    {
        if (a == b) return a;
        if (a.IsFloat() != b.IsFloat()) return a.IsFloat() ? a : b;
        if (a.IsFloat())
        {
            if (a == DType.Float64 || b == DType.Float64) return DType.Float64;
            return DType.Float32; // of BFloat16 and Float16 neither holds the other
        }
        if (a == DType.Int64 || b == DType.Int64) return DType.Int64;
        return DType.Int32;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Size(this DType dtype) => (int)(0x2218484u >> (4 * (int)dtype)) & 15;
}
