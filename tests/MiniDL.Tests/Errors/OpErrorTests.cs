namespace MiniDL.Tests;

/// <summary>What an op says about operands that do not fit: op, argument, rule and values.</summary>
public sealed class OpErrorTests
{
    static Tensor X(params int[] shape) => Tensor.Ones(shape);

    static void AssertSays<T>(string text, Func<object?> action) where T : Exception
        => Assert.Contains(text, Assert.Throws<T>(() => { action(); }).Message, StringComparison.Ordinal);

    [Fact]
    public void Shapes()
    {
        AssertSays<ShapeException>("MatMul: the inner sizes differ: a [64,784] ends in 784, b [512,10] starts in 512", () => X(64, 784).MatMul(X(512, 10)));
        AssertSays<ShapeException>("Mm: takes tensors of rank 2 and 2, a has shape [2], b has [2,2]", () => X(2).Mm(X(2, 2)));
        AssertSays<ShapeException>("Bmm: the batches differ: a [2,3,4] has 2, b [3,4,5] has 3", () => X(2, 3, 4).Bmm(X(3, 4, 5)));
        AssertSays<ShapeException>("MatMul: takes no single numbers", () => X().MatMul(X(2)));
        AssertSays<ShapeException>("Linear: x [2,3] ends in 3, w [5,4] takes 4", () => X(2, 3).Linear(X(5, 4)));
        AssertSays<ShapeException>("Conv2d: x has 4 channels, w takes 3 (x [8,4,32,32], w [16,3,3,3], groups 1)", () => X(8, 4, 32, 32).Conv2d(X(16, 3, 3, 3)));
        AssertSays<ShapeException>("Conv2d: the kernel reaches over 3, the padded height of x is 2", () => X(1, 1, 2, 5).Conv2d(X(1, 1, 3, 3)));
        AssertSays<ShapeException>("LayerNorm: x [2,3] does not end in the normalized shape [4]", () => X(2, 3).LayerNorm([4]));
        AssertSays<ShapeException>("BatchNorm: x [1,3] has one value a channel; in training their variance needs at least two", () => X(1, 3).BatchNorm(null, null, training: true));
        AssertSays<ShapeException>("GroupNorm: 2 groups do not divide the 3 channels of x [4,3]", () => X(4, 3).GroupNorm(2));
        AssertSays<ShapeException>("ScaledDotProductAttention: q [1,2,3] has vectors of 3, k [1,2,4] of 4", () => X(1, 2, 3).ScaledDotProductAttention(X(1, 2, 4), X(1, 2, 4)));
        AssertSays<ShapeException>("Reshape: shape [4,2] has 8 elements, the tensor of shape [2,3] has 6", () => X(2, 3).Reshape(4, 2));
        AssertSays<ShapeException>("Reshape: 6 elements of shape [2,3] do not divide into [4,-1]", () => X(2, 3).Reshape(4, -1));
        AssertSays<ShapeException>("ViewAs: the strides of this view of shape [3,2] do not allow shape [6] without a copy; use Reshape", () => X(2, 3).T().ViewAs(6));
        AssertSays<ShapeException>("Split: sizes [1,1] sum to 2, axis 0 of [3] has 3", () => X(3).Split([1, 1]));
        AssertSays<ShapeException>("Item: shape [2] has 2 elements, Item reads a single one", () => X(2).Item());
        AssertSays<ShapeException>("Gather: index [3,3] is larger than x [2,3] at axis 0", () => X(2, 3).Gather(1, Tensor.Zeros([3, 3], DType.Int64)));
    }

    [Fact]
    public void ShapesThatDoNotBroadcast()
    {
        foreach (var op in new Func<Tensor, Tensor, Tensor>[] { (a, b) => a + b, (a, b) => a * b, (a, b) => a == b, (a, b) => a.Maximum(b) })
            AssertSays<ShapeException>(": a [2,3] and b [4] do not broadcast: at axis −1 the sizes are 3 and 4, and neither is 1", () => op(X(2, 3), X(4)));
        AssertSays<ShapeException>("Expand: axis 0 of [2,3] has size 2; only a size of 1 stretches to 4 (shape [4,3])", () => X(2, 3).Expand(4, 3));
        AssertSays<ShapeException>("Cat: tensors[1] [2,4] and tensors[0] [2,3] differ beside axis 0", () => Tensor.Cat([X(2, 3), X(2, 4)]));
        AssertSays<ShapeException>("Stack: tensors[1] has shape [3], tensors[0] has [2]", () => Tensor.Stack([X(2), X(3)]));
    }

    [Fact]
    public void TheFieldsHoldTheValues()
    {
        var error = Assert.Throws<ShapeException>(() => X(8, 4, 5, 5).Conv2d(X(16, 3, 3, 3)));
        Assert.Equal(("Conv2d", "x", 1, 3L, 4L), (error.Op, error.Argument, error.Axis, error.Expected, error.Actual));
        Assert.Null(error.ModulePath);
    }

