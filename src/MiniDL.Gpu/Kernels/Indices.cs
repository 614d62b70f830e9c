using ILGPU;

namespace MiniDL.Gpu;

/// <summary>What a GPU does with Int64 tensors: their numbers serve as indices.</summary>
internal sealed class GpuIndexBackend(GpuDevice device) : GpuNumberBackend<I64>(device), IIndexKernels
{
    /// <inheritdoc/>
    public void CheckIndices(string error, long lowest, long size, long? ignored, in TensorView index, in TensorView y)
    {
        var (notes, place) = Gpu.IndexErrors.Place(error);
        var kernel = new CheckIndices
        {
            Lowest = lowest, Size = size, Ignored = ignored ?? 0, Ignores = ignored is null ? 0 : 1, Notes = notes, Place = place,
            Index = Whole<long>(index), Y = Whole<long>(y),
        };
        Nest.ForEach(new LoopNest(anyOrder: true, y.Layout, index.Layout), new Steps { Y = y.Offset, A = index.Offset }, new IndicesLaunch(Gpu, kernel));
        Gpu.IndexErrors.Expect();
    }

    readonly struct IndicesLaunch(GpuDevice device, CheckIndices kernel) : ILaunch
    {
        public void Run(in Nest nest, in Steps start, int count) => device.LaunchThreads(kernel with { Nest = nest, Start = start, Count = count }, count);
    }
}

/// <summary>y = index, made one that reads nothing out of bounds; what was outside is noted.</summary>
internal struct CheckIndices : IKernel
{
    public Nest Nest;
    public Steps Start;
    public ArrayView<long> Index, Y;
    public ArrayView<int> Notes;
    public long Lowest, Size, Ignored;
    public int Ignores, Place, Count;

    public readonly void Run()
    {
        var i = Threads.Index;
        if (i >= Count) return;
        var at = Nest.At(i);
        var index = Index[Start.A + at.A];
        if (Ignores == 0 || index != Ignored)
        {
            if (index < Lowest || index >= Size)
            {
                Notes[Place] = 1;
                index = 0;
            }
            if (index < 0) index += Size;
        }
        Y[Start.Y + at.Y] = index;
    }
}
