namespace MiniDL.Tests;

/// <summary>The dtype of an op's result: two tensors meet as in PyTorch, a C# number is weak.</summary>
public sealed class PromotionTests
{
    const DType F32 = DType.Float32, F64 = DType.Float64, I32 = DType.Int32, I64 = DType.Int64, B = DType.Bool;

    static readonly DType[] Types = [F32, F64, I32, I64, B];

    /// <summary>Row: the left tensor; column: the right one. Both have axes, or both have none.</summary>
    static readonly DType[,] Tensors =
    {
        { F32, F64, F32, F32, F32 },
        { F64, F64, F64, F64, F64 },
        { F32, F64, I32, I64, I32 },
        { F32, F64, I64, I64, I64 },
        { F32, F64, I32, I64, B },
    };

    /// <summary>Row: a tensor with axes; column: a 0-d tensor, which widens only from a lower kind to a higher.</summary>
    static readonly DType[,] Singles =
    {
        { F32, F32, F32, F32, F32 },
        { F64, F64, F64, F64, F64 },
        { F32, F64, I32, I32, I32 },
        { F32, F64, I64, I64, I64 },
        { F32, F64, I32, I64, B },
    };

    /// <summary>Row: a tensor; columns: a whole number, a fraction.</summary>
    static readonly DType[,] Numbers = { { F32, F32 }, { F64, F64 }, { I32, F32 }, { I64, F32 }, { I64, F32 } };

    static Tensor Make(DType dtype, params int[] shape) => Tensor.Ones(shape, dtype);

    [Fact]
    public void TwoTensors() => Each((i, j) =>
    {
        foreach (var op in Ops) Assert.Equal(Tensors[i, j], op(Make(Types[i], 2), Make(Types[j], 2)).DType);
        Assert.Equal(Tensors[i, j], (Make(Types[i]) * Make(Types[j])).DType);
        Assert.Equal(Tensors[i, j], Tensor.Where(Make(B, 2), Make(Types[i], 2), Make(Types[j], 2)).DType);
        Assert.Equal(Tensors[i, j], DTypes.Promote(Types[i], Types[j]));
    });

    [Fact]
    public void ATensorAndA0dTensor() => Each((i, j) =>
    {
        foreach (var op in Ops)
        {
            Assert.Equal(Singles[i, j], op(Make(Types[i], 2), Make(Types[j])).DType);
            Assert.Equal(Singles[i, j], op(Make(Types[j]), Make(Types[i], 2)).DType);
        }
    });

    [Fact]
    public void ATensorAndANumber()
    {
        for (var i = 0; i < Types.Length; i++)
        {
            foreach (int[] shape in new int[][] { [2], [] })
            {
                var x = Make(Types[i], shape);
                Assert.Equal([Numbers[i, 0], Numbers[i, 0], Numbers[i, 0]], new[] { x + 2, x * 2, 2 - x }.Select(y => y.DType));
                Assert.Equal([Numbers[i, 1], Numbers[i, 1], Numbers[i, 1]], new[] { x + 0.5, x * 0.5, 0.5 - x }.Select(y => y.DType));
                Assert.Equal(Types[i] == F64 ? F64 : F32, (x / 2).DType);
            }
        }
    }

    [Fact]
    public void DivisionAndFunctionsGiveFloats() => Each((i, j) =>
    {
        var met = Tensors[i, j];
        Assert.Equal(met == F64 ? F64 : F32, (Make(Types[i], 2) / Make(Types[j], 2)).DType);
        Assert.Equal(Types[i] == F64 ? F64 : F32, Make(Types[i], 2).Exp().DType);
        Assert.Equal(Types[i] == F64 ? F64 : F32, Make(Types[i], 2).Mean().DType);
        Assert.Equal(B, (Make(Types[i], 2) == Make(Types[j], 2)).DType);
    });

    [Fact]
    public void SumsOfIntegersAreInt64UnlessAnotherDTypeIsAsked()
    {
        foreach (var dtype in Types)
        {
            Assert.Equal(dtype is F32 or F64 ? dtype : I64, Make(dtype, 2).Sum().DType);
            Assert.Equal(F64, Make(dtype, 2).Sum(0, dtype: F64).DType);
            Assert.Equal(F64, Make(dtype, 2).CumSum(0, F64).DType);
            Assert.Equal(F64, Make(dtype, 2).Softmax(0, F64).DType);
        }
        var x = Tensor.Of([0.1f, 0.2f], requiresGrad: true);
        x.Sum(0, dtype: F64).Backward();
        Assert.Equal(F32, x.Grad!.DType);
    }

    [Fact]
    public void ConversionsKeepGradientsInTheOperandsDType()
    {
        var x = Tensor.Of([1f, 2], requiresGrad: true);
        (x.To(F64) * Tensor.Of([0.5, 3])).Sum().Backward();
        Assert.Equal([0.5f, 3], x.Grad!.ToArray<float>());
        var a = Tensor.Of([1f, 2], requiresGrad: true);
        (a * Tensor.Of([0.5, 3])).Sum().Backward();
        Assert.Equal([0.5f, 3], a.Grad!.ToArray<float>());
        Assert.False(x.To(I64).RequiresGrad);
    }

    static readonly Func<Tensor, Tensor, Tensor>[] Ops = [(a, b) => a + b, (a, b) => a * b, (a, b) => a.Maximum(b)];

    static void Each(Action<int, int> check)
    {
        for (var i = 0; i < Types.Length; i++)
            for (var j = 0; j < Types.Length; j++) check(i, j);
    }
}
