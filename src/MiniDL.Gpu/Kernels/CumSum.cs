using ILGPU;

namespace MiniDL.Gpu;

internal partial class GpuNumberBackend<T>
{
    /// <inheritdoc/>
    public sealed override void CumSum(in TensorView x, in TensorView y, int axis)
        => Nest.ForEach(
            new LoopNest(anyOrder: true, mask: AcrossLines(x.Layout, axis), kept: true, y.Layout, x.Layout),
            new Steps { Y = y.Offset, A = x.Offset },
            new CumSumLaunch(Gpu, new() { X = Whole<T>(x), Y = Whole<T>(y), Count = x.Size(axis), StepX = x.Stride(axis), StepY = y.Stride(axis) }));

    /// <summary>The shape of the lines along an axis: size 1 there.</summary>
    static Layout AcrossLines(Layout x, int axis)
    {
        Span<int> sizes = stackalloc int[x.Rank];
        x.Sizes.CopyTo(sizes);
        sizes[axis] = 1;
        return Layout.Of(sizes);
    }

    readonly struct CumSumLaunch(GpuDevice device, CumSumLines<T> kernel) : ILaunch
    {
        public void Run(in Nest nest, in Steps start, int count) => device.LaunchThreads(kernel with { Nest = nest, Start = start, Lines = count }, count);
    }
}

/// <summary>The running sum along a line a thread: in the order of the elements, since it must give the CPU's bits.</summary>
internal struct CumSumLines<T> : IKernel where T : unmanaged, INumber<T>
{
    public Nest Nest;               // of y, x
    public Steps Start;
    public ArrayView<T> X, Y;
    public long StepX, StepY;
    public int Count, Lines;

    public readonly void Run()
    {
        var line = Threads.Index;
        if (line >= Lines || Count == 0) return;
        var at = Nest.At(line);
        var (y, x) = (Start.Y + at.Y, Start.A + at.A);
        var sum = X[x];
        Y[y] = sum;
        var k = 1;
        // Loads ahead of the additions, which wait for each other.
        for (; k + 3 < Count; k += 4)
        {
            var x0 = X[x + StepX];
            var x1 = X[x + 2 * StepX];
            var x2 = X[x + 3 * StepX];
            x += 4 * StepX;
            var x3 = X[x];
            Y[y + StepY] = sum += x0;
            Y[y + 2 * StepY] = sum += x1;
            Y[y + 3 * StepY] = sum += x2;
            y += 4 * StepY;
            Y[y] = sum += x3;
        }
        for (; k < Count; k++)
        {
            x += StepX;
            y += StepY;
            Y[y] = sum += X[x];
        }
    }
}
