namespace MiniDL.Tests;

public class SoftmaxTests
{
    static double[] Expected(double[] x, int[] shape, int axis, bool log)
    {
        var y = new double[x.Length];
        var size = shape[axis];
        var inner = shape[(axis + 1)..].Aggregate(1, (a, b) => a * b);
        for (var start = 0; start < x.Length; start++)
        {
            if (start / inner % size != 0) continue;
            double max = double.NegativeInfinity, sum = 0;
            for (var i = 0; i < size; i++) max = Math.Max(max, x[start + i * inner]);
            for (var i = 0; i < size; i++) sum += Math.Exp(x[start + i * inner] - max);
            for (var i = 0; i < size; i++)
            {
                var shifted = x[start + i * inner] - max;
                y[start + i * inner] = log ? shifted - Math.Log(sum) : Math.Exp(shifted) / sum;
            }
        }
        return y;
    }

    public static readonly TheoryData<int[], int> Shapes = new()
    {
        { [1], 0 }, { [5], 0 }, { [64, 10], 1 }, { [3, 33], 1 }, { [70, 64], 1 }, { [3, 65], -1 }, { [2, 1000], 1 }, { [2, 40000], 1 },
        { [10, 64], 0 }, { [3, 7, 5], 1 }, { [2, 130, 70], 1 }, { [40, 3, 4], 0 }, { [20000, 2], 0 }, { [600, 100], 1 }, { [600, 100], 0 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void IsTheFormula(int[] shape, int dim)
    {
        var axis = dim < 0 ? dim + shape.Length : dim;
        var x = Given.Of(shape);
        foreach (var log in new[] { false, true })
            foreach (var fusion in Given.BothWays)
            {
                using var mode = Fusion.Use(fusion);
                var expected = Expected(x.ToArray<double>(), shape, axis, log);
                Tensor Of(Tensor u) => log ? u.LogSoftmax(dim) : u.Softmax(dim);
                Given.AssertNear(expected, Of(x));
                Given.AssertNear(expected, Of(Given.Strided(x)));
                Given.AssertNear(expected, Of(x.To(DType.Float32)), 1e-5);
            }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void GradientsOfEveryOrder(bool log)
    {
        foreach (var (shape, dim) in new (int[], int)[] { ([3, 4], 1), ([3, 4], 0), ([2, 3, 2], 1), ([1, 70], 1) })
            Given.AssertFused(x => log ? x[0].LogSoftmax(dim) : x[0].Softmax(dim), Given.Of(shape));
        foreach (var (shape, dim) in new (int[], int)[] { ([70, 10], 1), ([3, 100], 1), ([2, 9, 70], 1), ([3, 20000], 1) })
        {
            var (y, dx) = Given.Gradients(FusedKernels.Required, x => log ? x[0].LogSoftmax(dim) : x[0].Softmax(dim), Given.Of(shape));
            var (expectedY, expectedDx) = Given.Gradients(FusedKernels.Off, x => log ? x[0].LogSoftmax(dim) : x[0].Softmax(dim), Given.Of(shape));
            Given.AssertNear(expectedY, y);
            Given.AssertNear(expectedDx[0], dx[0], 1e-11);
        }
    }

    [Fact]
    public void LargeNumbersAndInfinities()
    {
        foreach (var fusion in Given.BothWays)
            foreach (var n in new[] { 3, 100 })
            {
                using var mode = Fusion.Use(fusion);
                var x = Tensor.Full([n], 1000, DType.Float32);
                Given.AssertNear(Enumerable.Repeat(1.0 / n, n).ToArray(), x.Softmax(0), 1e-6);
                Given.AssertNear(Enumerable.Repeat(-Math.Log(n), n).ToArray(), x.LogSoftmax(0), 1e-6);
                var nothing = Tensor.Full([n], double.NegativeInfinity, DType.Float32);
                Assert.All(nothing.Softmax(0).ToArray<float>(), v => Assert.True(float.IsNaN(v)));
                Assert.All(nothing.LogSoftmax(0).ToArray<float>(), v => Assert.True(float.IsNaN(v)));
                var masked = nothing.Clone();
                masked.Narrow(0, 1, 1).Fill(0);
                Assert.Equal(1, masked.Softmax(0).ToArray<float>()[1]);
                Assert.Equal(0, masked.Softmax(0).ToArray<float>()[0]);
            }
    }

    [Fact]
    public void ARowIsTheSameInEveryBatch()
    {
        foreach (var size in new[] { 10, 64, 65, 300 })
        {
            var x = Given.Of([70, size], dtype: DType.Float32);
            foreach (var log in new[] { false, true })
            {
                var all = log ? x.LogSoftmax(1) : x.Softmax(1);
                var turned = x.T().Clone();
                var columns = (log ? turned.LogSoftmax(0) : turned.Softmax(0)).T();
                Assert.Equal(all.ToArray<float>(), columns.ToArray<float>());
                for (var i = 0; i < 70; i += 23)
                {
                    var row = x.Narrow(0, i, 1);
                    Assert.Equal(all.Narrow(0, i, 1).ToArray<float>(), (log ? row.LogSoftmax(1) : row.Softmax(1)).ToArray<float>());
                }
            }
        }
    }

    [Fact]
    public void EmptyAndScalar()
    {
        foreach (var fusion in Given.BothWays)
        {
            using var mode = Fusion.Use(fusion);
            Assert.Equal([0, 5], Tensor.Zeros([0, 5]).Softmax(1).Shape.ToArray());
            Assert.Equal([5, 0], Tensor.Zeros([5, 0]).LogSoftmax(1).Shape.ToArray());
            Assert.Equal(1, Tensor.Scalar(3.0).Softmax(0).Item());
        }
    }

    [Fact]
    public void IntegersAndDtypes()
    {
        Assert.Equal(DType.Float32, Tensor.Zeros([2, 2], DType.Int64).Softmax(1).DType);
        Assert.Equal(DType.Float64, Tensor.Zeros([2, 2]).Softmax(1, DType.Float64).DType);
    }

    [Fact]
    public void TheAxisMustExist()
    {
        var error = Assert.ThrowsAny<Exception>(() => Tensor.Zeros([2, 3]).Softmax(2));
        Assert.Contains("Softmax", error.Message, StringComparison.Ordinal);
        Assert.Contains('2', error.Message);
    }
}
