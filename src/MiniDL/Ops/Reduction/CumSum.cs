namespace MiniDL;

public partial class Tensor
{
    /// <summary>y[…, i, …] = Σ x[…, j, …] over j ≤ i, along one axis; integers and Bool are summed as Int64.</summary>
    /// <remarks>Gradient: dx = the running sum of dy from the other end.</remarks>
    /// <param name="dim">The axis.</param>
    /// <param name="dtype">Convert to this type first.</param>
    public Tensor CumSum(int dim, DType? dtype = null)
    {
        Gate.Enter(nameof(CumSum));
        var x = To(dtype ?? (this.dtype.IsFloat() ? this.dtype : DType.Int64));
        Types.Expect(x, x.dtype is DType.Float32 or DType.Float64 or DType.Int32 or DType.Int64, nameof(CumSum), "x", "a running sum is of Float32, Float64, Int32 or Int64: pass dtype");
        var axis = Dims.Axis(dim, Rank, nameof(CumSum));
        if (Rank == 0) return x;
        var y = New(x.layout.Contiguous(), x.dtype, x.Device);
        if (y.Length > 0) x.Backend.CumSum(x.View, y.View, axis);
        if (x.node is not null && GradMode.Enabled) y.node = new CumSumNode(x, y, axis);
        return Gate.Leave(nameof(CumSum), y, x);
    }

    sealed class CumSumNode(Tensor x, Tensor y, int axis) : UnaryGradNode(x, y)
    {
        public override string Name => "CumSum";

        protected override Tensor Backward(Tensor dy) => dy.Flip([axis]).CumSum(axis).Flip([axis]);
    }
}
