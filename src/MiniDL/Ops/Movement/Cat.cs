namespace MiniDL;

public partial class Tensor
{
    /// <summary>Tensors one after the other along an axis; their other axes agree. Dtypes promote.</summary>
    /// <remarks>Gradient: each operand gets its slice of dy.</remarks>
    /// <exception cref="ArgumentException">There is none.</exception>
    /// <exception cref="ShapeException">Ranks or other axes differ.</exception>
    public static Tensor Cat(IReadOnlyList<Tensor> tensors, int dim = 0) => Cat(Same(tensors, nameof(Cat)), dim, nameof(Cat));

    /// <summary>Tensors of one shape side by side along a new axis at <paramref name="dim"/> of the result. Dtypes promote.</summary>
    /// <remarks>Gradient: each operand gets its slice of dy.</remarks>
    /// <exception cref="ArgumentException">There is none.</exception>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static Tensor Stack(IReadOnlyList<Tensor> tensors, int dim = 0)
    {
        var x = Same(tensors, nameof(Stack));
        for (var i = 1; i < x.Length; i++)
            if (!x[i].layout.SameSizes(x[0].layout))
                throw new ShapeException(nameof(Stack), $"tensors[{i}] has shape {x[i].layout}, tensors[0] has {x[0].layout}", nameof(tensors));
        var axis = Dims.Axis(dim, x[0].Rank + 1, nameof(Stack));
        return Cat(Array.ConvertAll(x, t => t.Unsqueeze(axis)), axis, nameof(Stack));
    }

    /// <summary>The operands in the dtype in which all meet, on one device.</summary>
    static Tensor[] Same(IReadOnlyList<Tensor> tensors, string op)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        if (tensors.Count == 0) throw new ArgumentException($"{Gate.Describe(op)}: there is no tensor", nameof(tensors));
        Tensor[] x = [.. tensors];
        var dtype = x[0].dtype;
        for (var i = 1; i < x.Length; i++)
        {
            if (x[i].dtype != dtype) dtype = DTypes.Promote(dtype, x[i].dtype);
            Types.SameDevice(x[0], x[i], op);
        }
        for (var i = 0; i < x.Length; i++) x[i] = x[i].To(dtype);
        return x;
    }

    static Tensor Cat(Tensor[] x, int dim, string op)
    {
        Gate.Enter(op);
        var first = x[0].layout;
        if (first.Rank == 0) throw new ShapeException(op, "tensors[0] is 0-d and has no axis to join along; use Stack", "tensors");
        var axis = Dims.Axis(dim, first.Rank, op);
        Span<int> sizes = stackalloc int[first.Rank];
        first.Sizes.CopyTo(sizes);
        for (var i = 1; i < x.Length; i++)
        {
            var other = x[i].layout;
            for (var k = 0; k < Math.Max(first.Rank, other.Rank); k++)
                if (other.Rank != first.Rank || (k != axis && other.Size(k) != first.Size(k)))
                    throw new ShapeException(op, $"tensors[{i}] {other} and tensors[0] {first} differ beside axis {axis}", "tensors", k);
            sizes[axis] = checked(sizes[axis] + other.Size(axis));
        }
        Dims.Check(sizes, op);
        var y = New(Layout.Of(sizes), x[0].dtype, x[0].Device);
        var (start, recorded) = (0, false);
        foreach (var piece in x)
        {
            var hole = y.Slice(axis, start, piece.layout.Size(axis), 1);
            if (piece.Length > 0) piece.Backend.Copy(piece.View, hole.View);
            start += piece.layout.Size(axis);
            recorded |= piece.node is not null;
        }
        if (recorded && GradMode.Enabled) y.node = new CatNode(op, x, y, axis);
        return Gate.Leave(op, y, x);
    }

    sealed class CatNode : ManyGradNode
    {
        readonly string name;
        readonly int axis;
        readonly int[] sizes;

        public CatNode(string name, Tensor[] x, Tensor y, int axis) : base(x, y)
            => (this.name, this.axis, sizes) = (name, axis, Array.ConvertAll(x, t => t.layout.Size(axis)));

        public override string Name => name;

        public override void Backward(Tensor dy, Span<Tensor?> dx)
        {
            var start = 0;
            for (var i = 0; i < sizes.Length; i++)
            {
                if (Wants(i)) dx[i] = dy.Narrow(axis, start, sizes[i]);
                start += sizes[i];
            }
        }
    }
}
