using ILGPU;

namespace MiniDL.Gpu;

/// <summary>Matrix products for kernels that are made of them: y[i,j] = Σₖ a[i,k]·b[j,k], each sum one chain in the order of k whichever kernel computes it.</summary>
internal static class Gemm<T> where T : unmanaged, INumber<T>
{
    const int FewRows = 4;

    /// <summary>Computes a batch of products.</summary>
    /// <param name="device">The device.</param>
    /// <param name="rows">Rows of y.</param>
    /// <param name="columns">Columns of y.</param>
    /// <param name="sizes">The batch, with K and the parts that k is cut in; the rest is filled in here.</param>
    /// <param name="batches">How many products.</param>
    /// <param name="a">The rows.</param>
    /// <param name="b">The columns.</param>
    /// <param name="end">Where the sums go.</param>
    public static void Launch<TA, TB, TEnd>(GpuDevice device, int rows, int columns, ProductSizes sizes, int batches, in TA a, in TB b, in TEnd end)
        where TA : struct, IOperand<T>
        where TB : struct, IOperand<T>
        where TEnd : struct, IProductEnd<T>
    {
        sizes.BatchCount = new(batches);
        var parts = sizes.KPerPart == 0 ? 1 : (sizes.K + sizes.KPerPart - 1) / sizes.KPerPart;
        var products = (long)batches * parts;
        // The simulator's groups are too small for tiles, and of a product of so few rows a tile would be mostly empty.
        if (device.Kind == GpuKind.Simulator || (Math.Min(rows, columns) <= FewRows && products * rows * columns <= Nest.MaxCount))
            Elements(device, rows, columns, sizes, products, a, b, end);
        else if (Fits<Block8<T, Side16>>(device, rows, columns, products))
            Tiled<Block8<T, Side16>, TA, TB, TEnd>(device, rows, columns, sizes, products, a, b, end);
        else if (Fits<Block8<T, Side8>>(device, rows, columns, products))
            Tiled<Block8<T, Side8>, TA, TB, TEnd>(device, rows, columns, sizes, products, a, b, end);
        else
            Tiled<Block4<T, Side8>, TA, TB, TEnd>(device, rows, columns, sizes, products, a, b, end);
    }

    // A large tile is computed faster, unless there are fewer than the device can compute at a time, or much of it lies outside y.
    static bool Fits<TBlock>(GpuDevice device, int rows, int columns, long products) where TBlock : unmanaged, IBlock<T>
    {
        var tiles = Tiles<TBlock>(rows, columns);
        return products * tiles >= 2 * device.Accelerator.NumMultiprocessors
            && 2 * TBlock.Edge * TBlock.Edge * tiles <= 3 * Block4<T, Side8>.Edge * Block4<T, Side8>.Edge * Tiles<Block4<T, Side8>>(rows, columns);
    }

    static long Tiles<TBlock>(int rows, int columns) where TBlock : unmanaged, IBlock<T>
        => (long)((rows + TBlock.Edge - 1) / TBlock.Edge) * ((columns + TBlock.Edge - 1) / TBlock.Edge);

    static void Tiled<TBlock, TA, TB, TEnd>(GpuDevice device, int rows, int columns, ProductSizes sizes, long products, in TA a, in TB b, in TEnd end)
        where TBlock : unmanaged, IBlock<T>
        where TA : struct, IOperand<T>
        where TB : struct, IOperand<T>
        where TEnd : struct, IProductEnd<T>
    {
        sizes.ColumnTiles = new((columns + TBlock.Edge - 1) / TBlock.Edge);
        sizes.Tiles = new((int)Tiles<TBlock>(rows, columns));
        device.Launch(new GemmTiles<T, TBlock, TA, TB, TEnd> { A = a, B = b, End = end, Sizes = sizes }, products * sizes.Tiles.Divisor, TBlock.Side * TBlock.Side);
    }

    static void Elements<TA, TB, TEnd>(GpuDevice device, int rows, int columns, ProductSizes sizes, long products, in TA a, in TB b, in TEnd end)
        where TA : struct, IOperand<T>
        where TB : struct, IOperand<T>
        where TEnd : struct, IProductEnd<T>
    {
        sizes.Columns = new(columns);
        sizes.Tiles = new(checked(rows * columns));
        var count = checked((int)(products * rows * columns));
        device.LaunchThreads(new GemmElements<T, TA, TB, TEnd> { A = a, B = b, End = end, Sizes = sizes, Count = count }, count);
    }
}

/// <summary>Computes a piece of a batch.</summary>
internal readonly struct GemmLaunch<T, TA, TB, TEnd>(GpuDevice device, int rows, int columns, ProductSizes sizes, TA a, TB b, TEnd end) : ILaunch
    where T : unmanaged, INumber<T>
    where TA : struct, IOperand<T>
    where TB : struct, IOperand<T>
    where TEnd : struct, IProductEnd<T>
{
    public void Run(in Nest nest, in Steps start, int count)
        => Gemm<T>.Launch(device, rows, columns, sizes with { Batches = nest, Start = start }, count, a, b, end);
}

/// <summary>y = a·b, an element a thread: for few elements, and for groups of few threads.</summary>
internal struct GemmElements<T, TA, TB, TEnd> : IKernel
    where T : unmanaged, INumber<T>
    where TA : struct, IOperand<T>
    where TB : struct, IOperand<T>
    where TEnd : struct, IProductEnd<T>
{
    public TA A;
    public TB B;
    public TEnd End;
    public ProductSizes Sizes;
    public int Count;

    public readonly void Run()
    {
        var column = Threads.Index;
        if (column >= Count) return;
        var batch = Sizes.Tiles.Divide(ref column);
        var row = Sizes.Columns.Divide(ref column);
        var part = Sizes.BatchCount.Divide(ref batch);
        var at = Sizes.Batches.At(batch);
        var (a, b, end) = (A, B, End);
        a.Move(Sizes.Start.A + at.A);
        b.Move(Sizes.Start.B + at.B);
        end.Move(Sizes.Start.Y + at.Y + part * Sizes.PartStep, Sizes.Start.C + at.C);
        var sum = end.First(row);
        var k = part * Sizes.KPerPart;
        for (var last = Math.Min(Sizes.K, k + Sizes.KPerPart); k < last; k++) sum = T.MultiplyAdd(a.At(row, k), b.At(column, k), sum);
        end.Write(row, column, sum);
    }
}
