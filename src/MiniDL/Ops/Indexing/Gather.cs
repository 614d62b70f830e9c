namespace MiniDL;

public partial class Tensor
{
    /// <summary>y[…, i, …] = x[…, index[…, i, …], …] along one axis.</summary>
    /// <remarks>Gradient: dx = zeros to which dy is added at the indices (<see cref="ScatterAdd(int, Tensor, Tensor)"/>).</remarks>
    /// <param name="dim">The axis.</param>
    /// <param name="index">Int64 or Int32, of x's rank, on the other axes not larger than x. It gives y its shape.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside the axis.</exception>
    public Tensor Gather(int dim, Tensor index)
    {
        ArgumentNullException.ThrowIfNull(index);
        Gate.Enter(nameof(Gather));
        Types.SameDevice(this, index, nameof(Gather));
        var axis = Dims.Axis(dim, Rank, nameof(Gather));
        if (Rank == 0 && index.Rank <= 1) return Unsqueeze(0).Gather(0, index.Reshape([-1])).Reshape(index.Shape);
        ExpectFits(index.layout, layout, axis, nameof(Gather));
        index = Indices.Check(index, layout.Size(axis), nameof(Gather), $"axis {axis} of x {layout}");
        return GatherChecked(axis, index);
    }

    /// <summary><see cref="Gather"/> by indices that are known to be in range.</summary>
    internal Tensor GatherChecked(int axis, Tensor index)
    {
        Types.ExpectComputable(this, nameof(Gather));
        var y = New(index.layout.Contiguous(), dtype, Device);
        if (y.Length > 0) Backend.Gather(Detach().CropTo(index.layout, axis).View, index.View, y.View, axis);
        if (node is not null && GradMode.Enabled) y.node = new GatherNode(this, index, y, axis);
        return Gate.Leave(nameof(Gather), y, this, index);
    }

    /// <summary>The corner of x of the other's sizes, but whole along one axis.</summary>
    Tensor CropTo(Layout other, int axis)
    {
        var x = this;
        for (var i = 0; i < Rank; i++)
            if (i != axis) x = x.Slice(i, 0, other.Size(i), 1);
        return x;
    }

    /// <summary>Throws unless an index has a tensor's rank and, but for one axis, no larger sizes.</summary>
    static void ExpectFits(Layout index, Layout x, int? axis, string op, string name = "x")
    {
        if (index.Rank != x.Rank)
            throw new ShapeException(op, $"index {index} has {index.Rank} axes, {name} {x} has {x.Rank}", "index", null, x.Rank, index.Rank);
        for (var i = 0; i < x.Rank; i++)
            if (i != axis && index.Size(i) > x.Size(i))
                throw new ShapeException(op, $"index {index} is larger than {name} {x} at axis {i}", "index", i, x.Size(i), index.Size(i));
    }

    sealed class GatherNode(Tensor x, Tensor index, Tensor y, int axis) : UnaryGradNode(x, y)
    {
        readonly Layout from = x.layout;
        Saved index = Saved.Input(index);

        public override string Name => "Gather";

        protected override Tensor Backward(Tensor dy) => Full(from.Sizes, 0, dy.dtype, dy.Device).ScatterChecked(axis, index.Read(this), dy, add: true);

        public override void Release()
        {
            base.Release();
            index.Release();
        }
    }
}
