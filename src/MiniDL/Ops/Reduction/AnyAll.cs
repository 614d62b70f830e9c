namespace MiniDL;

public partial class Tensor
{
    /// <summary>True when every element is not 0; true for none.</summary>
    public Tensor All() => All([]);

    /// <summary>Along one axis: true when every element is not 0.</summary>
    public Tensor All(int dim, bool keepDim = false) => All([dim], keepDim);

    /// <summary>Over some axes (all, when none is named): true when every element is not 0.</summary>
    public Tensor All(ReadOnlySpan<int> dims, bool keepDim = false) => Truth(default(MinOp), dims, keepDim, nameof(All));

    /// <summary>True when some element is not 0; false for none.</summary>
    public Tensor Any() => Any([]);

    /// <summary>Along one axis: true when some element is not 0.</summary>
    public Tensor Any(int dim, bool keepDim = false) => Any([dim], keepDim);

    /// <summary>Over some axes (all, when none is named): true when some element is not 0.</summary>
    public Tensor Any(ReadOnlySpan<int> dims, bool keepDim = false) => Truth(default(MaxOp), dims, keepDim, nameof(Any));

    Tensor Truth<TOp>(TOp op, ReadOnlySpan<int> dims, bool keepDim, string name) where TOp : struct, IReduceOp
    {
        Gate.Enter(name);
        var mask = Dims.Mask(dims, Rank, name);
        var x = To(DType.Bool);
        var y = Reduction.Finish(mask == 0 ? x : Reduction.Run(op, x, mask), layout, mask, keepDim);
        return Gate.Leave(name, y, this);
    }

    readonly struct MinOp : IReduceOp
    {
        public static Number Identity => 1;

        public static T Transform<T>(T x) where T : struct, INumberLanes<T> => x;

        public static T Combine<T>(T a, T b) where T : struct, INumberLanes<T> => T.Min(a, b);
    }

    readonly struct MaxOp : IReduceOp
    {
        public static Number Identity => 0;

        public static T Transform<T>(T x) where T : struct, INumberLanes<T> => x;

        public static T Combine<T>(T a, T b) where T : struct, INumberLanes<T> => T.Max(a, b);
    }
}
