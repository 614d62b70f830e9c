namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = (x − mean)/√(var + ε)·w + b, mean and variance over each group of channels of each image (Wu and He 2018, arXiv:1803.08494); x is [N, C, …].</summary>
    /// <remarks>Gradient: that of LayerNorm over the groups, then of the scale and shift of each channel.</remarks>
    /// <param name="groups">How many groups; they divide C.</param>
    /// <param name="w">Scale [C]; 1 when left out.</param>
    /// <param name="b">Shift [C]; 0 when left out.</param>
    /// <param name="eps">ε.</param>
    /// <exception cref="ShapeException">The groups do not divide the channels, or w or b has not C elements.</exception>
    public Tensor GroupNorm(int groups, Tensor? w = null, Tensor? b = null, double eps = 1e-5)
    {
        if (Rank < 2) throw new ShapeException(nameof(GroupNorm), $"x has shape {layout}; it must be [N, C, …]", "x", null, 2, Rank);
        var channels = Size(1);
        if (groups < 1 || channels % groups != 0)
            throw new ShapeException(nameof(GroupNorm), $"{groups} groups do not divide the {channels} channels of x {layout}", "groups", 1, null, channels);
        foreach (var (p, name) in new[] { (w, nameof(w)), (b, nameof(b)) })
            if (p is not null && (p.Rank != 1 || p.Size(0) != channels))
                throw new ShapeException(nameof(GroupNorm), $"x {layout} has {channels} channels, {name} has shape {p.layout}", name, 0, channels);
        if (Length == 0) return Clone();
        var rows = Reshape(Size(0), groups, -1);
        var y = rows.LayerNorm([rows.Size(2)], eps: eps).Reshape(Shape);
        Span<int> channel = stackalloc int[Rank - 1];
        channel.Fill(1);
        channel[0] = channels;
        if (w is not null) y *= w.Reshape(channel);
        return b is null ? y : y + b.Reshape(channel);
    }
}
