namespace MiniDL;

/// <summary>One place between the brackets of <c>x[…]</c>: a number, a range, a tensor, a new axis or an ellipsis.</summary>
/// <remarks>Each converts implicitly: <c>x[0]</c>, <c>x[^1]</c>, <c>x[1..3]</c>, <c>x[x > 0]</c>, <c>x[indices]</c>, <c>x[null]</c>.</remarks>
public readonly struct TensorIndex
{
    internal enum Kind : byte { Number, Range, Tensor, NewAxis, Ellipsis }

    internal readonly Kind What;
    internal readonly Index From;
    internal readonly Index To;
    internal readonly int Step;
    internal readonly Tensor? Tensor;

    TensorIndex(Kind what, Index from = default, Index to = default, int step = 1, Tensor? tensor = null)
        => (What, From, To, Step, Tensor) = (what, from, to, step, tensor);

    /// <summary>A new axis of size 1; <c>null</c> means the same.</summary>
    public static TensorIndex NewAxis => new(Kind.NewAxis);

    /// <summary>As many whole axes as the other places leave over.</summary>
    public static TensorIndex Ellipsis => new(Kind.Ellipsis);

    /// <summary>Every <paramref name="step"/>-th element of a range; a negative step goes through it from its end.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The step is 0.</exception>
    public static TensorIndex Slice(Range range, int step)
    {
        if (step == 0) throw new ArgumentOutOfRangeException(nameof(step), "Slice: step is 0; it is positive or negative");
        return new(Kind.Range, range.Start, range.End, step);
    }

    /// <summary>An index; negative ones count from the end. The axis goes away.</summary>
    public static implicit operator TensorIndex(int index) => new(Kind.Number, index < 0 ? ^-index : index);

    /// <summary>An index, such as <c>^1</c>. The axis goes away.</summary>
    public static implicit operator TensorIndex(Index index) => new(Kind.Number, index);

    /// <summary>A range, such as <c>1..3</c> or <c>..</c>.</summary>
    public static implicit operator TensorIndex(Range range) => new(Kind.Range, range.Start, range.End);

    /// <summary>A Bool mask, whose axes stand for as many of the tensor's, or whole numbers that pick along one axis; null is a new axis.</summary>
    public static implicit operator TensorIndex(Tensor? tensor) => tensor is null ? NewAxis : new(Kind.Tensor, tensor: tensor);

    /// <summary>How many of the tensor's axes it stands for (an ellipsis: for what is left over).</summary>
    internal int Axes => What switch
    {
        Kind.NewAxis or Kind.Ellipsis => 0,
        Kind.Tensor when Tensor!.dtype == DType.Bool => Tensor.Rank,
        _ => 1,
    };

    /// <summary>As it is written in C#.</summary>
    public override string ToString() => What switch
    {
        Kind.Number => From.ToString(),
        Kind.Range => Step == 1 ? $"{From}..{To}" : $"{From}..{To} step {Step}",
        Kind.Tensor => Tensor!.layout.ToString(),
        Kind.NewAxis => "NewAxis",
        _ => "Ellipsis",
    };
}
