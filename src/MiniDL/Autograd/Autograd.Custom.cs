namespace MiniDL;

public static partial class Autograd
{
    /// <summary>A function with a gradient of one's own: a straight-through estimator, a clipped gradient, a call into other code.</summary>
    /// <param name="x">The operand.</param>
    /// <param name="forward">y = forward(x), not recorded.</param>
    /// <param name="backward">dx = backward(x, dy), written with tensor ops: then second derivatives come by themselves.</param>
    /// <example><code>Autograd.Custom(x, forward: u => u.Sign(), backward: (u, dy) => dy * (u.Abs() &lt; 1))</code></example>
    public static Tensor Custom(Tensor x, Func<Tensor, Tensor> forward, Func<Tensor, Tensor, Tensor> backward)
    {
        ArgumentNullException.ThrowIfNull(forward);
        ArgumentNullException.ThrowIfNull(backward);
        return Custom([x], u => forward(u[0]), (u, dy) => [backward(u[0], dy)]);
    }

    /// <summary>A function of several tensors with gradients of one's own.</summary>
    /// <param name="x">The operands.</param>
    /// <param name="forward">y = forward(x), not recorded.</param>
    /// <param name="backward">The gradient of each operand, or null for none.</param>
    public static Tensor Custom(IReadOnlyList<Tensor> x, Func<IReadOnlyList<Tensor>, Tensor> forward, Func<IReadOnlyList<Tensor>, Tensor, IReadOnlyList<Tensor?>> backward)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(forward);
        ArgumentNullException.ThrowIfNull(backward);
        Tensor[] operands = [.. x];
        foreach (var operand in operands)
            if (operand.storage is DeviceBuffer buffer) buffer.Escape();
        Tensor y;
        using (TempScope.Suspend())
        using (NoGrad())
            y = forward(Array.ConvertAll(operands, u => u.Detach())).Detach();
        if (GradMode.Enabled && Array.Exists(operands, u => u.node is not null)) y.node = new CustomNode(operands, y, backward);
        return Gate.Leave("Custom", y, operands);
    }

    sealed class CustomNode : ManyGradNode
    {
        readonly Saved[] saved;
        readonly Func<IReadOnlyList<Tensor>, Tensor, IReadOnlyList<Tensor?>> backward;

        public CustomNode(Tensor[] operands, Tensor y, Func<IReadOnlyList<Tensor>, Tensor, IReadOnlyList<Tensor?>> backward) : base(operands, y)
        {
            saved = Array.ConvertAll(operands, Saved.Input);
            this.backward = backward;
        }

        public override string Name => "Custom";

        public override void Backward(Tensor dy, Span<Tensor?> dx)
        {
            var x = new Tensor[saved.Length];
            for (var i = 0; i < x.Length; i++) x[i] = saved[i].Read(this);
            if (dy.storage is DeviceBuffer buffer) buffer.Escape();
            using var suspended = TempScope.Suspend();
            var gradients = backward(x, dy);
            if (gradients.Count != x.Length)
                throw new InvalidOperationException($"Custom: backward gave {gradients.Count} gradients for {x.Length} operands");
            for (var i = 0; i < x.Length; i++)
            {
                dx[i] = gradients[i];
                if (dx[i]?.storage is DeviceBuffer given) given.Escape();
            }
        }

        public override void Release()
        {
            base.Release();
            foreach (ref var operand in saved.AsSpan()) operand.Release();
        }
    }
}
