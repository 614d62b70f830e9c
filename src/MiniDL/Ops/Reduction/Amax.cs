namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = the largest of all elements; NaN when one is.</summary>
    /// <inheritdoc cref="Amax(ReadOnlySpan{int}, bool)"/>
    public Tensor Amax() => Amax([]);

    /// <summary>y = the largest along one axis; NaN when one is.</summary>
    /// <inheritdoc cref="Amax(ReadOnlySpan{int}, bool)"/>
    public Tensor Amax(int dim, bool keepDim = false) => Amax([dim], keepDim);

    /// <summary>y = the largest over some axes (all, when none is named); NaN when one is.</summary>
    /// <remarks>Gradient: dy to the largest, in equal shares where several are.</remarks>
    /// <param name="dims">The axes.</param>
    /// <param name="keepDim">Keep them with size 1.</param>
    /// <exception cref="ShapeException">An axis is empty.</exception>
    public Tensor Amax(ReadOnlySpan<int> dims, bool keepDim = false) => Extreme(default(LargestOp), dims, keepDim, nameof(Amax));

    /// <summary>y = the smallest of all elements; NaN when one is.</summary>
    /// <inheritdoc cref="Amin(ReadOnlySpan{int}, bool)"/>
    public Tensor Amin() => Amin([]);

    /// <summary>y = the smallest along one axis; NaN when one is.</summary>
    /// <inheritdoc cref="Amin(ReadOnlySpan{int}, bool)"/>
    public Tensor Amin(int dim, bool keepDim = false) => Amin([dim], keepDim);

    /// <summary>y = the smallest over some axes (all, when none is named); NaN when one is.</summary>
    /// <remarks>Gradient: dy to the smallest, in equal shares where several are.</remarks>
    /// <param name="dims">The axes.</param>
    /// <param name="keepDim">Keep them with size 1.</param>
    /// <exception cref="ShapeException">An axis is empty.</exception>
    public Tensor Amin(ReadOnlySpan<int> dims, bool keepDim = false) => Extreme(default(SmallestOp), dims, keepDim, nameof(Amin));

    Tensor Extreme<TOp>(TOp op, ReadOnlySpan<int> dims, bool keepDim, string name) where TOp : struct, IReduceOp
    {
        Gate.Enter(name);
        Types.ExpectComputable(this, name);
        var mask = Dims.Mask(dims, Rank, name);
        Reduction.ExpectElements(layout, mask, name);
        if (mask == 0) return this;
        // The identities of Int32 and Bool are not those of Int64, whose kernel they take.
        var x = dtype is DType.Int32 or DType.Bool ? To(DType.Int64) : this;
        var y = Reduction.Run(op, x, mask).To(dtype);
        if (node is not null && GradMode.Enabled) y.node = new ExtremeNode(name, this, y, mask);
        return Reduction.Finish(Gate.Leave(name, y, this), layout, mask, keepDim);
    }

    /// <summary>dx = dy / (how many are equal to y) where x = y, else 0.</summary>
    sealed class ExtremeNode(string name, Tensor x, Tensor y, uint mask) : UnaryGradNode(x, y)
    {
        Saved x = Saved.Input(x), y = Saved.Output(y);

        public override string Name => name;

        protected override Tensor Backward(Tensor dy)
        {
            var chosen = x.Read(this).Eq(y.ReadOutput(this));
            return Where(chosen, dy / chosen.To(dy.dtype).SumKept(mask), Full([], 0, dy.dtype, dy.Device));
        }

        public override void Release()
        {
            base.Release();
            x.Release();
            y.Release();
        }
    }

    /// <summary>The largest.</summary>
    internal readonly struct LargestOp : IReduceOp
    {
        public static Number Identity => double.NegativeInfinity;

        public static T Transform<T>(T x) where T : struct, INumberLanes<T> => x;

        public static T Combine<T>(T a, T b) where T : struct, INumberLanes<T> => T.Max(a, b);
    }

    /// <summary>The smallest.</summary>
    internal readonly struct SmallestOp : IReduceOp
    {
        public static Number Identity => double.PositiveInfinity;

        public static T Transform<T>(T x) where T : struct, INumberLanes<T> => x;

        public static T Combine<T>(T a, T b) where T : struct, INumberLanes<T> => T.Min(a, b);
    }
}
