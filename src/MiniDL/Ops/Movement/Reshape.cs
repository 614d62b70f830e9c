namespace MiniDL;

public partial class Tensor
{
    /// <summary>The same elements in another shape: a view when the strides allow it, else a copy.</summary>
    /// <remarks>Gradient: dx = dy in the old shape.</remarks>
    /// <param name="shape">The new sizes; one of them may be −1: what is left.</param>
    /// <exception cref="ShapeException">The counts differ.</exception>
    public Tensor Reshape(params ReadOnlySpan<int> shape)
    {
        var target = ResolveShape(shape, nameof(Reshape));
        if (target.SameSizes(layout)) return this;
        if (ViewLayout(layout, target) is { } view) return MovementNode.View(nameof(Reshape), this, Alias(view));
        return MovementNode.View(nameof(Reshape), this, ContiguousData().Alias(target));
    }

    /// <inheritdoc cref="Reshape(ReadOnlySpan{int})"/>
    public Tensor Reshape(params int[] shape) => Reshape((ReadOnlySpan<int>)shape);

    /// <summary>As <see cref="Reshape(ReadOnlySpan{int})"/>, but never copies.</summary>
    /// <exception cref="ShapeException">The strides need a copy.</exception>
    public Tensor ViewAs(params ReadOnlySpan<int> shape)
    {
        var target = ResolveShape(shape, nameof(ViewAs));
        var view = ViewLayout(layout, target)
            ?? throw new ShapeException(nameof(ViewAs), $"the strides of this view of shape {layout} do not allow shape {target} without a copy; use Reshape", "shape");
        return MovementNode.View(nameof(ViewAs), this, Alias(view));
    }

    /// <summary>Axes <paramref name="startDim"/> to <paramref name="endDim"/> made one.</summary>
    /// <remarks>Gradient: dx = dy in the old shape.</remarks>
    public Tensor Flatten(int startDim = 0, int endDim = -1)
    {
        if (Rank == 0) return Reshape([1]);
        var start = Dims.Axis(startDim, Rank, nameof(Flatten));
        var end = Dims.Axis(endDim, Rank, nameof(Flatten));
        if (start > end) throw new ArgumentException($"Flatten: startDim {startDim} comes after endDim {endDim}", nameof(startDim));
        Span<int> shape = stackalloc int[Rank - (end - start)];
        layout.Sizes[..start].CopyTo(shape);
        long merged = 1;
        for (var i = start; i <= end; i++) merged *= layout.Size(i);
        shape[start] = checked((int)merged);
        layout.Sizes[(end + 1)..].CopyTo(shape[(start + 1)..]);
        return Reshape(shape);
    }

    /// <summary>The layout of a shape in which one size may be −1.</summary>
    Layout ResolveShape(ReadOnlySpan<int> shape, string op)
    {
        Span<int> sizes = stackalloc int[shape.Length];
        shape.CopyTo(sizes);
        var unknown = shape.IndexOf(-1);
        if (unknown >= 0)
        {
            if (shape[(unknown + 1)..].Contains(-1)) throw new ShapeException(op, $"shape {Layout.Text(shape)} has more than one −1", "shape");
            long known = 1;
            for (var i = 0; i < shape.Length; i++)
                if (i != unknown) known *= shape[i];
            if (known == 0 || Length % known != 0)
                throw new ShapeException(op, $"{Length} elements of shape {layout} do not divide into {Layout.Text(shape)}", "shape", unknown);
            sizes[unknown] = checked((int)(Length / known));
        }
        Dims.Check(sizes, op);
        var target = Layout.Of(sizes);
        if (target.Count != Length)
            throw new ShapeException(op, $"shape {Layout.Text(shape)} has {target.Count} elements, the tensor of shape {layout} has {Length}", "shape", null, Length, target.Count);
        return target;
    }

    /// <summary>Strides that show the elements of <paramref name="x"/> in another shape, or null when there are none.</summary>
    static Layout? ViewLayout(Layout x, Layout target)
    {
        if (x.IsContiguous || x.Count == 0) return target;
        Span<long> strides = stackalloc long[target.Rank];
        // Walk both from the end: groups of old axes that lie side by side must cover groups of new axes.
        int i = x.Rank - 1, j = target.Rank - 1;
        while (i >= 0)
        {
            if (x.Size(i) == 1) { i--; continue; }
            long run = x.Size(i), inner = x.Stride(i);
            while (i > 0 && (x.Size(i - 1) == 1 || x.Stride(i - 1) == x.Size(i) * x.Stride(i) || IsRun(x, i - 1, inner, run)))
            {
                i--;
                run *= x.Size(i);
            }
            i--;
            long covered = 1;
            while (j >= 0 && (covered < run || target.Size(j) == 1))
            {
                strides[j] = inner * covered;
                covered *= target.Size(j);
                j--;
            }
            if (covered != run) return null;
        }
        while (j >= 0) strides[j--] = 1;
        return Layout.Of(target.Sizes, strides);
    }

    /// <summary>True when the axis continues a run of <paramref name="run"/> elements that begins with stride <paramref name="inner"/>.</summary>
    static bool IsRun(Layout x, int axis, long inner, long run) => x.Stride(axis) == inner * run;
}

/// <summary>The node of the ops that show the same elements in another way: dx is dy shown the other way round.</summary>
internal sealed class MovementNode(string name, Tensor x, Tensor y) : UnaryGradNode(x, y)
{
    readonly Layout from = x.layout;

    public override string Name => name;

    /// <summary>Records a view with the same elements in the same order.</summary>
    public static Tensor View(string op, Tensor x, Tensor y)
    {
        if (x.node is not null && GradMode.Enabled) y.node = new MovementNode(op, x, y);
        return Gate.Leave(op, y, x);
    }

    protected override Tensor Backward(Tensor dy) => dy.Reshape(from.Sizes);
}
