using System.Runtime.CompilerServices;

namespace MiniDL;

/// <summary>Sizes and strides of a view, immutable and shared by reference from operand to result.</summary>
/// <remarks>
/// A size is an <c>int</c> an axis; strides and counts are <c>long</c>, in elements. A stride is 0 on a broadcast axis, or negative on a flipped one.
/// The offset of the first element is the tensor's, not the layout's.
/// </remarks>
public sealed class Layout
{
    /// <summary>The most axes a tensor can have.</summary>
    public const int MaxRank = 8;

    [InlineArray(MaxRank)]
    struct Sizes8 { int first; }

    [InlineArray(MaxRank)]
    struct Strides8 { long first; }

    readonly Sizes8 sizes;
    readonly Strides8 strides;

    /// <summary>The number of axes, 0 to <see cref="MaxRank"/>.</summary>
    public readonly int Rank;

    /// <summary>True when the elements lie side by side in row-major order.</summary>
    public readonly bool IsContiguous;

    /// <summary>The number of elements.</summary>
    public readonly long Count;

    /// <summary>The layout of a single number.</summary>
    public static Layout Scalar { get; } = new([], []);

    Layout(ReadOnlySpan<int> sizes, ReadOnlySpan<long> strides)
    {
        Rank = sizes.Length;
        long count = 1;
        for (var i = 0; i < sizes.Length; i++)
        {
            this.sizes[i] = sizes[i];
            this.strides[i] = strides[i];
            count = checked(count * sizes[i]);
        }
        Count = count;
        IsContiguous = true;
        long expected = 1;
        for (var i = Rank - 1; i >= 0; i--)
        {
            if (sizes[i] != 1 && strides[i] != expected && count != 0) { IsContiguous = false; break; }
            expected *= sizes[i];
        }
    }

    /// <summary>The size of each axis.</summary>
    public ReadOnlySpan<int> Sizes => ((ReadOnlySpan<int>)sizes)[..Rank];

    /// <summary>The step from one index to the next on each axis, in elements.</summary>
    public ReadOnlySpan<long> Strides => ((ReadOnlySpan<long>)strides)[..Rank];

    /// <summary>The size of axis <paramref name="axis"/>, which is 0 ≤ axis &lt; Rank.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Size(int axis) => sizes[axis];

    /// <summary>The stride of axis <paramref name="axis"/>, which is 0 ≤ axis &lt; Rank.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Stride(int axis) => strides[axis];

    const int CacheSlots = 256;
    static readonly Layout?[] cache = new Layout?[CacheSlots];

    /// <summary>The contiguous layout of these sizes; equal sizes mostly give the same object.</summary>
    public static Layout Of(ReadOnlySpan<int> sizes)
    {
        if (sizes.IsEmpty) return Scalar;
        var hash = (uint)sizes.Length;
        foreach (var size in sizes) hash = (hash ^ (uint)size) * 0x9E3779B1u;
        ref var slot = ref cache[hash >> 24];
        var found = slot;
        if (found is not null && found.Sizes.SequenceEqual(sizes)) return found;
        Span<long> strides = stackalloc long[sizes.Length];
        long stride = 1;
        for (var i = sizes.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride = checked(stride * Math.Max(sizes[i], 1));
        }
        return slot = new Layout(sizes, strides);
    }

    /// <summary>A layout of these sizes and strides.</summary>
    public static Layout Of(ReadOnlySpan<int> sizes, ReadOnlySpan<long> strides)
    {
        var layout = new Layout(sizes, strides);
        return layout.IsContiguous ? Of(sizes) : layout;
    }

    /// <summary>The contiguous layout of the same sizes: this one, when it is contiguous.</summary>
    public Layout Contiguous() => IsContiguous ? this : Of(Sizes);

    /// <summary>True when both have the same sizes, whatever the strides.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool SameSizes(Layout other) => ReferenceEquals(this, other) || Sizes.SequenceEqual(other.Sizes);

    /// <summary>The sizes as text: <c>[2,3]</c>.</summary>
    public override string ToString() => Text(Sizes);

    internal static string Text(ReadOnlySpan<int> sizes)
    {
        var text = new DefaultInterpolatedStringHandler(2, sizes.Length, System.Globalization.CultureInfo.InvariantCulture);
        text.AppendLiteral("[");
        for (var i = 0; i < sizes.Length; i++)
        {
            if (i > 0) text.AppendLiteral(",");
            text.AppendFormatted(sizes[i]);
        }
        text.AppendLiteral("]");
        return text.ToStringAndClear();
    }
}
