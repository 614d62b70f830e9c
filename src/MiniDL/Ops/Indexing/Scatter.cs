namespace MiniDL;

public partial class Tensor
{
    /// <summary>A copy of x with y[…, index[…, i, …], …] = source[…, i, …] along one axis; where an index comes more than once, the last wins.</summary>
    /// <remarks>Gradient: dx = dy, but 0 at the indices; dsource = dy at the indices, 0 for those that did not win.</remarks>
    /// <param name="dim">The axis.</param>
    /// <param name="index">Int64 or Int32, of x's rank, on the other axes not larger than x, nowhere larger than the source.</param>
    /// <param name="source">Of x's dtype.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside the axis.</exception>
    public Tensor Scatter(int dim, Tensor index, Tensor source) => Scatter(dim, index, source, add: false, nameof(Scatter));

    /// <summary>A copy of x with y[…, index[…, i, …], …] = value along one axis.</summary>
    /// <remarks>Gradient: dx = dy, but 0 at the indices.</remarks>
    /// <inheritdoc cref="Scatter(int, Tensor, Tensor)"/>
    public Tensor Scatter(int dim, Tensor index, double value)
    {
        ArgumentNullException.ThrowIfNull(index);
        return Scatter(dim, index, InPlace.Number(this, value, nameof(Scatter)).Expand(index.Shape), add: false, nameof(Scatter));
    }

    /// <summary>A copy of x with y[…, index[…, i, …], …] += source[…, i, …] along one axis, in row-major order.</summary>
    /// <remarks>Gradient: dx = dy; dsource = dy at the indices.</remarks>
    /// <inheritdoc cref="Scatter(int, Tensor, Tensor)"/>
    public Tensor ScatterAdd(int dim, Tensor index, Tensor source) => Scatter(dim, index, source, add: true, nameof(ScatterAdd));

    /// <summary>A copy of x with y[…, index[…, i, …], …] += value along one axis.</summary>
    /// <remarks>Gradient: dx = dy.</remarks>
    /// <inheritdoc cref="Scatter(int, Tensor, Tensor)"/>
    public Tensor ScatterAdd(int dim, Tensor index, double value)
    {
        ArgumentNullException.ThrowIfNull(index);
        return Scatter(dim, index, InPlace.Number(this, value, nameof(ScatterAdd)).Expand(index.Shape), add: true, nameof(ScatterAdd));
    }

    Tensor Scatter(int dim, Tensor index, Tensor source, bool add, string op)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(source);
        Gate.Enter(op);
        Types.SameDevice(this, index, op);
        Types.SameDevice(this, source, op);
        if (source.dtype != dtype) throw new ArgumentException($"{Gate.Describe(op)}: source is {source.dtype}, x is {dtype}; convert with To(DType.{dtype})", nameof(source));
        var axis = Dims.Axis(dim, Rank, op);
        ExpectFits(index.layout, layout, axis, op);
        ExpectFits(index.layout, source.layout, null, op, "source");
        index = Indices.Check(index, Rank == 0 ? 1 : layout.Size(axis), op, $"axis {axis} of x {layout}");
        if (Rank == 0) return Unsqueeze(0).ScatterChecked(0, index.Unsqueeze(0), source.Unsqueeze(0), add).Squeeze(0);
        for (var i = 0; i < source.Rank; i++) source = source.Slice(i, 0, index.layout.Size(i), 1);
        return ScatterChecked(axis, index, source, add);
    }

    /// <summary>Scatters by indices that are known to be in range, from a source of the index's shape.</summary>
    internal Tensor ScatterChecked(int axis, Tensor index, Tensor source, bool add)
    {
        var y = Detach().Clone();
        y.ScatterInto(axis, index, source, add);
        if ((node is not null || source.node is not null) && GradMode.Enabled)
            y.node = add ? new ScatterAddNode(this, index, source, y, axis) : new ScatterNode(this, index, source, y, axis);
        return Gate.Leave(add ? nameof(ScatterAdd) : nameof(Scatter), y, this, index, source);
    }

    /// <summary>Scatters into this tensor's own memory.</summary>
    internal void ScatterInto(int axis, Tensor index, Tensor source, bool add)
    {
        Types.ExpectComputable(this, add ? nameof(ScatterAdd) : nameof(Scatter));
        if (index.Length == 0) return;
        Backend.Scatter(source.View, index.View, Detach().CropTo(index.layout, axis).View, axis, add);
        GC.KeepAlive(source);
        GC.KeepAlive(index);
    }

    abstract class IndexedNode(Tensor x, Tensor index, Tensor source, Tensor y) : BinaryGradNode(x, source, y)
    {
        Saved index = Saved.Input(index);

        protected Tensor Index => index.Read(this);

        public override void Release()
        {
            base.Release();
            index.Release();
        }
    }

    sealed class ScatterAddNode(Tensor x, Tensor index, Tensor source, Tensor y, int axis) : IndexedNode(x, index, source, y)
    {
        public override string Name => "ScatterAdd";

        public override void Backward(Tensor dy, Span<Tensor?> dx)
        {
            if (WantsA) dx[0] = dy;
            if (WantsB) dx[1] = dy.GatherChecked(axis, Index);
        }
    }

    sealed class ScatterNode(Tensor x, Tensor index, Tensor source, Tensor y, int axis) : IndexedNode(x, index, source, y)
    {
        public override string Name => "Scatter";

        public override void Backward(Tensor dy, Span<Tensor?> dx)
        {
            var zero = Full([], 0, dy.dtype, dy.Device);
            if (WantsA) dx[0] = dy.ScatterChecked(axis, Index, zero.Expand(Index.Shape), add: false);
            if (WantsB) dx[1] = Where(Winners(Index), dy.GatherChecked(axis, Index), zero);
        }

        /// <summary>True for the source elements that are in the result: each writes its number, and looks whether it is still there.</summary>
        Tensor Winners(Tensor index)
        {
            var numbers = Arange(index.Length, device: index.Device).Reshape(index.Shape);
            return Full(Shape.Sizes, 0, DType.Int64, index.Device).ScatterChecked(axis, index, numbers, add: false).GatherChecked(axis, index).Eq(numbers);
        }
    }
}
