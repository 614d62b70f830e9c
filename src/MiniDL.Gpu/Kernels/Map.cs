using ILGPU;

namespace MiniDL.Gpu;

/// <summary>What a thread does with an element of each operand: an op's formula, closed over the element type.</summary>
internal interface IElementOp<T> where T : unmanaged
{
    static abstract int Arity { get; }

    T Invoke(T a, T b, T c);
}

/// <summary>A formula of real numbers.</summary>
internal readonly struct OnReals<TOp, T>(TOp op) : IElementOp<T>
    where TOp : struct, IMapOp
    where T : unmanaged, IReal<T>
{
    readonly TOp op = op;

    public static int Arity => TOp.Arity;

    public T Invoke(T a, T b, T c) => op.Invoke(a, b, c);
}

/// <summary>A formula of numbers.</summary>
internal readonly struct OnNumbers<TOp, T>(TOp op) : IElementOp<T>
    where TOp : struct, INumberMapOp
    where T : unmanaged, INumber<T>
{
    readonly TOp op = op;

    public static int Arity => TOp.Arity;

    public T Invoke(T a, T b, T c) => op.Invoke(a, b, c);
}

internal sealed partial class GpuRealBackend<T>
{
    /// <inheritdoc/>
    public override void Map<TOp>(TOp op, in TensorView y, in TensorView a, in TensorView b, in TensorView c) => MapAny(new OnReals<TOp, T>(op), y, a, b, c);
}

internal partial class GpuNumberBackend<T>
{
    /// <inheritdoc/>
    public sealed override void MapNumber<TOp>(TOp op, in TensorView y, in TensorView a, in TensorView b, in TensorView c) => MapAny(new OnNumbers<TOp, T>(op), y, a, b, c);
}

internal partial class GpuBackend<T>
{
    /// <summary>y = op(a, b, c) for operands of one shape: four elements a thread where all lie in one order, else one.</summary>
    protected void MapAny<TOp>(TOp op, in TensorView y, in TensorView a, in TensorView b, in TensorView c) where TOp : struct, IElementOp<T>
    {
        if (y.Count == 0) return;
        // y stands in for operands that the op has not; nobody reads it.
        ref readonly var va = ref TOp.Arity > 0 ? ref a : ref y;
        ref readonly var vb = ref TOp.Arity > 1 ? ref b : ref y;
        ref readonly var vc = ref TOp.Arity > 2 ? ref c : ref y;
        var launch = new MapLaunch<TOp>(Gpu, op, Whole<T>(y), Whole<T>(va), Whole<T>(vb), Whole<T>(vc));
        var start = new Steps { Y = y.Offset, A = va.Offset, B = vb.Offset, C = vc.Offset };
        if (y.Layout.IsContiguous && va.Layout.IsContiguous && vb.Layout.IsContiguous && vc.Layout.IsContiguous && y.Count <= Nest.MaxCount)
            launch.RunDense(start, (int)y.Count);
        else
            Nest.ForEach(new LoopNest(anyOrder: true, y.Layout, va.Layout, vb.Layout, vc.Layout), start, launch);
    }

    readonly struct MapLaunch<TOp>(GpuDevice device, TOp op, ArrayView<T> y, ArrayView<T> a, ArrayView<T> b, ArrayView<T> c) : ILaunch where TOp : struct, IElementOp<T>
    {
        public void Run(in Nest nest, in Steps start, int count)
        {
            if (nest.IsDense) RunDense(start, count);
            else device.LaunchThreads(new MapStrided<TOp, T> { Op = op, Nest = nest, Start = start, Y = y, A = a, B = b, C = c, Count = count }, count);
        }

        public void RunDense(in Steps start, int count)
        {
            var (py, pa, pb, pc) = (y.SubView(start.Y), a.SubView(start.A), b.SubView(start.B), c.SubView(start.C));
            // Four<T> must lie at a multiple of its size; buffers begin at multiples of 256 bytes.
            if ((start.Y | start.A | start.B | start.C) % 4 == 0)
                device.LaunchThreads(new MapFours<TOp, T> { Op = op, Y = py, A = pa, B = pb, C = pc, Count = count }, (count + 3) / 4);
            else
                device.LaunchThreads(new MapDense<TOp, T> { Op = op, Y = py, A = pa, B = pb, C = pc, Count = count }, count);
        }
    }
}

/// <summary>Element for element, four a thread.</summary>
internal struct MapFours<TOp, T> : IKernel
    where TOp : struct, IElementOp<T>
    where T : unmanaged
{
    public TOp Op;
    public ArrayView<T> Y, A, B, C;
    public int Count;

    public readonly void Run()
    {
        var i = Threads.Index;
        if (4 * i + 3 < Count)
        {
            Four<T> a = default, b = default, c = default;
            if (TOp.Arity > 0) a = A.Cast<Four<T>>()[i];
            if (TOp.Arity > 1) b = B.Cast<Four<T>>()[i];
            if (TOp.Arity > 2) c = C.Cast<Four<T>>()[i];
            Y.Cast<Four<T>>()[i] = Four<T>.Map(Op, a, b, c);
            return;
        }
        for (var k = 4 * i; k < Count; k++)
            Y[k] = Op.Invoke(TOp.Arity > 0 ? A[k] : default, TOp.Arity > 1 ? B[k] : default, TOp.Arity > 2 ? C[k] : default);
    }
}

/// <summary>Element for element, of memory that does not begin at a multiple of four.</summary>
internal struct MapDense<TOp, T> : IKernel
    where TOp : struct, IElementOp<T>
    where T : unmanaged
{
    public TOp Op;
    public ArrayView<T> Y, A, B, C;
    public int Count;

    public readonly void Run()
    {
        var i = Threads.Index;
        if (i < Count)
            Y[i] = Op.Invoke(TOp.Arity > 0 ? A[i] : default, TOp.Arity > 1 ? B[i] : default, TOp.Arity > 2 ? C[i] : default);
    }
}

/// <summary>Element for element, of any strides.</summary>
internal struct MapStrided<TOp, T> : IKernel
    where TOp : struct, IElementOp<T>
    where T : unmanaged
{
    public TOp Op;
    public Nest Nest;
    public Steps Start;
    public ArrayView<T> Y, A, B, C;
    public int Count;

    public readonly void Run()
    {
        var i = Threads.Index;
        if (i >= Count) return;
        var at = Nest.At(i);
        Y[Start.Y + at.Y] = Op.Invoke(
            TOp.Arity > 0 ? A[Start.A + at.A] : default,
            TOp.Arity > 1 ? B[Start.B + at.B] : default,
            TOp.Arity > 2 ? C[Start.C + at.C] : default);
    }
}
