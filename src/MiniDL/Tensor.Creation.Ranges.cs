namespace MiniDL;

public partial class Tensor
{
    /// <summary>The whole numbers 0, 1, … below <paramref name="end"/>, as Int64 unless another type is asked for.</summary>
    public static Tensor Arange(long end, DType dtype = DType.Int64, Device? device = null) => Arange(0, end, 1, dtype, device);

    /// <summary>start, start + step, … before <paramref name="end"/>: ⌈(end − start)/step⌉ whole numbers.</summary>
    /// <exception cref="ArgumentException">The step is 0 or leads away from the end.</exception>
    public static Tensor Arange(long start, long end, long step = 1, DType dtype = DType.Int64, Device? device = null)
    {
        var values = new long[RangeCount((double)end - start, step)];
        for (var i = 0; i < values.Length; i++) values[i] = start + i * step;
        return From((ReadOnlySpan<long>)values).To(dtype).To(device ?? Device.Cpu);
    }

    /// <summary>start, start + step, … before <paramref name="end"/>: ⌈(end − start)/step⌉ numbers.</summary>
    /// <exception cref="ArgumentException">The step is 0 or leads away from the end.</exception>
    public static Tensor Arange(double start, double end, double step = 1, DType dtype = DType.Float32, Device? device = null, bool requiresGrad = false)
    {
        var values = new double[RangeCount(end - start, step)];
        for (var i = 0; i < values.Length; i++) values[i] = start + i * step;
        return Leaf(From((ReadOnlySpan<double>)values).To(dtype).To(device ?? Device.Cpu), requiresGrad);
    }

    static int RangeCount(double distance, double step)
    {
        var count = Math.Ceiling(distance / step);
        if (!(step != 0 && count >= 0 && count <= Array.MaxLength))
            throw new ArgumentException(FormattableString.Invariant($"Arange: steps of {step} do not lead over a distance of {distance} in 0 to {Array.MaxLength} numbers"), nameof(step));
        return (int)count;
    }

    /// <summary><paramref name="steps"/> numbers at equal distances from <paramref name="start"/> to <paramref name="end"/>, both included.</summary>
    /// <exception cref="ArgumentOutOfRangeException">steps is negative.</exception>
    public static Tensor Linspace(double start, double end, int steps, DType dtype = DType.Float32, Device? device = null, bool requiresGrad = false)
    {
        if (steps < 0) throw new ArgumentOutOfRangeException(nameof(steps), $"Linspace: steps is {steps}; it is 0 or more");
        var values = new double[steps];
        var step = steps > 1 ? (end - start) / (steps - 1) : 0;
        for (var i = 0; i < steps; i++) // from both ends, so that both are exact
            values[i] = i < (steps + 1) / 2 ? start + i * step : end - (steps - 1 - i) * step;
        return Leaf(From((ReadOnlySpan<double>)values).To(dtype).To(device ?? Device.Cpu), requiresGrad);
    }

    /// <summary>The n×n matrix with 1 on its diagonal.</summary>
    public static Tensor Eye(int n, DType dtype = DType.Float32, Device? device = null, bool requiresGrad = false) => Eye(n, n, dtype, device, requiresGrad);

    /// <summary>The rows×columns matrix with 1 on its diagonal.</summary>
    public static Tensor Eye(int rows, int columns, DType dtype = DType.Float32, Device? device = null, bool requiresGrad = false)
    {
        var y = Zeros([rows, columns], dtype, device);
        y.Diagonal().Fill(1);
        return Leaf(y, requiresGrad);
    }
}
