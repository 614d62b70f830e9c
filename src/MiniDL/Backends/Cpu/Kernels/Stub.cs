namespace MiniDL;

internal sealed unsafe partial class CpuBackend<E>
{
    public void ArgReduce(bool largest, in TensorView x, in TensorView y, int axis) => throw NoKernel("");
    public void CumSum(in TensorView x, in TensorView y, int axis) => throw NoKernel("");
    public void Gather(in TensorView x, in TensorView index, in TensorView y, int axis) => throw NoKernel("");
    public void Scatter(in TensorView x, in TensorView index, in TensorView y, int axis, bool add) => throw NoKernel("");
    public void Im2Col(in WindowShape shape, in TensorView x, in TensorView y) => throw NoKernel("");
    public void Col2Im(in WindowShape shape, in TensorView y, in TensorView x) => throw NoKernel("");
    public void Random(Distribution distribution, ulong seed, ulong offset, in TensorView y) => throw NoKernel("");
}
