namespace MiniDL;

internal sealed unsafe partial class CpuBackend<E>
{
    /// <inheritdoc/>
    public void MatMul(in TensorView a, in TensorView b, in TensorView y)
    {
        if (typeof(E) == typeof(float)) MatMulOf<float>(a, b, y, float.FusedMultiplyAdd);
        else if (typeof(E) == typeof(double)) MatMulOf<double>(a, b, y, double.FusedMultiplyAdd);
        else throw NoKernel(nameof(MatMul));
    }

    // The definition; the blocked product takes its place.
    static void MatMulOf<F>(in TensorView a, in TensorView b, in TensorView y, Func<F, F, F, F> fma) where F : unmanaged
    {
        var rank = y.Rank;
        fixed (byte* pa = a, pb = b, py = y)
            for (long position = 0; position < y.Count; position++)
            {
                long rest = position, from = 0, with = 0, to = 0;
                for (var axis = rank - 1; axis >= 0; axis--)
                {
                    (rest, var i) = Math.DivRem(rest, y.Size(axis));
                    if (axis != rank - 1) from += i * a.Stride(axis);
                    if (axis != rank - 2) with += i * b.Stride(axis);
                    to += i * y.Stride(axis);
                }
                var sum = default(F);
                for (long k = 0; k < a.Size(-1); k++) sum = fma(((F*)pa)[from + k * a.Stride(-1)], ((F*)pb)[with + k * b.Stride(-2)], sum);
                ((F*)py)[to] = sum;
            }
    }
}
