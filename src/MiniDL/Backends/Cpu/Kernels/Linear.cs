using System.Runtime.CompilerServices;

namespace MiniDL;

internal sealed unsafe partial class CpuBackend<E> : ILinearKernels
{
    /// <inheritdoc/>
    public void LinearForward(Activation activation, in TensorView x, in TensorView w, in TensorView b, in TensorView y)
    {
        if (y.Count == 0) return;
        int rows = y.Size(0), outputs = y.Size(1), inputs = x.Size(1);
        fixed (byte* px = x, pw = w, pb = &Start(!b.IsNone, b), py = y)
        {
            var weights = new GemmMatrix<E>((E*)pw, (nint)w.Stride(1), (nint)w.Stride(0)); // wᵀ
            Gemm.RunParallel(rows, outputs, inputs, new GemmMatrix<E>((E*)px, inputs), weights, new((E*)py, outputs));
            Finish(activation, (E*)py, (E*)pb, rows, outputs);
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

    static void Finish(Activation activation, E* y, E* b, int rows, int outputs)
    {
        switch (activation)
        {
            case Activation.None: Finish<Identity>(y, b, rows, outputs); break;
            case Activation.Relu: Finish<FloatUnary<ReluOp>>(y, b, rows, outputs); break;
            case Activation.Sigmoid: Finish<SigmoidOp>(y, b, rows, outputs); break;
            case Activation.Tanh: Finish<TanhOp>(y, b, rows, outputs); break;
            default: throw NoKernel($"{nameof(LinearForward)}({activation})");
        }
    }

    static void Finish<TActivation>(E* y, E* b, int rows, int outputs) where TActivation : struct, IFormula
    {
        // Without a bias all rows are one.
        if (b != null) ForUnits(new BiasRows<TActivation> { Y = y, B = b, Outputs = outputs }, rows, outputs);
        else if (typeof(TActivation) != typeof(Identity)) ForUnits(new ActivationPieces<TActivation> { Y = y, Count = (long)rows * outputs }, Chunks((long)rows * outputs, Grain), Grain);
    }

    readonly struct Identity : IFormula
    {
        public T Invoke<T>(T x) where T : struct, ILanes<T> => x;
    }

    /// <summary>f(y + b).</summary>
    readonly struct WithBias<TActivation> : IMapOp where TActivation : struct, IFormula
    {
        public static int Arity => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Invoke<T>(T y, T b, T c) where T : struct, ILanes<T> => default(TActivation).Invoke(y + b);
    }

    struct BiasRows<TActivation> : IUnits where TActivation : struct, IFormula
    {
        public E* Y;
        public E* B;
        public int Outputs;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<T, W>(long unit)
            where T : struct, IVectorLanes<T, E>
            where W : struct, IVectorLanes<W, E>
        {
            var y = Y + unit * Outputs;
            MapDense<WithBias<TActivation>, T>(default, y, y, B, null, Outputs);
        }
    }

    struct ActivationPieces<TActivation> : IUnits where TActivation : struct, IFormula
    {
        public E* Y;
        public long Count;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<T, W>(long unit)
            where T : struct, IVectorLanes<T, E>
            where W : struct, IVectorLanes<W, E>
        {
            var y = Y + unit * Grain;
            MapDense<UnaryMap<TActivation>, T>(default, y, y, null, null, Math.Min(Grain, Count - unit * Grain));
        }
    }
}
