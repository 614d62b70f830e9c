using MiniDL.NN;

namespace MiniDL.Optim;

/// <summary>Limits gradients between Backward and the optimizer's step.</summary>
public static class Clip
{
    /// <summary>Scales all gradients by one factor, so that together, as one long vector, their p-norm is at most <paramref name="maxNorm"/>.</summary>
    /// <param name="parameters">Whose gradients; those without one are left out.</param>
    /// <param name="maxNorm">The largest norm.</param>
    /// <param name="p">2: Euclidean; ∞: the largest magnitude.</param>
    /// <returns>The norm before, a single number where the gradients lie: reading it with <c>Item</c> waits for the device.</returns>
    public static Tensor GradNorm(IEnumerable<Parameter> parameters, double maxNorm, double p = 2)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (!(maxNorm >= 0)) throw new ArgumentOutOfRangeException(nameof(maxNorm), FormattableString.Invariant($"Clip.GradNorm: maxNorm is {maxNorm}; it must be at least 0"));
        using var mode = Autograd.NoGrad();
        using var scope = TempScope.Open();
        var leaves = Leaves(parameters);
        if (leaves.Count == 0) return Tensor.Scalar(0f);
        var first = leaves[0].Peek()!;
        var norms = Tensor.New(Layout.Of([leaves.Count]), first.dtype, first.Device);
        for (var i = 0; i < leaves.Count; i++)
        {
            var norm = leaves[i].Peek()!.Norm(p).To(first.dtype).To(first.Device);
            norms.Backend.Copy(norm.View, norms.View.With(Layout.Scalar, i));
            GC.KeepAlive(norm);
        }
        var total = norms.Norm(p);
        var factor = (maxNorm / (total + 1e-6)).Clamp(max: 1);
        Map(leaves, g => g * factor.To(g.dtype).To(g.Device));
        scope.Close(total);
        return total;
    }

    /// <summary>Moves every element of the gradients into [−limit, limit].</summary>
    /// <param name="parameters">Whose gradients; those without one are left out.</param>
    /// <param name="limit">The largest magnitude.</param>
    public static void GradValue(IEnumerable<Parameter> parameters, double limit)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (!(limit >= 0)) throw new ArgumentOutOfRangeException(nameof(limit), FormattableString.Invariant($"Clip.GradValue: limit is {limit}; it must be at least 0"));
        using var mode = Autograd.NoGrad();
        using var scope = TempScope.Open();
        Map(Leaves(parameters), g => g.Clamp(-limit, limit));
        scope.Close();
    }

    static List<LeafNode> Leaves(IEnumerable<Parameter> parameters)
        => [.. parameters.Select(parameter => parameter.node).OfType<LeafNode>().Where(leaf => leaf.HasGrad)];

    // A gradient may be shared with another leaf, so none is written in place.
    static void Map(List<LeafNode> leaves, Func<Tensor, Tensor> f)
    {
        foreach (var leaf in leaves) leaf.Replace(f(leaf.Peek()!.Detach()));
    }
}
