namespace MiniDL.Tests;

public class MapTests
{
    readonly struct MulAdd : INumberMapOp
    {
        public static int Arity => 3;
        public T Invoke<T>(T a, T b, T c) where T : struct, INumberLanes<T> => a * b + c;
    }

    readonly struct Difference : INumberMapOp
    {
        public static int Arity => 2;
        public T Invoke<T>(T a, T b, T c) where T : struct, INumberLanes<T> => a - b;
    }

    readonly struct Negative : INumberMapOp
    {
        public static int Arity => 1;
        public T Invoke<T>(T a, T b, T c) where T : struct, INumberLanes<T> => -a;
    }

    readonly struct Constant(Number value) : INumberMapOp
    {
        public static int Arity => 0;
        public T Invoke<T>(T a, T b, T c) where T : struct, INumberLanes<T> => T.Of(value);
    }

    readonly struct Ratio : IMapOp
    {
        public static int Arity => 2;
        public T Invoke<T>(T a, T b, T c) where T : struct, ILanes<T> => a / b;
    }

    public static readonly TheoryData<Strides, Strides> Pairs = new(
        from a in Enum.GetValues<Strides>()
        from b in Enum.GetValues<Strides>()
        select (a, b));

    [Fact]
    public void EveryLengthOfEveryType()
    {
        for (var n = 0; n <= 67; n++)
        {
            ThreeOperands(n, k => k % 13 - 6f, (a, b, c) => a * b + c);
            ThreeOperands(n, k => k % 13 - 6.0, (a, b, c) => a * b + c);
            ThreeOperands(n, k => (int)k % 13 - 6, (a, b, c) => a * b + c);
            ThreeOperands(n, k => k % 13 - 6, (a, b, c) => a * b + c);
        }
    }

    static void ThreeOperands<T>(int n, Func<long, T> value, Func<T, T, T, T> expected) where T : unmanaged
    {
        var (a, b, c, y) = (new Cells<T>([n], value), new Cells<T>([n], k => value(k + 5)), new Cells<T>([n], k => value(k + 9)), new Cells<T>([n]));
        Device.Cpu.Backend(DTypes.Of<T>()).MapNumber(new MulAdd(), y.View, a.View, b.View, c.View);
        for (long k = 0; k < n; k++) Assert.Equal(expected(a[k], b[k], c[k]), y[k]);
        y.AssertUntouchedAround();
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void AnyStrides(Strides first, Strides second)
    {
        foreach (var sizes in new int[][] { [], [1], [9], [3, 5], [7, 1, 70], [2, 3, 4, 5], [3, 600], [0, 4], [4, 0] })
            foreach (var result in new[] { Strides.Contiguous, Strides.Spread, Strides.Transposed, Strides.Flipped })
            {
                var (a, b, y) = (new Cells<float>(sizes, k => k, first), new Cells<float>(sizes, k => 3 + k % 11, second), new Cells<float>(sizes, result));
                Device.Cpu.Backend(DType.Float32).Map(new Ratio(), y.View, a.View, b.View, default);
                for (long k = 0; k < y.Count; k++) Assert.Equal(a[k] / b[k], y[k]);
                y.AssertUntouchedAround();
            }
    }

    [Theory]
    [InlineData(Strides.Contiguous)]
    [InlineData(Strides.Spread)]
    [InlineData(Strides.Transposed)]
    [InlineData(Strides.Flipped)]
    public void InPlace(Strides strides)
    {
        var (x, before) = (new Cells<double>([5, 77], k => k, strides), new Cells<double>([5, 77], k => k));
        var other = new Cells<double>([5, 77], k => 3 * k);
        Device.Cpu.Backend(DType.Float64).MapNumber(new Difference(), x.View, x.View, other.View, default);
        for (long k = 0; k < x.Count; k++) Assert.Equal(before[k] - other[k], x[k]);
        x.AssertUntouchedAround();
    }

    [Fact]
    public void OperandsBeyondTheArityAreIgnored()
    {
        var (x, y) = (new Cells<int>([3, 3], k => (int)k), new Cells<int>([3, 3]));
        Device.Cpu.Backend(DType.Int32).MapNumber(new Negative(), y.View, x.View, default, default);
        Assert.Equal(x.ToArray().Select(v => -v), y.ToArray());
        Device.Cpu.Backend(DType.Int32).MapNumber(new Constant(17), y.View, default, default, default);
        Assert.All(y.ToArray(), v => Assert.Equal(17, v));
    }

    [Theory]
    [InlineData(Strides.Contiguous)]
    [InlineData(Strides.Transposed)]
    [InlineData(Strides.Repeated)]
    public void LargeOperandsOnAllThreads(Strides strides)
    {
        int[] sizes = [301, 401];
        var (a, b, y) = (new Cells<float>(sizes, k => k, strides), new Cells<float>(sizes, k => k / 2), new Cells<float>(sizes));
        Device.Cpu.Backend(DType.Float32).MapNumber(new Difference(), y.View, a.View, b.View, default);
        for (long k = 0; k < y.Count; k++) Assert.Equal(a[k] - b[k], y[k]);
        y.AssertUntouchedAround();
    }
}
