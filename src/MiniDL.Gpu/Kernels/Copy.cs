namespace MiniDL.Gpu;

internal partial class GpuBackend<T>
{
    /// <inheritdoc/>
    public void Copy(in TensorView x, in TensorView y) => MapAny(default(Itself<T>), y, x, x, x);
}

/// <summary>x.</summary>
internal readonly struct Itself<T> : IElementOp<T> where T : unmanaged
{
    public static int Arity => 1;

    public T Invoke(T x, T b, T c) => x;
}
