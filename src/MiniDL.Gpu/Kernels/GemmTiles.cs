using ILGPU;

namespace MiniDL.Gpu;

/// <summary>Which products a kernel computes: a batch, each of which can be cut in parts along k.</summary>
internal struct ProductSizes
{
    public Nest Batches;        // of y, a, b and the bias
    public Steps Start;
    public long PartStep;       // from a part's sums to the next one's
    public int K, KPerPart;
    public Divider BatchCount, Tiles, ColumnTiles, Columns;
}

/// <summary>y = a·b in tiles, one a group: tiles of a and b go to shared memory while the sums stay in registers.</summary>
/// <remarks>Each sum is one chain in the order of k, as in <see cref="GemmElements{T, TA, TB, TEnd}"/>. The next tile is on its way from memory while this one is multiplied.</remarks>
internal struct GemmTiles<T, TBlock, TA, TB, TEnd> : IKernel
    where T : unmanaged, INumber<T>
    where TBlock : unmanaged, IBlock<T>
    where TA : struct, IOperand<T>
    where TB : struct, IOperand<T>
    where TEnd : struct, IProductEnd<T>
{
    public TA A;
    public TB B;
    public TEnd End;
    public ProductSizes Sizes;

    public readonly void Run()
    {
        var (thread, tile) = (Group.IdxX, Grid.IdxX);
        var batch = Sizes.Tiles.Divide(ref tile);
        var row = Sizes.ColumnTiles.Divide(ref tile) * TBlock.Edge;
        var column = tile * TBlock.Edge;
        var part = Sizes.BatchCount.Divide(ref batch);
        var at = Sizes.Batches.At(batch);
        var (a, b, end) = (A, B, End);
        a.Move(Sizes.Start.A + at.A);
        b.Move(Sizes.Start.B + at.B);
        end.Move(Sizes.Start.Y + at.Y + part * Sizes.PartStep, Sizes.Start.C + at.C);

        var tileA = SharedMemory.Allocate<Four<T>>(Tile<T, TBlock>.Fours);
        var tileB = SharedMemory.Allocate<Four<T>>(Tile<T, TBlock>.Fours);
        int threadRow = thread / TBlock.Side, threadColumn = thread % TBlock.Side;
        TBlock sums = default;
        sums.Begin(end, row + 4 * threadRow);
        var first = part * Sizes.KPerPart;
        var last = Math.Min(Sizes.K, first + Sizes.KPerPart);
        // A round multiplies one tile while it loads the next; the first only loads.
        for (var k = first - Tile<T, TBlock>.Depth; k < last; k += Tile<T, TBlock>.Depth)
        {
            var nextA = Tile<T, TBlock>.Load(a, thread, row, k + Tile<T, TBlock>.Depth, last);
            var nextB = Tile<T, TBlock>.Load(b, thread, column, k + Tile<T, TBlock>.Depth, last);
            var steps = k < first ? 0 : Math.Min(Tile<T, TBlock>.Depth, last - k);
            for (var step = 0; step < steps; step++)
                sums.Add(tileA, step * Tile<T, TBlock>.Pitch + threadRow, tileB, step * Tile<T, TBlock>.Pitch + threadColumn);
            Group.Barrier();
            Tile<T, TBlock>.Store(tileA, a.Walk, thread, nextA);
            Tile<T, TBlock>.Store(tileB, b.Walk, thread, nextB);
            Group.Barrier();
        }
        sums.End(end, row + 4 * threadRow, column + 4 * threadColumn);
    }
}

