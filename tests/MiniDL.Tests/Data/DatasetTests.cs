using MiniDL.Data;

namespace MiniDL.Tests.Data;

public class DatasetTests
{
    static TensorDataset Numbers(int count) => new(
        Tensor.From([.. Enumerable.Range(0, 2 * count).Select(i => (float)i)], count, 2), Tensor.From([.. Enumerable.Range(0, count).Select(i => (long)i)], count));

    [Fact]
    public void Digits_are_as_published()
    {
        var (x, y) = Digits.Load().All();
        Assert.Equal([1797, 1, 8, 8], x.Shape.ToArray());
        Assert.Equal((DType.Float32, DType.Int64), (x.DType, y.DType));
        var counts = new int[10];
        foreach (var label in y.ToArray<long>()) counts[label]++;
        Assert.Equal([178, 182, 177, 183, 181, 182, 181, 179, 174, 180], counts);
        var pixels = x.ToArray<float>();
        Assert.Equal((0f, 1f), (pixels.Min(), pixels.Max()));
        Assert.Equal([0, 0, 5, 13, 9, 1, 0, 0], pixels[..8].Select(pixel => (int)(16 * pixel)));
        Assert.Equal(561718, pixels.Sum(pixel => 16 * (double)pixel)); // all dots of all images
    }

    [Fact]
    public void Fashion_is_read_or_told_how_to_get()
    {
        var error = Assert.Throws<FileNotFoundException>(() => FashionMnist.Load("/nowhere"));
        Assert.Contains("apt-get install dataset-fashion-mnist", error.Message, StringComparison.Ordinal);
        Assert.SkipUnless(Directory.Exists(FashionMnist.DefaultPath), $"{FashionMnist.DefaultPath} is not there");
        var (train, test) = FashionMnist.Load();
        Assert.Equal([60_000, 1, 28, 28], train.X.Shape.ToArray());
        Assert.Equal((60_000, 10_000), (train.Y.Length, test.Count));
        Assert.Equal([9L, 0, 0, 3, 0], train.Y.ToArray<long>()[..5]);
    }

    [Fact]
    public void A_split_is_drawn_by_the_seed_and_loses_nothing()
    {
        var (first, second) = Numbers(10).Split(0.75, new Generator(1));
        Assert.Equal((8, 2), (first.Count, second.Count));
        var all = first.All().Y.ToArray<long>().Concat(second.All().Y.ToArray<long>()).ToArray();
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)i), all.Order());
        Assert.NotEqual(Enumerable.Range(0, 10).Select(i => (long)i), all);
        Assert.Equal(first.All().Y.ToArray<long>(), Numbers(10).Split(0.75, new Generator(1)).First.All().Y.ToArray<long>());
        Assert.NotEqual(first.All().Y.ToArray<long>(), Numbers(10).Split(0.75, new Generator(2)).First.All().Y.ToArray<long>());
        Assert.Equal((10, 0), (Numbers(10).Split(1).First.Count, Numbers(10).Split(1).Second.Count));
        Assert.Contains("fraction is 1.5", Assert.Throws<ArgumentOutOfRangeException>(() => Numbers(10).Split(1.5)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Numbers(10).Split(double.NaN));
    }

    [Fact]
    public void Subsets_of_subsets()
    {
        var subset = new Subset(new Subset(Numbers(10), [9, 7, 5]), [2, 0]);
        Assert.Equal([5L, 9], subset.All().Y.ToArray<long>());
        Assert.Equal([10f, 11, 18, 19], subset.All().X.ToArray<float>());
        Assert.Equal(9, subset[1].Y.Item());
        Assert.Throws<ArgumentOutOfRangeException>(() => subset[2]);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Subset(Numbers(3), [3]));
    }

    [Fact]
    public void A_dataset_without_examples()
    {
        var none = Numbers(10).Split(0).First;
        Assert.Equal([0, 2], none.All().X.Shape.ToArray());
        Assert.Empty(new DataLoader(none, batchSize: 4));
    }

    [Fact]
    public void Tensors_that_do_not_fit()
    {
        Assert.Equal("TensorDataset: x [3] has 3 examples, y [2] has 2", Assert.Throws<ShapeException>(() => new TensorDataset(Tensor.Zeros(3), Tensor.Zeros(2))).Message);
        Assert.Throws<ShapeException>(() => new TensorDataset(Tensor.Scalar(1), Tensor.Zeros(2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Numbers(3).Batch([0, 3]));
    }
}
