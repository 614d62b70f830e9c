namespace MiniDL.Conformance.Rows;

/// <summary>How an operand lies in memory.</summary>
internal enum Lay
{
    /// <summary>Row-major.</summary>
    Contiguous,

    /// <summary>Column-major.</summary>
    Transposed,

    /// <summary>Every other element of a block whose rest is NaN.</summary>
    EveryOther,

    /// <summary>One slice along the first axis, repeated by stride 0.</summary>
    Expanded,
}

/// <summary>Tensors of plain arrays, and back.</summary>
internal static class Operands
{
    /// <summary>A tensor of x's elements in a dtype.</summary>
    public static Tensor Make(Nd x, DType dtype, Device device)
        => Tensor.From<double>(x.Data).Reshape(x.Shape).To(dtype).To(device);

    /// <summary>The same elements lying otherwise; Expanded repeats the first slice instead.</summary>
    public static Tensor Lie(Tensor x, Lay lay)
    {
        if (x.Rank == 0 && lay != Lay.EveryOther) return x;
        switch (lay)
        {
            case Lay.Transposed:
                int[] back = [.. Enumerable.Range(0, x.Rank).Reverse()];
                return x.Permute(back).Clone().Permute(back);
            case Lay.EveryOther:
                var gaps = x.DType.IsDifferentiable() ? Tensor.FullLike(x, double.NaN) : x;
                return Tensor.Stack([x, gaps], x.Rank).Select(x.Rank, 0);
            case Lay.Expanded when x.Size(0) > 0:
                return x.Narrow(0, 0, 1).Expand(x.Shape);
            default:
                return x;
        }
    }

    /// <summary>The elements as doubles.</summary>
    public static double[] Values(Tensor x) => x.Detach().To(DType.Float64).ToArray<double>();

    /// <summary>A copy outside any graph that takes gradients.</summary>
    public static Tensor Leaf(Tensor x)
    {
        var leaf = x.Detach();
        leaf.RequiresGrad = true;
        return leaf;
    }

    /// <summary>The gradients of all float results with fixed, uneven weights, for each operand that takes one; null where there is none.</summary>
    public static Tensor?[] Gradients(OpRow row, Tensor[] x, Operand[] of)
    {
        Tensor[] operands = [.. x.Select((u, i) => of[i].Domain.TakesGradient && u.DType.IsDifferentiable() ? Leaf(u) : u)];
        var loss = Loss(row.Call(operands));
        Tensor[] leaves = [.. operands.Where(u => u.RequiresGrad)];
        return loss.RequiresGrad ? Autograd.Grad(loss, leaves) : new Tensor?[leaves.Length];
    }

    /// <summary>The float results, weighed and summed.</summary>
    static Tensor Loss(Tensor[] y)
    {
        Tensor? total = null;
        foreach (var part in y.Where(u => u.DType.IsDifferentiable()))
        {
            var weights = new double[part.Length];
            for (var i = 0; i < weights.Length; i++) weights[i] = 0.5 + (i * 0.6180339887498949 % 1);
            var sum = (part * Make(new([.. part.Shape], weights), part.DType, part.Device)).Sum();
            total = total is null ? sum : total + sum;
        }
        return total ?? Tensor.Zeros([]);
    }
}
