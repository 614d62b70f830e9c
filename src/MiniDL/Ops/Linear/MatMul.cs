namespace MiniDL;

public partial class Tensor
{
    /// <summary>The matrix product, as NumPy and PyTorch define it for every rank.</summary>
    /// <remarks>
    /// [M,K]·[K,N] → [M,N]; leading axes are batches and broadcast; a vector on the left is a row, on the right a column, and its axis goes away.
    /// yₘₙ = Σₖ aₘₖ·bₖₙ, added up in the order of k by FMA. Gradient: da = dy·bᵀ, db = aᵀ·dy.
    /// </remarks>
    /// <exception cref="ShapeException">The inner sizes differ, or the batch axes do not broadcast.</exception>
    /// <exception cref="ArgumentException">The dtypes differ: no silent conversion of a whole matrix.</exception>
    public Tensor MatMul(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Product(nameof(MatMul), this, other);
    }

    /// <summary>[M,K]·[K,N] → [M,N].</summary>
    /// <inheritdoc cref="MatMul"/>
    public Tensor Mm(Tensor other) => ProductOfRanks(nameof(Mm), other, 2, 2);

    /// <summary>A batch of products: [B,M,K]·[B,K,N] → [B,M,N].</summary>
    /// <inheritdoc cref="MatMul"/>
    public Tensor Bmm(Tensor other) => ProductOfRanks(nameof(Bmm), other, 3, 3);

    /// <summary>Matrix times vector: [M,K]·[K] → [M].</summary>
    /// <inheritdoc cref="MatMul"/>
    public Tensor Mv(Tensor other) => ProductOfRanks(nameof(Mv), other, 2, 1);

    /// <summary>The outer product of two vectors: [M]·[N] → [M,N].</summary>
    /// <inheritdoc cref="MatMul"/>
    public Tensor Outer(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Rank != 1 || other.Rank != 1)
            throw new ShapeException(nameof(Outer), $"takes two vectors, a has shape {layout}, b has {other.layout}");
        return Unsqueeze(1) * other;
    }

    Tensor ProductOfRanks(string op, Tensor other, int rankA, int rankB)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Rank != rankA || other.Rank != rankB)
            throw new ShapeException(op, $"takes tensors of rank {rankA} and {rankB}, a has shape {layout}, b has {other.layout}");
        if (rankA == 3 && Size(0) != other.Size(0))
            throw new ShapeException(op, $"the batches differ: a {layout} has {Size(0)}, b {other.layout} has {other.Size(0)}", "b", 0, Size(0), other.Size(0));
        return Product(op, this, other);
    }

    static Tensor Product(string op, Tensor a, Tensor b)
    {
        if (a.Rank == 0 || b.Rank == 0)
            throw new ShapeException(op, $"takes no single numbers: a has shape {a.layout}, b has {b.layout}; use *");
        if (a.dtype != b.dtype)
            throw new ArgumentException($"{Gate.Describe(op)}: a is {a.dtype}, b is {b.dtype}; convert one with To(DType.{(a.dtype.IsDifferentiable() ? a.dtype : b.dtype)})");
        Types.Expect(a, a.dtype.IsDifferentiable() || a.dtype.IsInteger(), op, "a", "a matrix product takes Float32, Float64, Int32 or Int64");
        Types.SameDevice(a, b, op);
        var inner = b.Rank == 1 ? b.Size(0) : b.Size(-2);
        if (a.Size(-1) != inner)
            throw new ShapeException(op, $"the inner sizes differ: a {a.layout} ends in {a.Size(-1)}, b {b.layout} starts in {inner}", "b", Math.Max(b.Rank - 2, 0), a.Size(-1), inner);
        var (row, column) = (a.Rank == 1, b.Rank == 1);
        var y = Batched(op, row ? a.Unsqueeze(0) : a, column ? b.Unsqueeze(1) : b);
        if (row) y = y.Squeeze(y.Rank - 2);
        if (column) y = y.Squeeze(y.Rank - 1);
        return y;
    }

    /// <summary>The product of two matrices or batches of them.</summary>
    static Tensor Batched(string op, Tensor a, Tensor b)
    {
        Gate.Enter(op);
        var rank = Math.Max(a.Rank, b.Rank);
        Span<int> sizes = stackalloc int[rank], sizesA = stackalloc int[rank], sizesB = stackalloc int[rank];
        for (var i = 3; i <= rank; i++)
        {
            var (sa, sb) = (i <= a.Rank ? a.Size(-i) : 1, i <= b.Rank ? b.Size(-i) : 1);
            if (sa != sb && sa != 1 && sb != 1)
                throw new ShapeException(op, $"the batches of a {a.layout} and b {b.layout} do not broadcast: {sa} and {sb} at axis −{i}", "b", rank - i, sa, sb);
            sizes[^i] = sizesA[^i] = sizesB[^i] = sa == 1 ? sb : sa;
        }
        (sizesA[^2], sizesA[^1]) = (a.Size(-2), a.Size(-1));
        (sizesB[^2], sizesB[^1]) = (b.Size(-2), b.Size(-1));
        (sizes[^2], sizes[^1]) = (a.Size(-2), b.Size(-1));
        var y = New(Layout.Of(sizes), a.dtype, a.Device);
        a.Backend.MatMul(a.ViewAs(Dims.Expand(a.layout, sizesA)), b.ViewAs(Dims.Expand(b.layout, sizesB)), y.View);
        if ((a.node is not null || b.node is not null) && GradMode.Enabled) y.node = new MatMulNode(a, b, y);
        return Gate.Leave(op, y, a, b);
    }

    /// <summary>da = dy·bᵀ, db = aᵀ·dy; products again, so that second derivatives stay products.</summary>
    sealed class MatMulNode(Tensor a, Tensor b, Tensor y) : BinaryGradNode(a, b, y)
    {
        Saved a = Saved.Input(a), b = Saved.Input(b);

        public override string Name => "MatMul";

        public override void Backward(Tensor dy, Span<Tensor?> dx)
        {
            var (ta, tb) = (a.Read(this), b.Read(this));
            if (WantsA) dx[0] = Batched("MatMul", dy, tb.T()).SumTo(ta.layout);
            if (WantsB) dx[1] = Batched("MatMul", ta.T(), dy).SumTo(tb.layout);
        }

        public override void Release()
        {
            base.Release();
            a.Release();
            b.Release();
        }
    }
}
