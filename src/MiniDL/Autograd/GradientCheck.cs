using System.Globalization;

namespace MiniDL;

/// <summary>Compares the gradients of a function with central differences (f(x + h) − f(x − h))/2h, in Float64.</summary>
public static class GradientCheck
{
    /// <summary>Checks a function of one tensor.</summary>
    /// <inheritdoc cref="Run(Func{IReadOnlyList{Tensor}, Tensor}, IReadOnlyList{Tensor}, int, double, double, double)"/>
    public static void Run(Func<Tensor, Tensor> f, Tensor x, int order = 1, double eps = 1e-6, double rtol = 1e-5, double atol = 1e-6)
    {
        ArgumentNullException.ThrowIfNull(f);
        Run(u => f(u[0]), [x], order, eps, rtol, atol);
    }

    /// <summary>Checks a function of several tensors; its result may have any shape, and is weighed by fixed numbers.</summary>
    /// <param name="f">The function; it must give the same result each time.</param>
    /// <param name="x">Where; those that are Float64 are checked. Keep away from kinks.</param>
    /// <param name="order">1: gradients; 2: gradients of gradients too.</param>
    /// <param name="eps">The step h.</param>
    /// <param name="rtol">Allowed relative difference.</param>
    /// <param name="atol">Allowed absolute difference.</param>
    /// <exception cref="GradientCheckException">They differ: names the operand, the index and both numbers.</exception>
    public static void Run(Func<IReadOnlyList<Tensor>, Tensor> f, IReadOnlyList<Tensor> x, int order = 1, double eps = 1e-6, double rtol = 1e-5, double atol = 1e-6)
    {
        ArgumentNullException.ThrowIfNull(f);
        ArgumentNullException.ThrowIfNull(x);
        if (order is < 1 or > 2) throw new ArgumentOutOfRangeException(nameof(order), $"GradientCheck: order {order}; it is 1 or 2");
        if (!x.Any(u => u.DType == DType.Float64))
            throw new ArgumentException("GradientCheck: no operand is Float64; differences in Float32 are too rough", nameof(x));
        Compare(f, x, order, eps, rtol, atol, 1);
        if (order == 1) return;
        Compare(u => Gradients(f, u), x, order, eps, rtol, atol, 2);
    }

    /// <summary>The gradients of f as one vector: the function whose gradient is the second derivative.</summary>
    static Tensor Gradients(Func<IReadOnlyList<Tensor>, Tensor> f, IReadOnlyList<Tensor> x)
    {
        using var mode = Autograd.EnableGrad();
        Tensor[] leaves = [.. x.Select(u => u.DType == DType.Float64 && !u.RequiresGrad ? Leaf(u) : u)];
        var y = Weighed(f(leaves));
        Tensor[] inputs = [.. leaves.Where(u => u.RequiresGrad)];
        if (!y.RequiresGrad) return Tensor.Zeros([1], DType.Float64);
        var g = Autograd.Grad(y, inputs, createGraph: true);
        Tensor? total = null;
        for (var i = 0; i < g.Length; i++)
        {
            if (g[i] is null) continue;
            var part = Weighed(g[i]!);
            total = total is null ? part : total + part;
        }
        return total ?? Tensor.Zeros([1], DType.Float64);
    }

    static void Compare(Func<IReadOnlyList<Tensor>, Tensor> f, IReadOnlyList<Tensor> x, int order, double eps, double rtol, double atol, int derivative)
    {
        Tensor[] leaves = [.. x.Select(u => u.DType == DType.Float64 ? Leaf(u) : u)];
        var y = Weighed(f(leaves));
        Tensor[] inputs = [.. leaves.Where(u => u.RequiresGrad)];
        var analytic = y.RequiresGrad ? Autograd.Grad(y, inputs) : new Tensor?[inputs.Length];
        using var off = Autograd.NoGrad();
        for (int i = 0, k = 0; i < x.Count; i++)
        {
            if (x[i].DType != DType.Float64) continue;
            var g = analytic[k++]?.ToArray<double>();
            var values = x[i].ToArray<double>();
            for (var j = 0; j < values.Length; j++)
            {
                var numeric = (At(i, j, values[j] + eps) - At(i, j, values[j] - eps)) / (2 * eps);
                var given = g?[j] ?? 0;
                if (Math.Abs(given - numeric) <= atol + rtol * Math.Abs(numeric)) continue;
                if (double.IsNaN(given) && double.IsNaN(numeric)) continue;
                throw new GradientCheckException(string.Create(CultureInfo.InvariantCulture,
                    $"GradientCheck: operand {i} of shape {x[i].Shape}, element {j}: {(derivative == 1 ? "gradient" : "second derivative")} {given:R}, by differences {numeric:R} (step {eps}, order {order})"));
            }
        }

        double At(int operand, int element, double value)
        {
            var moved = x[operand].Detach().Clone();
            moved.Reshape(-1).Narrow(0, element, 1).Fill(value);
            var operands = x.ToArray();
            operands[operand] = moved;
            return Weighed(f(operands)).Item();
        }
    }

    static Tensor Leaf(Tensor x)
    {
        var leaf = x.Detach();
        leaf.RequiresGrad = true;
        return leaf;
    }

    /// <summary>Σ yᵢ·wᵢ with fixed, uneven weights, so that no symmetry hides an error.</summary>
    static Tensor Weighed(Tensor y)
    {
        if (y.DType != DType.Float64) y = y.To(DType.Float64);
        var weights = new double[y.Length];
        for (var i = 0; i < weights.Length; i++) weights[i] = 0.5 + (i * 0.6180339887498949 % 1);
        return (y * Tensor.From<double>(weights).Reshape(y.Shape).To(y.Device)).Sum();
    }
}

/// <summary>A gradient that is not what differences say.</summary>
public sealed class GradientCheckException : Exception
{
    /// <summary>In words.</summary>
    public GradientCheckException(string message) : base(message) { }

    /// <summary>With a cause.</summary>
    public GradientCheckException(string message, Exception innerException) : base(message, innerException) { }

    /// <summary>Empty.</summary>
    public GradientCheckException() { }
}
