namespace MiniDL.Tests;

[Collection(nameof(Serial))]
public class IndexTests
{
    static readonly Strides[] results = [Strides.Contiguous, Strides.Spread, Strides.Transposed, Strides.Flipped];

    public static readonly TheoryData<Strides, Strides> Pairs = MapTests.Pairs;

    static readonly int[][] shapes = [[1], [9], [3, 5], [5, 70], [70, 5], [4, 3, 6]];

    // For each element of a shape: the place with index 0 on the axis in a tensor of that shape, the index, and the axis' step there.
    static IEnumerable<(long K, long Base, int I, long Step)> Along(int[] sizes, int axis)
    {
        var step = sizes.Skip(axis + 1).Aggregate(1L, (a, b) => a * b);
        var count = sizes.Aggregate(1L, (a, b) => a * b);
        for (long k = 0; k < count; k++)
        {
            var i = (int)(k / step % sizes[axis]);
            yield return (k, k - i * step, i, step);
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void ArgReduceTakesTheFirst(Strides strides, Strides result)
    {
        if (result == Strides.Repeated) result = Strides.Contiguous;
        foreach (var sizes in shapes)
            for (var axis = 0; axis < sizes.Length; axis++)
                foreach (var largest in new[] { true, false })
                {
                    ArgReduces(sizes, axis, largest, k => k * 7919 % 23 - 9f, strides, result);
                    ArgReduces(sizes, axis, largest, k => k * 7919 % 23 == 5 ? double.NaN : k * 7919 % 23, strides, result);
                    ArgReduces(sizes, axis, largest, k => (int)(k * 7919 % 23), strides, result);
                }
    }

    static void ArgReduces<T>(int[] sizes, int axis, bool largest, Func<long, T> value, Strides strides, Strides result)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        int[] kept = [.. sizes];
        kept[axis] = 1;
        var (x, y) = (new Cells<T>(sizes, value, strides), new Cells<long>(kept, result));
        Device.Cpu.Backend(x.View.DType).ArgReduce(largest, x.View, y.View, axis);
        var best = new Dictionary<long, (T Value, long Index)>();
        foreach (var (k, start, i, _) in Along(sizes, axis))
        {
            var v = x[k];
            if (!best.TryGetValue(start, out var b) || (!T.IsNaN(b.Value) && (T.IsNaN(v) || (largest ? v > b.Value : v < b.Value)))) best[start] = (v, i);
        }
        Assert.Equal(best.OrderBy(b => b.Key).Select(b => b.Value.Index), y.ToArray());
        y.AssertUntouchedAround();
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void CumSumGoesInOrder(Strides strides, Strides result)
    {
        if (result == Strides.Repeated) return;
        foreach (var sizes in shapes)
            for (var axis = 0; axis < sizes.Length; axis++)
            {
                var (x, y) = (new Cells<float>(sizes, k => k * 7919 % 23 / 7f, strides), new Cells<float>(sizes, result));
                Device.Cpu.Backend(DType.Float32).CumSum(x.View, y.View, axis);
                foreach (var (k, _, i, step) in Along(sizes, axis)) Assert.Equal(i == 0 ? x[k] : y[k - step] + x[k], y[k]);
                y.AssertUntouchedAround();
            }
    }

    static Cells<long> Indices(int[] sizes, int below, Strides strides)
        => new(sizes, k => k * 7919 % 1013 % below, strides);

    [Theory]
    [MemberData(nameof(Pairs))]
    public void GathersAnyStrides(Strides strides, Strides indexStrides)
    {
        foreach (var sizes in shapes)
            for (var axis = 0; axis < sizes.Length; axis++)
                foreach (var result in results)
                {
                    int[] picked = [.. sizes];
                    picked[axis] = 11;
                    var (x, index, y) = (new Cells<float>(sizes, k => k, strides), Indices(picked, sizes[axis], indexStrides), new Cells<float>(picked, result));
                    Device.Cpu.Backend(DType.Float32).Gather(x.View, index.View, y.View, axis);
                    var step = sizes.Skip(axis + 1).Aggregate(1L, (a, b) => a * b);
                    foreach (var (k, start, _, _) in Along(picked, axis))
                    {
                        var (outer, inner) = Math.DivRem(start, step * 11);
                        Assert.Equal(x[outer * step * sizes[axis] + inner + index[k] * step], y[k]);
                    }
                    y.AssertUntouchedAround();
                }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void ScattersAnyStridesInOrder(Strides strides, Strides indexStrides)
    {
        foreach (var sizes in shapes)
            for (var axis = 0; axis < sizes.Length; axis++)
                foreach (var result in results)
                {
                    Scatters(sizes, axis, false, strides, indexStrides, result);
                    Scatters(sizes, axis, true, strides, indexStrides, result);
                }
    }

    [Theory]
    [InlineData(Strides.Contiguous)]
    [InlineData(Strides.Transposed)]
    public void LargeOperandsOnAnyNumberOfThreads(Strides strides)
    {
        var before = WorkerPool.Threads;
        try
        {
            foreach (var threads in new[] { 1, 2, 3 })
                foreach (var axis in new[] { 0, 1 })
                {
                    WorkerPool.Threads = threads;
                    Scatters([300, 230], axis, true, strides, axis == 0 ? Strides.Repeated : Strides.Contiguous, Strides.Contiguous);
                    ArgReduces([300, 230], axis, true, k => k * 7919 % 10007 + 0.5f, strides, Strides.Contiguous);
                }
        }
        finally
        {
            WorkerPool.Threads = before;
        }
    }

    static void Scatters(int[] sizes, int axis, bool add, Strides strides, Strides indexStrides, Strides result)
    {
        int[] target = [.. sizes];
        target[axis] = 7;
        var (x, index, y) = (new Cells<float>(sizes, k => k * 7919 % 23 / 7f, strides), Indices(sizes, 7, indexStrides), new Cells<float>(target, k => k, result));
        var expected = y.ToArray();
        var step = sizes.Skip(axis + 1).Aggregate(1L, (a, b) => a * b);
        foreach (var (k, start, _, _) in Along(sizes, axis))
        {
            var (outer, inner) = Math.DivRem(start, step * sizes[axis]);
            var place = outer * step * 7 + inner + index[k] * step;
            expected[place] = add ? expected[place] + x[k] : x[k];
        }
        Device.Cpu.Backend(DType.Float32).Scatter(x.View, index.View, y.View, axis, add);
        Assert.Equal(expected, y.ToArray());
        y.AssertUntouchedAround();
    }
}