    [Fact]
    public void Losses()
    {
        AssertSays<ShapeException>("Mse: the prediction has shape [4,1], the target [4]; they must be equal", () => Loss.Mse(X(4, 1), X(4)));
        AssertSays<ShapeException>("L1: the prediction has shape [4,1], the target [4]", () => Loss.L1(X(4, 1), X(4)));
        AssertSays<ShapeException>("BceWithLogits: the prediction has shape [4,1], the target [4]", () => Loss.BceWithLogits(X(4, 1), X(4)));
        AssertSays<ArgumentOutOfRangeException>("CrossEntropy: target 12 at [1] is not a class: logits have 10 classes (padding: ignoreIndex)", () => Loss.CrossEntropy(X(2, 10), Tensor.Of([3L, 12])));
        AssertSays<ArgumentOutOfRangeException>("Nll: target -1 at [0] is not a class: logits have 10 classes", () => Loss.Nll(X(2, 10), Tensor.Of([-1L, 1])));
        AssertSays<ShapeException>("CrossEntropy: the target is Float32, so it holds class probabilities and needs the logits' shape [2,10]; it has [2]", () => Loss.CrossEntropy(X(2, 10), X(2)));
        AssertSays<ShapeException>("CrossEntropy: logits [2,10] want a target of shape [2], it has [3]", () => Loss.CrossEntropy(X(2, 10), Tensor.Zeros([3], DType.Int64)));
        AssertSays<ShapeException>("CrossEntropy: weight has shape [3], logits [2,10] have 10 classes", () => Loss.CrossEntropy(X(2, 10), Tensor.Of([3L, 2]), X(3)));
        AssertSays<ArgumentOutOfRangeException>("CrossEntropy: labelSmoothing 1.5 is outside 0…1", () => Loss.CrossEntropy(X(2, 10), Tensor.Of([3L, 2]), labelSmoothing: 1.5));
    }

    [Fact]
    public void DTypesAndNumbers()
    {
        AssertSays<ArgumentException>("MatMul: a is Float32, b is Float64; convert one with To(DType.Float32)", () => X(2, 2).MatMul(Tensor.Ones([2, 2], DType.Float64)));
        AssertSays<ArgumentException>("Conv2d: w is Float64; x is Float32", () => X(1, 1, 3, 3).Conv2d(Tensor.Ones([1, 1, 3, 3], DType.Float64)));
        AssertSays<ArgumentException>("Exp: BFloat16 is for storage; convert with To(DType.Float32)", () => X(2).To(DType.BFloat16).Exp());
        AssertSays<ArgumentException>("Sum: Float16 is for storage; convert with To(DType.Float32)", () => X(2).To(DType.Float16).Sum());
        AssertSays<ArgumentException>("Gather: index is Float32; indices are Int64 or Int32", () => X(2).Gather(0, X(2)));
        AssertSays<ArgumentException>("Where: condition is Float32; it must be Bool, such as x > 0", () => Tensor.Where(X(2), X(2), X(2)));
        AssertSays<ArgumentException>("Sub: both operands are Bool; a != b is their difference", () => Tensor.Ones([2], DType.Bool) - Tensor.Ones([2], DType.Bool));
        AssertSays<ArgumentException>("Lt: a Bool tensor is compared with 1; 0 < x < 1 is (x > 0).LogicalAnd(x < 1)", () => 0 < X(2) < 1);
        AssertSays<ArgumentException>("ToArray: the tensor is Float32, not Double; convert it with To(DType.Float64)", () => X(2).ToArray<double>());
        AssertSays<ArgumentOutOfRangeException>("Dropout: p is 1.5; a probability lies between 0 and 1", () => X(2).Dropout(1.5));
    }

    [Fact]
    public void IndicesAndSizes()
    {
        AssertSays<ArgumentOutOfRangeException>("Gather: index 3 at [1] is outside axis 0 of x [3] of size 3", () => X(3).Gather(0, Tensor.Of([0L, 3])));
        AssertSays<ArgumentOutOfRangeException>("Embedding: index 7 at [0] is outside the rows of w [5,2] of size 5", () => X(5, 2).Embedding(Tensor.Of([7L])));
        AssertSays<ArgumentOutOfRangeException>("Sum: dim 2 is outside −2…1, the axes of a tensor of rank 2", () => X(2, 3).Sum(2));
        AssertSays<ArgumentOutOfRangeException>("Select: index 2 is outside axis 0 of size 2 (shape [2,3])", () => X(2, 3).Select(0, 2));
        AssertSays<ArgumentOutOfRangeException>("Narrow: start 2, length 2 lie outside axis 1 of size 3 (shape [2,3])", () => X(2, 3).Narrow(1, 2, 2));
        AssertSays<ArgumentOutOfRangeException>(": index 2 is outside axis 0 of size 2 (shape [2,3])", () => X(2, 3)[2]);
        AssertSays<ShapeException>("3 indices for a tensor of shape [2,3], which has 2 axes", () => X(2, 3)[0, 0, 0]);
        AssertSays<ShapeException>("shape [2,-1] has size -1 at axis 1; a size is 0 or more", () => Tensor.Zeros(2, -1));
        AssertSays<ArgumentOutOfRangeException>("Chunk: chunks is 0; there must be 1 or more", () => X(2).Chunk(0));
    }

    [Fact]
    public void OnlyExtremesRefuseAnEmptyAxis()
    {
        var x = X(2, 0);
        foreach (var op in new Func<object>[] { () => x.Amax(1), () => x.Amin(1), () => x.Max(1), () => x.Min(1), () => x.Max(), () => x.ArgMax(1), () => x.ArgMin(1), () => x.Norm(double.PositiveInfinity, 1) })
            AssertSays<ShapeException>("is empty and has no such element", op);
        Assert.Equal([0f, 0], x.Sum(1).ToArray<float>());
        Assert.True(float.IsNaN(x.Mean().Item<float>()));
        Assert.Equal([2, 5], x.MatMul(X(0, 5)).Shape.ToArray());
    }
}
