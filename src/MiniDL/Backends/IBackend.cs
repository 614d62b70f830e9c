namespace MiniDL;

/// <summary>One number type on one device: everything that a backend must do. What is fused is optional (the small interfaces in the op files).</summary>
/// <remarks>
/// Shapes, dtypes and devices have been checked at the op's entry; a backend trusts them and knows no autograd. Operands of <c>Map</c>, <c>Compare</c> and
/// <c>Where</c> arrive broadcast to the shape of y. y never overlaps an operand, but may be one, element for element.
/// </remarks>
public interface IBackend
{
    /// <summary>The device.</summary>
    Device Device { get; }

    /// <summary>The element type.</summary>
    DType DType { get; }

    /// <summary>Memory of the device, not cleared, owned by the garbage collector.</summary>
    DeviceBuffer Allocate(long bytes);

    /// <summary>Waits until everything that was asked for is done.</summary>
    void Synchronize();

    /// <summary>Copies host bytes into y, which is contiguous.</summary>
    void Upload(ReadOnlySpan<byte> x, in TensorView y);

    /// <summary>Copies x, which is contiguous, to host bytes.</summary>
    void Download(in TensorView x, Span<byte> y);

    /// <summary>y = x, for any strides.</summary>
    void Copy(in TensorView x, in TensorView y);

    /// <summary>y = x, converted from this backend's dtype to y's, as C# converts (floats truncate, NaN gives 0; Bool is x ≠ 0).</summary>
    void Cast(in TensorView x, in TensorView y);

    /// <summary>y = op(a, b, c), element by element, on floats; operands beyond the op's arity are ignored.</summary>
    void Map<TOp>(TOp op, in TensorView y, in TensorView a, in TensorView b, in TensorView c) where TOp : struct, IMapOp;

    /// <summary>y = op(a, b, c), element by element, on any number type.</summary>
    void MapNumber<TOp>(TOp op, in TensorView y, in TensorView a, in TensorView b, in TensorView c) where TOp : struct, INumberMapOp;

    /// <summary>y = op over the axes on which y has size 1 and x has not; x and y have one rank.</summary>
    void Reduce<TOp>(TOp op, in TensorView x, in TensorView y) where TOp : struct, IReduceOp;

    /// <summary>y (Int64) = the first index of the largest (or smallest) element along an axis, on which y has size 1. NaN counts as the largest (smallest).</summary>
    void ArgReduce(bool largest, in TensorView x, in TensorView y, int axis);

    /// <summary>y = the running sum of x along an axis.</summary>
    void CumSum(in TensorView x, in TensorView y, int axis);

    /// <summary>y (Bool) = a compared with b.</summary>
    void Compare(Comparison comparison, in TensorView a, in TensorView b, in TensorView y);

    /// <summary>y = condition (Bool) ? a : b.</summary>
    void Where(in TensorView condition, in TensorView a, in TensorView b, in TensorView y);

    /// <summary>y[…,i,…] = x[…,index[…,i,…],…] along an axis; index (Int64) has y's shape and lies within x.</summary>
    void Gather(in TensorView x, in TensorView index, in TensorView y, int axis);

    /// <summary>y[…,index[…,i,…],…] = x[…,i,…] (the last one wins), or += when <paramref name="add"/>; index (Int64) has x's shape.</summary>
    void Scatter(in TensorView x, in TensorView index, in TensorView y, int axis, bool add);

    /// <summary>y[…,m,n] = Σₖ a[…,m,k]·b[…,k,n]; leading axes arrive broadcast. Each element is one FMA chain in the order of k.</summary>
    void MatMul(in TensorView a, in TensorView b, in TensorView y);

    /// <summary>Windows of x [N,C,H,W] as columns y [N, C·KH·KW, OH·OW], zero outside.</summary>
    void Im2Col(in WindowShape shape, in TensorView x, in TensorView y);

    /// <summary>The transpose of <see cref="Im2Col"/>: adds every column back to where it came from.</summary>
    void Col2Im(in WindowShape shape, in TensorView y, in TensorView x);

    /// <summary>y[i] = random bits i of the Philox stream (seed, offset), shaped by <paramref name="distribution"/>.</summary>
    void Random(Distribution distribution, ulong seed, ulong offset, in TensorView y);
}

/// <summary>The six comparisons.</summary>
public enum Comparison
{
    /// <summary>a = b.</summary>
    Equal,

    /// <summary>a ≠ b.</summary>
    NotEqual,

    /// <summary>a &lt; b.</summary>
    Less,

    /// <summary>a ≤ b.</summary>
    LessOrEqual,

    /// <summary>a &gt; b.</summary>
    Greater,

    /// <summary>a ≥ b.</summary>
    GreaterOrEqual,
}
