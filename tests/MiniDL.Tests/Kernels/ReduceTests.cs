using System.Runtime.InteropServices;

namespace MiniDL.Tests;

[Collection(nameof(Serial))]
public class ReduceTests
{
    readonly struct Sum : IReduceOp
    {
        public static Number Identity => 0;
        public static T Transform<T>(T x) where T : struct, INumberLanes<T> => x;
        public static T Combine<T>(T a, T b) where T : struct, INumberLanes<T> => a + b;
    }

    readonly struct SquareSum : IReduceOp
    {
        public static Number Identity => 0;
        public static T Transform<T>(T x) where T : struct, INumberLanes<T> => x * x;
        public static T Combine<T>(T a, T b) where T : struct, INumberLanes<T> => a + b;
    }

    readonly struct Largest : IReduceOp
    {
        public static Number Identity => double.NegativeInfinity;
        public static T Transform<T>(T x) where T : struct, INumberLanes<T> => x;
        public static T Combine<T>(T a, T b) where T : struct, INumberLanes<T> => T.Max(a, b);
    }

    // The definition in IReduceOp's remarks, one number at a time.
    static T Expected<T>(ReadOnlySpan<T> x, int width, T identity, Func<T, T> transform, Func<T, T, T> combine)
    {
        var result = identity;
        for (var begin = 0; begin == 0 || begin < x.Length; begin += 16384)
        {
            var block = x[begin..Math.Min(begin + 16384, x.Length)];
            var lanes = new T[width];
            Array.Fill(lanes, identity);
            for (var k = 0; k < block.Length; k++) lanes[k % width] = combine(lanes[k % width], transform(block[k]));
            for (var half = width / 2; half > 0; half /= 2)
                for (var i = 0; i < half; i++) lanes[i] = combine(lanes[i], lanes[i + half]);
            result = begin == 0 ? lanes[0] : combine(result, lanes[0]);
        }
        return result;
    }

    static float Noise(long k) => ((k * 2654435761L) & 0xFFFF) / 65536f - 0.3f;

    public static readonly TheoryData<Strides> AllStrides = new(Enum.GetValues<Strides>());

    [Fact]
    public void EveryLengthInTheStatedOrder()
    {
        foreach (var n in Enumerable.Range(0, 68).Concat([127, 128, 129, 1000, 16383, 16384, 16385, 50000]))
        {
            var x = new Cells<float>([n], Noise);
            Assert.Equal(Expected(x.ToArray(), 64, 0, v => v * v, (a, b) => a + b), Reduced<SquareSum, float>(x, [1])[0]);
            var d = new Cells<double>([n], k => Noise(k));
            Assert.Equal(Expected(d.ToArray(), 32, 0, v => v, (a, b) => a + b), Reduced<Sum, double>(d, [1])[0]);
            var i = new Cells<int>([n], k => (int)(k % 17) - 5);
            Assert.Equal(i.ToArray().Sum(), Reduced<Sum, int>(i, [1])[0]);
            var m = new Cells<long>([n], k => -5 - k % 17);
            Assert.Equal(m.ToArray().Append(long.MinValue).Max(), Reduced<Largest, long>(m, [1])[0]);
        }
    }

    static Cells<T> Reduced<TOp, T>(Cells<T> x, int[] sizes, Strides strides = Strides.Contiguous) where TOp : struct, IReduceOp where T : unmanaged
    {
        var y = new Cells<T>(sizes, strides);
        Device.Cpu.Backend(x.View.DType).Reduce(default(TOp), x.View, y.View);
        y.AssertUntouchedAround();
        return y;
    }

    [Theory]
    [MemberData(nameof(AllStrides))]
    public void AnyAxesOfAnyStrides(Strides strides)
    {
        int[][] shapes = [[], [1], [5], [3, 7], [70, 3], [2, 3, 5, 7], [3, 64, 130], [129, 70], [0, 4], [4, 0], [20000, 3], [3, 20000], [2, 128, 128], [64, 257, 2]];
        foreach (var sizes in shapes)
            for (var axes = 0; axes < 1 << sizes.Length; axes++)
            {
                var x = new Cells<float>(sizes, Noise, strides);
                var kept = sizes.Select((size, axis) => (axes >> axis & 1) == 0 ? size : 1).ToArray();
                foreach (var result in new[] { Strides.Contiguous, Strides.Flipped })
                {
                    var y = Reduced<Sum, float>(x, kept, result);
                    var groups = Groups(x, sizes, axes, (int)y.Count);
                    for (long k = 0; k < y.Count; k++)
                        Assert.Equal(Expected<float>(CollectionsMarshal.AsSpan(groups[k]), 64, 0, v => v, (a, b) => a + b), y[k]);
                }
            }
    }

    static List<float>[] Groups(Cells<float> x, int[] sizes, int axes, int count)
    {
        var groups = Enumerable.Range(0, count).Select(_ => new List<float>()).ToArray();
        for (long k = 0; k < x.Count; k++)
        {
            long place = 0, step = 1, rest = k;
            for (var axis = sizes.Length - 1; axis >= 0; axis--)
            {
                if ((axes >> axis & 1) == 0)
                {
                    place += rest % sizes[axis] * step;
                    step *= sizes[axis];
                }
                rest /= sizes[axis];
            }
            groups[place].Add(x[k]);
        }
        return groups;
    }

    [Fact]
    public void AnyNumberOfThreads()
    {
        var before = WorkerPool.Threads;
        try
        {
            foreach (var (sizes, kept) in new (int[], int[])[] { ([300_000], [1]), ([3, 70_000], [3, 1]), ([70_000, 5], [1, 5]), ([600, 600], [600, 1]), ([600, 600], [1, 600]) })
            {
                var x = new Cells<float>(sizes, Noise);
                WorkerPool.Threads = 1;
                var one = Reduced<Sum, float>(x, kept).ToArray();
                foreach (var threads in new[] { 2, 3 })
                {
                    WorkerPool.Threads = threads;
                    Assert.Equal(one, Reduced<Sum, float>(x, kept).ToArray());
                }
            }
        }
        finally
        {
            WorkerPool.Threads = before;
        }
    }

    [Fact]
    public void NaNIsTheLargestOfAll()
    {
        for (var n = 1; n < 100; n++)
        {
            var x = new Cells<float>([n], k => k == n / 2 ? float.NaN : k);
            Assert.Equal(float.NaN, Reduced<Largest, float>(x, [1])[0]);
        }
    }

    [Fact]
    public void TruthValuesHaveALargest()
    {
        for (var n = 0; n < 300; n++)
        {
            var x = new Cells<byte>([n], k => k == n - 1 ? (byte)1 : (byte)0);
            Assert.Equal(n > 0 ? 1 : 0, Reduced<Largest, byte>(x, [1])[0]);
        }
        var rows = new Cells<byte>([300, 5], k => k == 1007 ? (byte)1 : (byte)0);
        Assert.Equal([0, 0, 1, 0, 0], Reduced<Largest, byte>(rows, [1, 5]).ToArray());
    }
}
