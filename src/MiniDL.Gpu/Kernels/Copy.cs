namespace MiniDL.Gpu;

internal partial class GpuBackend<T>
{
    /// <inheritdoc/>
    public void Copy(in TensorView x, in TensorView y) => MapAny(default(Same), y, x, x, x);

    readonly struct Same : IElementOp<T>
    {
        public static int Arity => 1;

        public T Invoke(T a, T b, T c) => a;
    }
}
