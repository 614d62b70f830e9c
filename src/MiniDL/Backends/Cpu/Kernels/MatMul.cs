using System.Diagnostics;
using System.Numerics;

namespace MiniDL;

internal sealed unsafe partial class CpuBackend<E>
{
    /// <inheritdoc/>
    public void MatMul(in TensorView a, in TensorView b, in TensorView y)
    {
        if (y.Count == 0) return;
        var batch = MatMulBatch<E>.Of(a.Layout, b.Layout, y.Layout);
        fixed (byte* aData = a, bData = b, yData = y) batch.Run((E*)aData, (E*)bData, (E*)yData);
    }
}

/// <summary>The products of a batch: y[…,m,n] = Σₖ a[…,m,k]·b[…,k,n], with the leading axes that b does not have counted among the rows.</summary>
internal unsafe struct MatMulBatch<E> : IChunks where E : unmanaged
{
    Layout a, b;
    E* aData, bData, yData;
    int m, n, k, axes, perChunk;
    long batches;
    nint aRow;

    /// <summary>The plan for operands of one rank and the contiguous y.</summary>
    public static MatMulBatch<E> Of(Layout a, Layout b, Layout y)
    {
        var plan = new MatMulBatch<E> { a = a, b = b, axes = y.Rank - 2, k = a.Size(y.Rank - 1), m = y.Size(y.Rank - 2), n = y.Size(y.Rank - 1) };
        plan.aRow = (nint)a.Stride(plan.axes);
        // One large product instead of many small ones: x [B,T,K] · w [K,N] is [B·T,K] · [K,N].
        for (; plan.axes > 0; plan.axes--)
        {
            var axis = plan.axes - 1;
            var size = y.Size(axis);
            if (size == 1) continue;
            if (b.Stride(axis) != 0 || (plan.m != 1 && a.Stride(axis) != plan.aRow * plan.m) || (long)plan.m * size > int.MaxValue) break;
            if (plan.m == 1) plan.aRow = (nint)a.Stride(axis);
            plan.m *= size;
        }
        plan.batches = y.Count / ((long)plan.m * plan.n);
        return plan;
    }

    /// <summary>Computes y, on all threads when it is large enough.</summary>
    public void Run(E* a, E* b, E* y)
    {
        aData = a;
        bData = b;
        yData = y;
        if (typeof(E) != typeof(float) && typeof(E) != typeof(double))
        {
            for (long i = 0; i < batches; i++) RunPlain(i);
            return;
        }
        var threads = WorkerPool.Threads;
        perChunk = (int)Math.Clamp(Gemm.LeastChunk / Math.Max(Gemm.Work(m, n, k), 1), 1, batches);
        var chunks = (batches + perChunk - 1) / perChunk;
        if (batches >= 4 * threads || perChunk > 1) WorkerPool.For(chunks, ref this);
        else
            for (long i = 0; i < batches; i++) Gemm.RunParallel(m, n, k, A(i), B(i), Y(i));
    }

    /// <inheritdoc/>
    public readonly void Run(long index)
    {
        var end = Math.Min(batches, (index + 1) * perChunk);
        for (var i = index * perChunk; i < end; i++) Gemm.Run(m, n, k, A(i), B(i), Y(i));
    }

    readonly GemmMatrix<E> A(long i) => new(aData + Offset(a, i), aRow, (nint)a.Stride(a.Rank - 1));

    readonly GemmMatrix<E> B(long i) => new(bData + Offset(b, i), (nint)b.Stride(b.Rank - 2), (nint)b.Stride(b.Rank - 1));

    readonly GemmMatrix<E> Y(long i) => new(yData + (nint)i * m * n, n, 1);

    readonly nint Offset(Layout layout, long i)
    {
        nint offset = 0;
        for (var axis = axes - 1; axis >= 0; axis--)
        {
            (i, var at) = Math.DivRem(i, layout.Size(axis));
            offset += (nint)(at * layout.Stride(axis));
        }
        return offset;
    }

    readonly void RunPlain(long i)
    {
        if (typeof(E) == typeof(int)) Plain<int>(i);
        else if (typeof(E) == typeof(long)) Plain<long>(i);
        else throw new UnreachableException($"MatMul has no kernel for {typeof(E).Name}: the op's entry must refuse the dtype");
    }

    readonly void Plain<N>(long batch) where N : unmanaged, INumber<N>
    {
        GemmMatrix<E> a = A(batch), b = B(batch), y = Y(batch);
        for (nint i = 0; i < m; i++)
        {
            var row = (N*)y.At(i, 0);
            new Span<N>(row, n).Clear();
            for (nint p = 0; p < k; p++)
            {
                var x = *(N*)a.At(i, p);
                for (nint j = 0; j < n; j++) row[j] += x * *(N*)b.At(p, j);
            }
        }
    }
}
