namespace MiniDL;

/// <summary>Floats as bit patterns, in SIMD registers or on a GPU: the few steps beside arithmetic that <see cref="VectorMath{T, E}"/> is written in.</summary>
/// <remarks>Patterns are as wide as the element; a mask has all bits of a lane set, or none.</remarks>
internal interface IBitLanes<T, E> : ILanes<T>
    where T : struct, IBitLanes<T, E>
    where E : unmanaged
{
    /// <summary>A constant in every lane: <see cref="INumberLanes{T}.Of"/> without its detour, which the JIT's inliner has to pay for.</summary>
    static abstract T Real(double value);

    /// <summary>One pattern in every lane.</summary>
    static abstract T FromBits(long bits);

    /// <summary>Bits set in both.</summary>
    static abstract T operator &(T a, T b);

    /// <summary>Bits set in either.</summary>
    static abstract T operator |(T a, T b);

    /// <summary>Bits set in one of the two.</summary>
    static abstract T operator ^(T a, T b);

    /// <summary>Patterns added as integers.</summary>
    static abstract T AddBits(T a, T b);

    /// <summary>Patterns subtracted as integers.</summary>
    static abstract T SubtractBits(T a, T b);

    /// <summary>Patterns moved up by <paramref name="n"/> bits.</summary>
    static abstract T ShiftLeft(T a, int n);

    /// <summary>Patterns moved down by <paramref name="n"/> bits; zeros come in.</summary>
    static abstract T ShiftRight(T a, int n);

    /// <summary>The mask of the lanes where a &gt; b.</summary>
    static abstract T Greater(T a, T b);

    /// <summary>The mask of the lanes where a = b.</summary>
    static abstract T Equal(T a, T b);

    /// <summary><paramref name="yes"/> where the mask is set, else <paramref name="no"/>.</summary>
    static abstract T Select(T mask, T yes, T no);

    /// <summary>Whether <see cref="ILanes{T}.Fma"/> rounds once.</summary>
    static abstract bool HasFma { get; }

    /// <summary>Replaces r and quarter of <see cref="VectorMath{T, E}.Sin"/> in the lanes whose angle a is beyond <paramref name="end"/>.</summary>
    static abstract void ReduceLarge(T a, T end, ref T r, ref T quarter);
}
