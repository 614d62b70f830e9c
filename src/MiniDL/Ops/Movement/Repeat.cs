namespace MiniDL;

public partial class Tensor
{
    /// <summary>The whole tensor side by side, <paramref name="repeats"/>[i] times along axis i; more repeats than axes make new ones in front.</summary>
    /// <remarks>Gradient: dx = Σ dy over the copies.</remarks>
    /// <exception cref="ShapeException">There are fewer repeats than axes, or one is negative.</exception>
    public Tensor Repeat(params ReadOnlySpan<int> repeats)
    {
        if (repeats.Length < Rank)
            throw new ShapeException(nameof(Repeat), $"repeats {Layout.Text(repeats)} are fewer than the axes of {layout}; Tile puts ones in front", nameof(repeats), null, Rank, repeats.Length);
        var lead = repeats.Length - Rank;
        Span<int> sizes = stackalloc int[repeats.Length];
        for (var i = 0; i < sizes.Length; i++)
        {
            if (repeats[i] < 0) throw new ShapeException(nameof(Repeat), $"repeats {Layout.Text(repeats)} hold {repeats[i]} for axis {i}; it is 0 or more", nameof(repeats), i, null, repeats[i]);
            sizes[i] = checked((i < lead ? 1 : layout.Size(i - lead)) * repeats[i]);
        }
        Dims.Check(sizes, nameof(Repeat));
        // An axis at a time, as [before, r, from it on]: whatever the rank, three axes do.
        var y = this;
        long before = 1, from = Length;
        for (var i = 0; i < sizes.Length; i++)
        {
            if (repeats[i] != 1)
                y = y.Reshape([checked((int)before), 1, checked((int)from)]).Expand([-1, repeats[i], -1]);
            before *= sizes[i];
            if (i >= lead && layout.Size(i - lead) > 0) from /= layout.Size(i - lead);
        }
        return y.Reshape(sizes);
    }

    /// <inheritdoc cref="Repeat(ReadOnlySpan{int})"/>
    public Tensor Repeat(params int[] repeats) => Repeat((ReadOnlySpan<int>)repeats);

    /// <summary>NumPy's form of <see cref="Repeat(ReadOnlySpan{int})"/>: fewer repeats than axes count from the last.</summary>
    /// <remarks>Gradient: dx = Σ dy over the copies.</remarks>
    public Tensor Tile(params ReadOnlySpan<int> repeats)
    {
        Span<int> all = stackalloc int[Math.Max(Rank, repeats.Length)];
        all.Fill(1);
        repeats.CopyTo(all[^repeats.Length..]);
        return Repeat(all);
    }

    /// <inheritdoc cref="Tile(ReadOnlySpan{int})"/>
    public Tensor Tile(params int[] repeats) => Tile((ReadOnlySpan<int>)repeats);
}
