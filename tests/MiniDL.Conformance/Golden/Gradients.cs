namespace MiniDL.Conformance.Golden;

/// <summary>Differentiation as the corpus means it.</summary>
static class Gradients
{
    /// <summary>The gradients of Σ wₖ·yₖ with respect to the inputs, recorded; null for an input that no yₖ depends on.</summary>
    public static Tensor?[] Of(IReadOnlyList<Tensor?> y, IReadOnlyList<Tensor?> w, IReadOnlyList<Tensor> inputs)
    {
        Tensor? total = null;
        for (var k = 0; k < y.Count; k++)
        {
            if (y[k] is not { RequiresGrad: true } yk || w[k] is not { } wk) continue;
            var term = (yk * wk).Sum();
            total = total is null ? term : total + term;
        }
        return total is null ? new Tensor?[inputs.Count] : Autograd.Grad(total, inputs, createGraph: true);
    }
}
