using System.Runtime.CompilerServices;

namespace MiniDL;

/// <summary>A matrix in memory: element (i, j) lies at Data[i·Row + j·Col]. A transpose, a flip or a broadcast is only other strides.</summary>
internal readonly unsafe struct GemmMatrix<E> where E : unmanaged
{
    /// <summary>Element (0, 0).</summary>
    public readonly E* Data;

    /// <summary>The step from one row to the next, and from one column to the next, in elements.</summary>
    public readonly nint Row, Col;

    /// <summary>A matrix with its strides.</summary>
    public GemmMatrix(E* data, nint row, nint col)
    {
        Data = data;
        Row = row;
        Col = col;
    }

    /// <summary>A row-major matrix of <paramref name="columns"/> columns.</summary>
    public GemmMatrix(E* data, nint columns) : this(data, columns, 1) { }

    /// <summary>The address of element (i, j).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public E* At(nint i, nint j) => Data + i * Row + j * Col;

    /// <summary>The part that starts at (i, j).</summary>
    public GemmMatrix<E> From(nint i, nint j) => new(At(i, j), Row, Col);

    /// <summary>The same elements with rows and columns exchanged.</summary>
    public GemmMatrix<E> Transposed => new(Data, Col, Row);
}

/// <summary>The right operand of a product, asked for one panel at a time: an image can be unfolded here, into the cache, instead of in memory.</summary>
/// <remarks>
/// A panel holds rows k … k+steps−1 and columns n … n+lanes−1 of b, row after row, each padded with zeros to <c>width</c> elements: columns from <c>lanes</c> on
/// belong to no element of c, but what lies in them goes through the arithmetic. Panels are asked for by any thread, each one perhaps more than once.
/// </remarks>
internal unsafe interface IPackB<E> where E : unmanaged
{
    /// <summary>panel[i·width + j] = b[k + i, n + j] for i &lt; steps, j &lt; lanes; 0 for lanes ≤ j &lt; width.</summary>
    void Pack(int k, int steps, int n, int lanes, int width, E* panel);

    /// <summary>b where it lies, when it does; else <c>default</c>.</summary>
    GemmMatrix<E> Stored { get; }
}

/// <summary>A right operand that lies in memory.</summary>
internal readonly unsafe struct StoredB<E>(GemmMatrix<E> b) : IPackB<E> where E : unmanaged
{
    /// <inheritdoc/>
    public GemmMatrix<E> Stored => b;

    /// <inheritdoc/>
    public void Pack(int k, int steps, int n, int lanes, int width, E* panel)
        => GemmPack.Panel(b.At(k, n), b.Col, b.Row, lanes, width, steps, panel);
}
