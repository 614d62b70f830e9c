namespace MiniDL;

/// <summary>Runs the ops of a tensor and a C# number, which is weak: it never widens a float.</summary>
internal static class NumberOp
{
    /// <summary>y = op(x); an integer tensor stays one when the number is whole, else it becomes Float32; Bool becomes Int64 or Float32.</summary>
    public static Tensor Run<TOp>(TOp op, Tensor x, double number) where TOp : struct, INumberUnaryOp
        => Unary.RunNumber(op, Meet(x, number));

    /// <summary>x in the dtype in which it meets a number.</summary>
    public static Tensor Meet(Tensor x, double number)
    {
        if (x.dtype.IsFloat()) return x;
        if (number != Math.Floor(number) || double.IsInfinity(number)) return x.To(DType.Float32);
        return x.dtype == DType.Bool ? x.To(DType.Int64) : x;
    }
}
