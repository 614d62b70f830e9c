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

    /// <summary>One product.</summary>
    public static ProductSizes One(int k) => new() { K = k, KPerPart = k };
}

/// <summary>y = a·b in tiles, one a group: tiles of a and b go to shared memory while the sums stay in registers.</summary>
/// <remarks>
/// Each sum is one chain in the order of k, as in <see cref="GemmElements{T, TA, TB, TEnd}"/>.
/// </remarks>
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
        var k = part * Sizes.KPerPart;
        Tile<T, TBlock>.Multiply(ref sums, tileA, a, row, tileB, b, column, thread, k, Math.Min(Sizes.K, k + Sizes.KPerPart));
        sums.End(end, row + 4 * threadRow, column + 4 * threadColumn);
    }
}

/// <summary>A tile of an operand in shared memory, step after step of k, each with its rows side by side.</summary>
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

    /// <summary>Adds the products of steps of k: the first of a thread's fours lie at <paramref name="row"/> and <paramref name="column"/>.</summary>
    /// <remarks>Unrolled by four steps, no more: what lies before a barrier in one block, a processor's compiler moves behind it, and keeps all of it for every thread.</remarks>
    public static void Multiply(ref TBlock sums, ArrayView<Four<T>> a, long row, ArrayView<Four<T>> b, long column, int steps)
    {
        for (var step = 0; step < steps; step += 4)
        {
            long rowAt = step * Pitch + row, columnAt = step * Pitch + column;
            sums.Add(a, rowAt, b, columnAt);
            sums.Add(a, rowAt + Pitch, b, columnAt + Pitch);
            sums.Add(a, rowAt + 2 * Pitch, b, columnAt + 2 * Pitch);
            sums.Add(a, rowAt + 3 * Pitch, b, columnAt + 3 * Pitch);
        }
    }

    /// <summary>Adds the products of the steps from <paramref name="k"/> to <paramref name="last"/>, tile after tile; the threads have met when it is done.</summary>
    /// <remarks>Steps beyond the last multiply −0 by 0, which leaves a sum as it is, even the sign of a zero.</remarks>
    public static void Multiply<TA, TB>(ref TBlock sums, ArrayView<Four<T>> tileA, in TA a, int row, ArrayView<Four<T>> tileB, in TB b, int column, int thread, int k, int last)
        where TA : struct, IOperand<T>
        where TB : struct, IOperand<T>
    {
        for (; k < last; k += Depth)
        {
            Fill(tileA, a, thread, row, k, last, -T.Of(0));
            Fill(tileB, b, thread, column, k, last, T.Of(0));
            Group.Barrier();
            Multiply(ref sums, tileA, thread / TBlock.Side, tileB, thread % TBlock.Side, Math.Min(Depth, last - k));
            Group.Barrier();
        }
    }

    // Elements, and fours of them, that a thread brings.
    static int Share => TBlock.Edge * Depth / Threads;

    static int FourShare => Share / 4;

    /// <summary>Brings a thread's share of the tile that begins at a row and a step; what lies beyond the operand's rows and the last step is <paramref name="outside"/>.</summary>
    public static void Fill<TOperand>(ArrayView<Four<T>> tile, in TOperand x, int thread, int row, int k, int last, T outside) where TOperand : struct, IOperand<T>
    {
        var elements = tile.Cast<T>();
        int r, p;
        switch (x.Walk)
        {
            case Walk.FourSteps:
                (r, p) = (thread / (Depth / 4), thread % (Depth / 4) * 4);
                for (var i = 0; i < FourShare; i++, r += Threads / (Depth / 4))
                {
                    var four = row + r < x.Rows && k + p < last ? x.FourAt(row + r, k + p) : Four<T>.Of(outside);
                    elements[p * 4 * Pitch + r] = four.X;
                    elements[(p + 1) * 4 * Pitch + r] = four.Y;
                    elements[(p + 2) * 4 * Pitch + r] = four.Z;
                    elements[(p + 3) * 4 * Pitch + r] = four.W;
                }
                break;
            case Walk.FourRows:
                (r, p) = (thread % (TBlock.Edge / 4), thread / (TBlock.Edge / 4));
                for (var i = 0; i < FourShare; i++, p += Threads / (TBlock.Edge / 4))
                    tile[p * Pitch + r] = row + 4 * r < x.Rows && k + p < last ? x.FourAt(row + 4 * r, k + p) : Four<T>.Of(outside);
                break;
            case Walk.Steps:
                p = thread % Depth;
                for (r = thread / Depth; r < TBlock.Edge; r += Threads / Depth)
                    elements[p * 4 * Pitch + r] = row + r < x.Rows && k + p < last ? x.At(row + r, k + p) : outside;
                break;
            default:
                r = thread % TBlock.Edge;
                for (p = thread / TBlock.Edge; p < Depth; p += Threads / TBlock.Edge)
                    elements[p * 4 * Pitch + r] = row + r < x.Rows && k + p < last ? x.At(row + r, k + p) : outside;
                break;
        }
    }
}
