using System.Runtime.CompilerServices;

namespace MiniDL;

public partial class Tensor
{
    /// <summary>A part of the tensor, read or written in place: <c>x[0]</c>, <c>x[.., 1..3]</c>, <c>x[x > 0]</c>, <c>x[rows, columns]</c>.</summary>
    /// <remarks>
    /// Numbers and ranges give a view. Masks and tensors of whole numbers copy, as in NumPy: several broadcast together, and their axes stand where the
    /// first stood, or in front when a range lies between them; C# numbers beside them are applied first, as in PyTorch. Gradient: dx = dy at the places
    /// that were read, 0 elsewhere. A write broadcasts and keeps the tensor's dtype; where a place comes more than once, the last value stays.
    /// </remarks>
    /// <param name="indices">At most one for each axis; axes that are not named are whole.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index or range is outside its axis; nothing has been written.</exception>
    /// <exception cref="ShapeException">Too many indices, a mask of another shape, or a value that does not broadcast.</exception>
    [IndexerName("At")]
    public Tensor this[params ReadOnlySpan<TensorIndex> indices]
    {
        get => new Indexing(this, indices).Read();
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            if (value.node is not null && GradMode.Enabled)
                throw new InvalidOperationException("x[…] = value: the value requires a gradient, which a write in place cannot record; Detach() it, or use Where, Scatter or Cat");
            new Indexing(Detach(), indices).Write(this, Fitting(value));
        }
    }

    /// <inheritdoc cref="this[ReadOnlySpan{TensorIndex}]"/>
    [IndexerName("At")]
    public Tensor this[TensorIndex index]
    {
        get => this[[index]];
        set => this[[index]] = value;
    }

    /// <inheritdoc cref="this[ReadOnlySpan{TensorIndex}]"/>
    [IndexerName("At")]
    public Tensor this[TensorIndex index0, TensorIndex index1]
    {
        get => this[[index0, index1]];
        set => this[[index0, index1]] = value;
    }

    /// <inheritdoc cref="this[ReadOnlySpan{TensorIndex}]"/>
    [IndexerName("At")]
    public Tensor this[TensorIndex index0, TensorIndex index1, TensorIndex index2]
    {
        get => this[[index0, index1, index2]];
        set => this[[index0, index1, index2]] = value;
    }

    /// <inheritdoc cref="this[ReadOnlySpan{TensorIndex}]"/>
    [IndexerName("At")]
    public Tensor this[TensorIndex index0, TensorIndex index1, TensorIndex index2, TensorIndex index3]
    {
        get => this[[index0, index1, index2, index3]];
        set => this[[index0, index1, index2, index3]] = value;
    }

    /// <summary>Goes through the slices along the first axis: <c>foreach (var row in x)</c>. Views.</summary>
    /// <exception cref="ShapeException">The tensor is 0-d.</exception>
    public TensorEnumerator GetEnumerator()
    {
        if (Rank == 0) throw new ShapeException(nameof(GetEnumerator), "a 0-d tensor has no axis to go along");
        return new TensorEnumerator(this);
    }

    /// <summary>A value to be written, in this dtype; a float does not become a whole number unless it is a single whole one.</summary>
    Tensor Fitting(Tensor value)
    {
        Types.SameDevice(this, value.Rank == 0 ? value.To(Device) : value, "x[…] = value");
        if (DTypes.Promote(dtype, value.dtype) == dtype || (dtype.IsFloat() && value.dtype.IsFloat()) || (dtype.IsInteger() && value.dtype.IsInteger()))
            return value.To(dtype);
        if (value.Rank == 0 && value.Item() == Math.Floor(value.Item()) && (dtype != DType.Bool || value.Item() is 0 or 1)) return value.To(dtype);
        throw new ArgumentException($"x[…] = value: the value is {value.dtype}, the tensor {dtype}; convert it with To(DType.{dtype})", nameof(value));
    }
}

/// <summary>Goes through the slices of a tensor along its first axis.</summary>
public struct TensorEnumerator
{
    readonly Tensor x;
    int at;

    internal TensorEnumerator(Tensor x) => (this.x, at) = (x, -1);

    /// <summary>The slice. A view.</summary>
    public readonly Tensor Current => x.Select(0, at);

    /// <summary>To the next; false behind the last.</summary>
    public bool MoveNext() => ++at < x.Size(0);
}
