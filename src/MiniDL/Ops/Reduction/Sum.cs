namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = Σ x over all elements; integers and Bool are summed as Int64.</summary>
    /// <remarks>Gradient: dx = dy, repeated.</remarks>
    public Tensor Sum() => Sum([]);

    /// <summary>y = Σ x over one axis.</summary>
    /// <inheritdoc cref="Sum(ReadOnlySpan{int}, bool, DType?)"/>
    public Tensor Sum(int dim, bool keepDim = false, DType? dtype = null) => Sum([dim], keepDim, dtype);

    /// <summary>y = Σ x over some axes (all, when none is named); 0 over an empty one.</summary>
    /// <remarks>Gradient: dx = dy, repeated. Integers and Bool are summed as Int64.</remarks>
    /// <param name="dims">The axes.</param>
    /// <param name="keepDim">Keep them with size 1.</param>
    /// <param name="dtype">Convert to this type before summing.</param>
    public Tensor Sum(ReadOnlySpan<int> dims, bool keepDim = false, DType? dtype = null)
    {
        var x = To(dtype ?? (this.dtype.IsFloat() ? this.dtype : DType.Int64));
        Types.ExpectComputable(x, nameof(Sum));
        var mask = Dims.Mask(dims, Rank, nameof(Sum));
        return Reduction.Finish(x.SumKept(mask), layout, mask, keepDim);
    }

    /// <summary>Σ over the axes of a mask, which stay with size 1.</summary>
    internal Tensor SumKept(uint mask)
    {
        if (mask == 0) return this;
        Gate.Enter(nameof(Sum));
        var y = Reduction.Run(default(SumOp), this, mask);
        if (node is not null && GradMode.Enabled) y.node = new SumNode(this, y);
        return Gate.Leave(nameof(Sum), y, this);
    }

    /// <summary>Σ over the axes that broadcasting a tensor of layout <paramref name="target"/> to this shape has repeated.</summary>
    internal Tensor SumTo(Layout target)
    {
        if (layout.SameSizes(target)) return this;
        var lead = Rank - target.Rank;
        var mask = (1u << lead) - 1;
        for (var i = 0; i < target.Rank; i++)
            if (target.Size(i) == 1 && layout.Size(lead + i) != 1) mask |= 1u << (lead + i);
        return SumKept(mask).Reshape(target.Sizes);
    }

    sealed class SumNode(Tensor x, Tensor y) : UnaryGradNode(x, y)
    {
        readonly Layout from = x.layout;

        public override string Name => "Sum";

        protected override Tensor Backward(Tensor dy) => dy.Expand(from.Sizes);
    }
}

/// <summary>Σ x.</summary>
internal readonly struct SumOp : IReduceOp
{
    public static Number Identity => 0;

    public static T Transform<T>(T x) where T : struct, INumberLanes<T> => x;

    public static T Combine<T>(T a, T b) where T : struct, INumberLanes<T> => a + b;
}
