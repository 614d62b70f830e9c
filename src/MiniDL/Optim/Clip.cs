using MiniDL.NN;

namespace MiniDL.Optim;

/// <summary>Limits gradients between Backward and the optimizer's step.</summary>
public static class Clip
{
    /// <summary>Scales all gradients by one factor, so that together, as one long vector, their p-norm is at most <paramref name="maxNorm"/>.</summary>
    /// <param name="parameters">Whose gradients; those without one are left out.</param>
    /// <param name="maxNorm">The largest norm.</param>
    /// <param name="p">2: Euclidean; ∞: the largest magnitude.</param>
    /// <returns>The norm before.</returns>
    public static double GradNorm(IEnumerable<Parameter> parameters, double maxNorm, double p = 2)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (!(maxNorm >= 0)) throw new ArgumentOutOfRangeException(nameof(maxNorm), FormattableString.Invariant($"Clip.GradNorm: maxNorm is {maxNorm}; it must be at least 0"));
        using var mode = Autograd.NoGrad();
        using var scope = TempScope.Open();
        var leaves = Leaves(parameters);
        var norms = leaves.Select(leaf => leaf.Peek()!.Norm(p).Item()).ToArray();
        var total = norms.Length == 0 ? 0
            : double.IsPositiveInfinity(p) ? norms.Max()
            : double.IsNegativeInfinity(p) ? norms.Min()
            : p == 0 ? norms.Sum()
            : Math.Pow(norms.Sum(norm => Math.Pow(norm, p)), 1 / p);
        var factor = maxNorm / (total + 1e-6);
        if (!(factor >= 1)) Map(leaves, g => g * factor);
        scope.Close();
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
