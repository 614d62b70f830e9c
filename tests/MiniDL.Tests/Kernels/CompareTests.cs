namespace MiniDL.Tests;

public class CompareTests
{
    public static readonly TheoryData<Strides, Strides> Pairs = MapTests.Pairs;

    static readonly int[][] shapes = [[], [1], [15], [16], [67], [3, 5], [5, 70], [2, 300], [0, 3]];

    [Theory]
    [MemberData(nameof(Pairs))]
    public void ComparesAnyStrides(Strides first, Strides second)
    {
        foreach (var sizes in shapes)
            foreach (var comparison in Enum.GetValues<Comparison>())
                foreach (var result in new[] { Strides.Contiguous, Strides.Flipped })
                {
                    Compares<float>(sizes, comparison, k => k % 7 == 6 ? float.NaN : k % 7 - 3, first, second, result);
                    Compares<double>(sizes, comparison, k => k % 7 == 6 ? double.NaN : k % 7 - 3, first, second, result);
                    Compares<int>(sizes, comparison, k => (int)(k % 7 - 3), first, second, result);
                    Compares<long>(sizes, comparison, k => k % 7 - 3, first, second, result);
                    Compares<byte>(sizes, comparison, k => (byte)(k % 3 & 1), first, second, result);
                }
    }

    static void Compares<T>(int[] sizes, Comparison comparison, Func<long, T> value, Strides first, Strides second, Strides result)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        var (a, b, y) = (new Cells<T>(sizes, value, first), new Cells<T>(sizes, k => value(k * 5 + 2), second), new Cells<byte>(sizes, result));
        Device.Cpu.Backend(a.View.DType).Compare(comparison, a.View, b.View, y.View);
        for (long k = 0; k < y.Count; k++) Assert.Equal(Holds(comparison, a[k], b[k]) ? 1 : 0, y[k]);
        y.AssertUntouchedAround();
    }

    static bool Holds<T>(Comparison comparison, T a, T b) where T : System.Numerics.INumber<T> => comparison switch
    {
        Comparison.Equal => a == b,
        Comparison.NotEqual => a != b,
        Comparison.Less => a < b,
        Comparison.LessOrEqual => a <= b,
        Comparison.Greater => a > b,
        _ => a >= b,
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void ChoosesAtAnyStrides(Strides first, Strides second)
    {
        foreach (var sizes in shapes)
            foreach (var other in Enum.GetValues<Strides>())
                foreach (var result in new[] { Strides.Contiguous, Strides.Transposed })
                {
                    Chooses(sizes, k => k + 0.5f, first, second, other, result);
                    Chooses(sizes, k => k + 0.5, first, second, other, result);
                    Chooses(sizes, k => (int)k, first, second, other, result);
                    Chooses(sizes, k => (byte)(k % 3 & 1), first, second, other, result);
                }
    }

    static void Chooses<T>(int[] sizes, Func<long, T> value, Strides first, Strides second, Strides third, Strides result) where T : unmanaged
    {
        var (condition, a, b, y) = (new Cells<byte>(sizes, k => (byte)(k % 3 & 1), first), new Cells<T>(sizes, value, second), new Cells<T>(sizes, k => value(k + 1000), third), new Cells<T>(sizes, result));
        Device.Cpu.Backend(a.View.DType).Where(condition.View, a.View, b.View, y.View);
        for (long k = 0; k < y.Count; k++) Assert.Equal(condition[k] != 0 ? a[k] : b[k], y[k]);
        y.AssertUntouchedAround();
    }
}
