using ILGPU;

namespace MiniDL.Gpu;

internal sealed partial class GpuRealBackend<T>
{
    /// <inheritdoc/>
    public void AttentionBackward(
        in AttentionShape shape, in TensorView q, in TensorView k, in TensorView v, in TensorView mask, in TensorView y, in TensorView logSumExp, in TensorView dy,
        in TensorView dq, in TensorView dk, in TensorView dv)
    {
        var dots = Scratch((long)shape.Batch * shape.Tq);
        OverRows(new DotRow<T> { A = Dense<T>(dy), B = Dense<T>(y), Y = Dense<T>(dots) }, RowGrid.Of(new((long)shape.Batch * shape.Tq, shape.Dv, 1)), dy, y);
        var forQueries = new AttentionBackward<T>
        {
            Rows = Dense<T>(q), Columns = Dense<T>(k), RowsOut = Dense<T>(dy), ColumnsOut = Dense<T>(v), LogSumExp = Dense<T>(logSumExp), Dots = Dense<T>(dots), D = shape.D, Dv = shape.Dv, QueriesAreRows = 1,
        };
        var forKeys = forQueries with { Rows = forQueries.Columns, Columns = forQueries.Rows, RowsOut = forQueries.ColumnsOut, ColumnsOut = forQueries.RowsOut, QueriesAreRows = 0 };
        var scale = T.Of(shape.Scale);
        if (!dq.IsNone) LaunchTiles(forQueries with { Times = Dense<T>(k), Width = shape.D, Y = Dense<T>(dq), Scale = scale }, shape, mask, shape.Tq, shape.D);
        if (!dk.IsNone) LaunchTiles(forKeys with { Times = Dense<T>(q), Width = shape.D, Y = Dense<T>(dk), Scale = scale }, shape, mask, shape.Tk, shape.D);
        if (!dv.IsNone) LaunchTiles(forKeys with { Times = Dense<T>(dy), Width = shape.Dv, Y = Dense<T>(dv), Scale = T.Of(1), OfWeights = 1 }, shape, mask, shape.Tk, shape.Dv);
        Gpu.Pool.Return(dots.Buffer);
    }
}

/// <summary>Σ a·b of each row.</summary>
internal struct DotRow<T> : IRow<T> where T : unmanaged, IReal<T>
{
    public ArrayView<T> A, B, Y;

    public readonly void Run(RowTeam<T> team) => team.Write(Y, team.Sum(default(Times<T>), team.Row(A), team.Row(B), RowTeam<T>.None));
}

/// <summary>A tile of queries over all the tiles of keys for dq = s·dS·k, or of keys over queries for dk = s·dSᵀ·q and dv = Pᵀ·dy. The weights P are computed again.</summary>
internal struct AttentionBackward<T> : IAttentionKernel<T> where T : unmanaged, IReal<T>
{
    /// <summary>q and k: what the scores are products of. Beside it dy and v: what dP is a product of.</summary>
    public ArrayView<T> Rows, Columns, RowsOut, ColumnsOut;

    /// <summary>Of each query: log Σ exp, and Σ dP·P = Σ dy·y.</summary>
    public ArrayView<T> LogSumExp, Dots;

    /// <summary>The result, and what dS or P is multiplied by.</summary>
    public ArrayView<T> Y, Times;

    public T Scale;
    public int D, Dv, Width, QueriesAreRows, OfWeights;

    public AttentionPairs<T> Pairs { get; set; }

    public readonly void Run()
    {
        var pairs = Pairs;
        var (problem, tile, strip, mask) = pairs.Locate();
        var group = new TileGroup<T>(pairs.SideLog);
        var byQuery = QueriesAreRows != 0;
        var (rows, columns) = byQuery ? (pairs.Tq, pairs.Tk) : (pairs.Tk, pairs.Tq);
        var row = tile * group.Tile;
        var (firstRow, rowsLeft) = (problem * rows + row, rows - row);
        // A causal query sees keys up to its own place, a key is seen from its own place on.
        var begin = pairs.Causal != 0 && !byQuery ? row : 0;
        var end = pairs.Causal != 0 && byQuery ? Math.Min(columns, row + group.Tile) : columns;
        var y = default(Block<T>);
        for (var column = begin; column < end; column += group.Tile)
        {
            var (firstColumn, columnsLeft) = (problem * columns + column, columns - column);
            var (r, c) = (row + group.Row, column + group.Column);
            var p = group.Product(new(Rows, firstRow, rowsLeft, D), new(Columns, firstColumn, columnsLeft, D))
                .Map(new ScorePair<T>(pairs, mask, r, c, byQuery))
                .ExpBelow(OfQueries(LogSumExp, pairs, problem, r, byQuery), OfQueries(LogSumExp, pairs, problem, c, !byQuery));
            if (OfWeights == 0)
            {
                var dp = group.Product(new(RowsOut, firstRow, rowsLeft, Dv), new(ColumnsOut, firstColumn, columnsLeft, Dv));
                p = p.TimesBelow(dp, OfQueries(Dots, pairs, problem, r, byQuery), OfQueries(Dots, pairs, problem, c, !byQuery))
                    .Map(new HidePair<T>(pairs, mask, r, c, byQuery));
            }
            group.Keep(p);
            y = group.AddKept(y, new(Times, firstColumn, columnsLeft, Width), strip * group.Tile);
        }
        group.Store(new(Y, firstRow, rowsLeft, Width), strip * group.Tile, y.ScaleRows(new() { X = Scale, Y = Scale, Z = Scale, W = Scale }));
    }

    /// <summary>Four queries' numbers; 0 for keys and beyond the last query.</summary>
    static Four<T> OfQueries(ArrayView<T> x, AttentionPairs<T> pairs, long problem, int first, bool areQueries)
    {
        var rows = new MatrixRows<T>(x, problem * pairs.Tq, areQueries ? pairs.Tq : 0, 1);
        return new() { X = rows.Load(first, 0), Y = rows.Load(first + 1, 0), Z = rows.Load(first + 2, 0), W = rows.Load(first + 3, 0) };
    }
}
