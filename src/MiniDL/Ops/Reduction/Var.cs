namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = Σ (x − mean)² / (n − correction) over all elements.</summary>
    /// <inheritdoc cref="Var(ReadOnlySpan{int}, bool, double)"/>
    public Tensor Var(double correction = 1) => Var([], false, correction);

    /// <summary>y = Σ (x − mean)² / (n − correction) over one axis.</summary>
    /// <inheritdoc cref="Var(ReadOnlySpan{int}, bool, double)"/>
    public Tensor Var(int dim, bool keepDim = false, double correction = 1) => Var([dim], keepDim, correction);

    /// <summary>y = Σ (x − mean)² / (n − correction) over some axes (all, when none is named): the variance. NaN when n is not above the correction.</summary>
    /// <remarks>Gradient: dx = 2·dy·(x − mean) / (n − correction). In two passes, so that a large mean costs no digits.</remarks>
    /// <param name="dims">The axes.</param>
    /// <param name="keepDim">Keep them with size 1.</param>
    /// <param name="correction">1: of a sample (Bessel); 0: of everything there is.</param>
    public Tensor Var(ReadOnlySpan<int> dims, bool keepDim = false, double correction = 1)
    {
        var x = Types.AsFloat(this, nameof(Var));
        var mask = Dims.Mask(dims, Rank, nameof(Var));
        var count = Reduction.Count(layout, mask);
        var centred = x - x.SumKept(mask) / count;
        return Reduction.Finish(centred.Square().SumKept(mask), layout, mask, keepDim) / Math.Max(count - correction, 0);
    }

    /// <summary>The root of <see cref="Var(double)"/>.</summary>
    /// <inheritdoc cref="Std(ReadOnlySpan{int}, bool, double)"/>
    public Tensor Std(double correction = 1) => Std([], false, correction);

    /// <summary>The root of <see cref="Var(int, bool, double)"/>.</summary>
    /// <inheritdoc cref="Std(ReadOnlySpan{int}, bool, double)"/>
    public Tensor Std(int dim, bool keepDim = false, double correction = 1) => Std([dim], keepDim, correction);

    /// <summary>y = √(Σ (x − mean)² / (n − correction)) over some axes (all, when none is named): the standard deviation.</summary>
    /// <remarks>Gradient: dx = dy·(x − mean) / (y·(n − correction)), and 0 where y is 0, as in PyTorch.</remarks>
    /// <param name="dims">The axes.</param>
    /// <param name="keepDim">Keep them with size 1.</param>
    /// <param name="correction">1: of a sample (Bessel); 0: of everything there is.</param>
    public Tensor Std(ReadOnlySpan<int> dims, bool keepDim = false, double correction = 1) => Unary.Run(default(StdOp), Var(dims, keepDim, correction));

    /// <summary>y = √x, whose slope at 0 is taken as 0.</summary>
    readonly struct StdOp : IUnaryOp
    {
        public static string Name => "Std";

        public static Saves Saves => Saves.Output;

        public T Invoke<T>(T x) where T : struct, ILanes<T> => T.Sqrt(x);

        // Divides by 1 where y is 0, so that the slope's own slope is 0 there too.
        public T Derivative<T>(T y) where T : struct, ILanes<T> => Formulas.IfZero(y, T.Of(0), T.Of(0.5) / Formulas.IfZero(y, T.Of(1), y));
    }
}
