namespace MiniDL;

public partial class Tensor
{
    /// <summary>The numbers 0 to n − 1 in random order, each order equally likely.</summary>
    /// <remarks>Fisher and Yates' shuffle in Durstenfeld's form, on the host: the same order on every device.</remarks>
    /// <param name="n">How many.</param>
    /// <param name="dtype">Int64 or Int32.</param>
    /// <param name="device">Where; the CPU when left out.</param>
    /// <param name="generator">The stream; <see cref="Generator.Current"/> when left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">n is negative.</exception>
    public static Tensor RandPerm(int n, DType dtype = DType.Int64, Device? device = null, Generator? generator = null)
    {
        if (n < 0) throw new ArgumentOutOfRangeException(nameof(n), $"RandPerm: n is {n}; it is 0 or more");
        var u = Rand([n], DType.Float64, generator: generator).ToArray<double>();
        var order = new long[n];
        for (var i = 0; i < n; i++) order[i] = i;
        for (var i = n - 1; i > 0; i--)
        {
            var j = (int)(u[i] * (i + 1));
            (order[i], order[j]) = (order[j], order[i]);
        }
        return From((ReadOnlySpan<long>)order).To(dtype).To(device ?? Device.Cpu);
    }
}
