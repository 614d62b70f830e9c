using ILGPU;

namespace MiniDL.Gpu;

internal sealed partial class GpuRealBackend<T>
{
    /// <inheritdoc/>
    public void AttentionBackward(
        in AttentionShape shape, in TensorView q, in TensorView k, in TensorView v, in TensorView mask, in TensorView y, in TensorView logSumExp, in TensorView dy,
        in TensorView dq, in TensorView dk, in TensorView dv)
    {
        // The forward's tiles.
        if (Gpu.Kind == GpuKind.Simulator) AttentionBackward<Block4<T, Side4>>(shape, q, k, v, mask, y, logSumExp, dy, dq, dk, dv);
        else if (T.DType == DType.Float64) AttentionBackward<Block4<T, Side8>>(shape, q, k, v, mask, y, logSumExp, dy, dq, dk, dv);
        else AttentionBackward<Block8<T, Side8>>(shape, q, k, v, mask, y, logSumExp, dy, dq, dk, dv);
    }

    void AttentionBackward<TBlock>(
        in AttentionShape shape, in TensorView q, in TensorView k, in TensorView v, in TensorView mask, in TensorView y, in TensorView logSumExp, in TensorView dy,
        in TensorView dq, in TensorView dk, in TensorView dv)
        where TBlock : unmanaged, IBlock<T>
    {
        var dots = Scratch((long)shape.Batch * shape.Tq);
        OverRows(new DotRow<T> { A = Dense<T>(dy), B = Dense<T>(y), Y = Dense<T>(dots) }, RowGrid.Of(new((long)shape.Batch * shape.Tq, shape.Dv, 1)), dy, y);
        var (tq, tk, d, width) = (shape.Tq, shape.Tk, shape.D, shape.Dv);
        var forQueries = new AttentionBackward<T, TBlock>
        {
            Rows = Vectors(q, tq, d), Columns = Vectors(k, tk, d), RowsOut = Vectors(dy, tq, width), ColumnsOut = Vectors(v, tk, width),
            LogSumExp = Dense<T>(logSumExp), Dots = Dense<T>(dots), D = d, Dv = width, QueriesAreRows = 1,
        };
        var forKeys = forQueries with { Rows = forQueries.Columns, Columns = forQueries.Rows, RowsOut = forQueries.ColumnsOut, ColumnsOut = forQueries.RowsOut, QueriesAreRows = 0 };
        if (!dq.IsNone) LaunchTiles<TBlock, AttentionBackward<T, TBlock>>(forQueries with { Times = Across(k, tk, d), Y = Result(dq, tq, d) }, shape, mask, tq, d);
        if (!dk.IsNone) LaunchTiles<TBlock, AttentionBackward<T, TBlock>>(forKeys with { Times = Across(q, tq, d), Y = Result(dk, tk, d) }, shape, mask, tk, d);
        if (!dv.IsNone) LaunchTiles<TBlock, AttentionBackward<T, TBlock>>(forKeys with { Times = Across(dy, tq, width), Y = Result(dv, tk, width), OfWeights = 1 }, shape, mask, tk, width);
        Gpu.Pool.Return(dots.Buffer);
    }
}

/// <summary>Σ a·b of each row.</summary>
internal struct DotRow<T> : IRow<T> where T : unmanaged, IReal<T>
{
    public ArrayView<T> A, B, Y;

    public readonly void Run(RowTeam<T> team) => team.Write(Y, team.Sum(default(Times<T>), team.Row(A), team.Row(B), RowTeam<T>.None));
}

/// <summary>A product q·k becomes the weight P = e^(score − log Σ exp).</summary>
internal readonly struct WeightOp<T>(PairPlace<T> place, ArrayView<T> logSumExp) : IPairOp<T> where T : unmanaged, IReal<T>
{
    readonly PairPlace<T> place = place;
    readonly ArrayView<T> logSumExp = logSumExp;

    public T Invoke(T product, int row, int column) => T.Exp(place.Score(product, row, column) - place.OfQuery(logSumExp, row, column));
}

/// <summary>A product dy·v = dP becomes dS = P·(dP − Σ dP·P), where P lies.</summary>
internal readonly struct KeepGradient<T>(PairPlace<T> place, ArrayView<T> dots) : IKeepOp<T> where T : unmanaged, IReal<T>
{
    readonly PairPlace<T> place = place;
    readonly ArrayView<T> dots = dots;

    public T Invoke(T product, T before, int row, int column) => before * (product - place.OfQuery(dots, row, column));
}

/// <summary>dS becomes s·dS, 0 for a pair of which the query does not see the key.</summary>
internal readonly struct ScaleSeenOp<T>(PairPlace<T> place) : IPairOp<T> where T : unmanaged, IReal<T>
{
    readonly PairPlace<T> place = place;

    public T Invoke(T x, int row, int column) => place.ScaleSeen(x, row, column);
}

/// <summary>A tile of queries over all the tiles of keys for dq = s·dS·k, or of keys over queries for dk = s·dSᵀ·q and dv = Pᵀ·dy. The weights P are computed again.</summary>
internal struct AttentionBackward<T, TBlock> : IAttentionKernel<T>
    where T : unmanaged, IReal<T>
    where TBlock : unmanaged, IBlock<T>
{
    /// <summary>q and k: what the scores are products of. Beside it dy and v: what dP is a product of. And what dS or P is multiplied by.</summary>
    public StridedOperand<T> Rows, Columns, RowsOut, ColumnsOut, Times;

    /// <summary>Of each query: log Σ exp, and Σ dP·P = Σ dy·y.</summary>
    public ArrayView<T> LogSumExp, Dots;

    public ProductEnd<T> Y;
    public int D, Dv, QueriesAreRows, OfWeights;

    public AttentionPairs<T> Pairs { get; set; }

    public readonly void Run()
    {
        var pairs = Pairs;
        var (problem, tile, strip, mask) = pairs.Locate();
        var byQuery = QueriesAreRows != 0;
        var (rowCount, columnCount) = byQuery ? (pairs.Tq, pairs.Tk) : (pairs.Tk, pairs.Tq);
        var row = tile * TBlock.Edge;
        var (rows, columns, rowsOut, columnsOut, times, end) = (Rows, Columns, RowsOut, ColumnsOut, Times, Y);
        rows.Move(problem * rowCount * D);
        columns.Move(problem * columnCount * D);
        rowsOut.Move(problem * rowCount * Dv);
        columnsOut.Move(problem * columnCount * Dv);
        times.Move(problem * columnCount * times.Rows);
        end.Move(problem * rowCount * end.Columns, 0);

        var group = new PairGroup<T, TBlock>(Group.IdxX);
        TBlock y = default;
        // A causal query sees keys up to its own place, a key is seen from its own place on.
        var begin = pairs.Causal != 0 && !byQuery ? row : 0;
        var last = pairs.Causal != 0 && byQuery ? Math.Min(columnCount, row + TBlock.Edge) : columnCount;
        for (var column = begin; column < last; column += TBlock.Edge)
        {
            var place = new PairPlace<T>(pairs, mask, problem, row, column, QueriesAreRows);
            group.Keep(rows, row, columns, column, D, default(KeepProduct<T>));
            group.Pairs.Map(new WeightOp<T>(place, LogSumExp));
            if (OfWeights == 0)
            {
                group.Keep(rowsOut, row, columnsOut, column, Dv, new KeepGradient<T>(place, Dots));
                group.Pairs.Map(new ScaleSeenOp<T>(place));
            }
            group.AddKept(ref y, times, strip * TBlock.Edge, column, columnCount);
        }
        group.Store(y, end, row, strip * TBlock.Edge);
    }
}
