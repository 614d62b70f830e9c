namespace MiniDL;

public partial class Tensor
{
    /// <summary>A border of one value around x; a negative width crops instead.</summary>
    /// <remarks>Gradient: dx = dy inside the border, 0 where x was cropped.</remarks>
    /// <param name="pad">Widths before and after, the last axis first: [left, right, top, bottom, …], as in PyTorch.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ShapeException">The widths are odd in number, too many, or crop more than there is.</exception>
    public Tensor Pad(ReadOnlySpan<int> pad, double value = 0)
    {
        if (pad.Length % 2 != 0 || pad.Length / 2 > Rank)
            throw new ShapeException(nameof(Pad), $"pad {Layout.Text(pad)} has {pad.Length} widths; it takes 2 an axis, for at most the {Rank} axes of {layout}", nameof(pad));
        Gate.Enter(nameof(Pad));
        var number = InPlace.Number(this, value, nameof(Pad));
        var x = this;
        Span<int> sizes = stackalloc int[Rank];
        var starts = new int[Rank];
        for (var axis = 0; axis < Rank; axis++)
        {
            var (size, pair) = (layout.Size(axis), Rank - 1 - axis);
            var (before, after) = pair < pad.Length / 2 ? (pad[2 * pair], pad[2 * pair + 1]) : (0, 0);
            var left = size + Math.Min(before, 0) + Math.Min(after, 0);
            if (left < 0)
                throw new ShapeException(nameof(Pad), $"pad {Layout.Text(pad)} crops {-Math.Min(before, 0) - Math.Min(after, 0)} from axis {axis} of {layout}, which has {size}", nameof(pad), axis, null, size);
            x = x.Slice(axis, Math.Max(-before, 0), left, 1);
            (starts[axis], sizes[axis]) = (Math.Max(before, 0), checked(left + Math.Max(before, 0) + Math.Max(after, 0)));
        }
        if (x.layout.Sizes.SequenceEqual(sizes)) return x;
        var y = number.Expand(sizes).Clone();
        var hole = y.Hole(starts, x.layout.Sizes);
        if (x.Length > 0) x.Backend.Copy(x.View, hole.View);
        if (x.node is not null && GradMode.Enabled) y.node = new PadNode(x, y, starts);
        return Gate.Leave(nameof(Pad), y, x);
    }

    /// <summary>The block of the given sizes that begins at <paramref name="starts"/>.</summary>
    Tensor Hole(int[] starts, ReadOnlySpan<int> sizes)
    {
        var y = this;
        for (var axis = 0; axis < Rank; axis++) y = y.Slice(axis, starts[axis], sizes[axis], 1);
        return y;
    }

    sealed class PadNode(Tensor x, Tensor y, int[] starts) : UnaryGradNode(x, y)
    {
        readonly Layout from = x.layout;

        public override string Name => "Pad";

        protected override Tensor Backward(Tensor dy) => dy.Hole(starts, from.Sizes);
    }
}
