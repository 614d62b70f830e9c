using ILGPU;

namespace MiniDL.Gpu;

internal sealed partial class GpuRealBackend<T> : ILinearKernels
{
    /// <inheritdoc/>
    public void LinearForward(Activation activation, in TensorView x, in TensorView w, in TensorView b, in TensorView y)
    {
        switch (activation)
        {
            case Activation.None when b.IsNone: MatMul(x, w.With(Layout.Of([w.Size(1), w.Size(0)], [w.Stride(1), w.Stride(0)])), y); break;
            case Activation.None: LinearWith<Identity>(x, w, b, y); break;
            case Activation.Relu: LinearWith<FloatUnary<ReluOp>>(x, w, b, y); break;
            case Activation.Sigmoid: LinearThen<SigmoidOp>(x, w, b, y); break;
            case Activation.Tanh: LinearThen<TanhOp>(x, w, b, y); break;
            default: throw NoKernel($"{nameof(LinearForward)}({activation})");
        }
    }

    /// <inheritdoc/>
    public void LinearActivationBackward(Activation activation, in TensorView saved, in TensorView dy, in TensorView g)
    {
        switch (activation)
        {
            case Activation.Relu: Map(new UnaryBackwardMap<FloatUnary<ReluOp>>(default), g, dy, saved, default); break;
            case Activation.Sigmoid: Map(new UnaryBackwardMap<SigmoidOp>(default), g, dy, saved, default); break;
            case Activation.Tanh: Map(new UnaryBackwardMap<TanhOp>(default), g, dy, saved, default); break;
            default: throw NoKernel($"{nameof(LinearActivationBackward)}({activation})");
        }
    }

    // A long formula has a launch of its own: it would stand in the product's kernel 64 times, for each of a thread's sums.
    void LinearThen<TActivation>(in TensorView x, in TensorView w, in TensorView b, in TensorView y) where TActivation : struct, IUnaryOp
    {
        LinearForward(Activation.None, x, w, b, y);
        Map(new UnaryMap<TActivation>(default), y, y, default, default);
    }

    void LinearWith<TActivation>(in TensorView x, in TensorView w, in TensorView b, in TensorView y) where TActivation : struct, IFormula
    {
        if (y.Count == 0) return;
        int rows = y.Size(0), outputs = y.Size(1), inputs = x.Size(1);
        var a = new StridedOperand<T>(Whole<T>(x), x.Offset, rows, inputs, inputs, 1, true);
        var columns = new StridedOperand<T>(Whole<T>(w), w.Offset, outputs, inputs, w.Stride(0), w.Stride(1), true);
        Gemm<T>.Launch(Gpu, rows, outputs, ProductSizes.One(inputs), 1, a, columns, new LinearEnd<T, TActivation>(new(Whole<T>(y), y.Offset, rows, outputs), DenseOrNone<T>(b)));
    }

    readonly struct Identity : IFormula
    {
        public TLanes Invoke<TLanes>(TLanes x) where TLanes : struct, ILanes<TLanes> => x;
    }
}

/// <summary>y = f(the sums + b), b by columns.</summary>
internal struct LinearEnd<T, TActivation>(ProductEnd<T> y, ArrayView<T> b) : IProductEnd<T>
    where T : unmanaged, IReal<T>
    where TActivation : struct, IFormula
{
    ProductEnd<T> y = y;
    readonly ArrayView<T> b = b;

    public void Move(long y, long b) => this.y.Move(y, b);

    public readonly T First(int row) => y.First(row);

    public readonly void Write(int row, int column, T sum)
    {
        if (column < y.Columns) y.Write(row, column, Finish(sum, column));
    }

    public readonly void Write(int row, int column, Four<T> sums)
    {
        // The columns end within the four, or not.
        var most = y.Columns - 1;
        if (column > most) return;
        y.Write(row, column, new Four<T>
        {
            X = Finish(sums.X, column),
            Y = Finish(sums.Y, Math.Min(column + 1, most)),
            Z = Finish(sums.Z, Math.Min(column + 2, most)),
            W = Finish(sums.W, Math.Min(column + 3, most)),
        });
    }

    readonly T Finish(T sum, int column) => default(TActivation).Invoke(b.Length == 0 ? sum : sum + b[column]);
}
