using System.Collections;

namespace MiniDL;

/// <summary>The sizes of a tensor's axes. Deconstructs: <c>var (rows, cols) = x.Shape</c>.</summary>
public readonly struct Shape : IReadOnlyList<int>, IEquatable<Shape>
{
    readonly Layout layout;

    internal Shape(Layout layout) => this.layout = layout;

    /// <summary>The number of axes.</summary>
    public int Count => layout.Rank;

    /// <summary>The size of an axis; negative counts from the end.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public int this[int dim] => layout.Size(Dims.Axis(dim, layout.Rank, "Shape"));

    /// <summary>The sizes as a span.</summary>
    public ReadOnlySpan<int> AsSpan() => layout.Sizes;

    /// <summary>The sizes as an array of one's own.</summary>
    public int[] ToArray() => layout.Sizes.ToArray();

    /// <summary>The sizes as a span.</summary>
    public static implicit operator ReadOnlySpan<int>(Shape shape) => shape.layout.Sizes;

    /// <summary>The two sizes of a matrix.</summary>
    public void Deconstruct(out int first, out int second)
    {
        Expect(2);
        (first, second) = (layout.Size(0), layout.Size(1));
    }

    /// <summary>The three sizes of a rank-3 tensor.</summary>
    public void Deconstruct(out int first, out int second, out int third)
    {
        Expect(3);
        (first, second, third) = (layout.Size(0), layout.Size(1), layout.Size(2));
    }

    /// <summary>The four sizes of a rank-4 tensor.</summary>
    public void Deconstruct(out int first, out int second, out int third, out int fourth)
    {
        Expect(4);
        (first, second, third, fourth) = (layout.Size(0), layout.Size(1), layout.Size(2), layout.Size(3));
    }

    void Expect(int rank)
    {
        if (layout.Rank != rank) throw new ShapeException($"Shape: {this} has {layout.Rank} axes, the deconstruction names {rank}");
    }

    /// <summary>True when all sizes are equal.</summary>
    public bool Equals(Shape other) => layout.SameSizes(other.layout);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var size in layout.Sizes) hash.Add(size);
        return hash.ToHashCode();
    }

    /// <summary>True when all sizes are equal.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>True when some size differs.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>The sizes as text: <c>[2,3]</c>.</summary>
    public override string ToString() => layout.ToString();

    /// <summary>Goes through the sizes.</summary>
    public IEnumerator<int> GetEnumerator()
    {
        for (var i = 0; i < layout.Rank; i++) yield return layout.Size(i);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