/// <summary>A tile of an operand in shared memory, step after step of k, each with its rows side by side; a thread brings eight elements.</summary>
internal static class Tile<T, TBlock>
    where T : unmanaged, INumber<T>
    where TBlock : unmanaged, IBlock<T>
{
    /// <summary>Steps of k.</summary>
    public const int Depth = 16;

    /// <summary>Fours from a step to the next: one more than there are, so that threads that write one row do not all write to one bank.</summary>
    public static int Pitch => TBlock.Edge / 4 + 1;

    /// <summary>Fours of shared memory.</summary>
    public static int Fours => Depth * Pitch;

    static int Threads => TBlock.Side * TBlock.Side;

    /// <summary>A thread's share of the tile that begins at a row and a step; beyond the operand's rows and the last step it is anything.</summary>
    public static Eight<T> Load<TOperand>(in TOperand x, int thread, int row, int k, int last) where TOperand : struct, IOperand<T>
    {
        var y = default(Eight<T>);
        switch (x.Walk)
        {
            case Walk.FourSteps:
                k += thread % (Depth / 4) * 4;
                row += thread / (Depth / 4);
                if (k < last && row < x.Rows) y.First = x.FourAt(row, k);
                row += Threads / (Depth / 4);
                if (k < last && row < x.Rows) y.Second = x.FourAt(row, k);
                break;
            case Walk.FourRows:
                row += thread % (TBlock.Edge / 4) * 4;
                k += thread / (TBlock.Edge / 4);
                if (row < x.Rows && k < last) y.First = x.FourAt(row, k);
                k += Depth / 2;
                if (row < x.Rows && k < last) y.Second = x.FourAt(row, k);
                break;
            case Walk.Steps:
                k += thread % Depth;
                row += thread / Depth;
                if (k >= last) break;
                y.First.X = AtRow(x, row, k);
                y.First.Y = AtRow(x, row + TBlock.Edge / 8, k);
                y.First.Z = AtRow(x, row + 2 * (TBlock.Edge / 8), k);
                y.First.W = AtRow(x, row + 3 * (TBlock.Edge / 8), k);
                y.Second.X = AtRow(x, row + 4 * (TBlock.Edge / 8), k);
                y.Second.Y = AtRow(x, row + 5 * (TBlock.Edge / 8), k);
                y.Second.Z = AtRow(x, row + 6 * (TBlock.Edge / 8), k);
                y.Second.W = AtRow(x, row + 7 * (TBlock.Edge / 8), k);
                break;
            default:
                row += thread % TBlock.Edge;
                k += thread / TBlock.Edge;
                if (row >= x.Rows) break;
                y.First.X = AtStep(x, row, k, last);
                y.First.Y = AtStep(x, row, k + 2, last);
                y.First.Z = AtStep(x, row, k + 4, last);
                y.First.W = AtStep(x, row, k + 6, last);
                y.Second.X = AtStep(x, row, k + 8, last);
                y.Second.Y = AtStep(x, row, k + 10, last);
                y.Second.Z = AtStep(x, row, k + 12, last);
                y.Second.W = AtStep(x, row, k + 14, last);
                break;
        }
        return y;
    }

    static T AtRow<TOperand>(in TOperand x, int row, int k) where TOperand : struct, IOperand<T> => row < x.Rows ? x.At(row, k) : T.Of(0);

    static T AtStep<TOperand>(in TOperand x, int row, int k, int last) where TOperand : struct, IOperand<T> => k < last ? x.At(row, k) : T.Of(0);

    /// <summary>Puts a thread's share into the tile.</summary>
    public static void Store(ArrayView<Four<T>> tile, Walk walk, int thread, Eight<T> x)
    {
        var elements = tile.Cast<T>();
        switch (walk)
        {
            case Walk.FourRows:
                var four = thread / (TBlock.Edge / 4) * Pitch + thread % (TBlock.Edge / 4);
                tile[four] = x.First;
                tile[four + Depth / 2 * Pitch] = x.Second;
                break;
            case Walk.FourSteps:
                var at = thread % (Depth / 4) * 4 * (4 * Pitch) + thread / (Depth / 4);
                Put(elements, at, 4 * Pitch, x.First);
                Put(elements, at + Threads / (Depth / 4), 4 * Pitch, x.Second);
                break;
            case Walk.Steps:
                at = thread % Depth * (4 * Pitch) + thread / Depth;
                Put(elements, at, TBlock.Edge / 8, x.First);
                Put(elements, at + TBlock.Edge / 2, TBlock.Edge / 8, x.Second);
                break;
            default:
                at = thread / TBlock.Edge * (4 * Pitch) + thread % TBlock.Edge;
                Put(elements, at, 2 * (4 * Pitch), x.First);
                Put(elements, at + Depth / 2 * (4 * Pitch), 2 * (4 * Pitch), x.Second);
                break;
        }
    }

    static void Put(ArrayView<T> tile, int at, int apart, Four<T> x)
    {
        tile[at] = x.X;
        tile[at + apart] = x.Y;
        tile[at + 2 * apart] = x.Z;
        tile[at + 3 * apart] = x.W;
    }
}

/// <summary>A thread's share of a tile.</summary>
internal struct Eight<T> where T : unmanaged
{
    public Four<T> First, Second;
}
