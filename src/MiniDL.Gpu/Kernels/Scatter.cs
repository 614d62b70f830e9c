using ILGPU;

namespace MiniDL.Gpu;

// Each element of y gets its terms in the order of the axis, from one thread, as on the CPU: no float is added atomically. Either a thread walks a whole line along
// the axis, or, where there are few lines, the indices are sorted first and a thread takes what belongs to one element of y.
internal partial class GpuNumberBackend<T>
{
    /// <summary>Lines that keep a device busy.</summary>
    const long ManyLines = 1 << 15;

    /// <summary>Elements of a line that a thread walks gladly.</summary>
    const long ShortLine = 32;

    /// <inheritdoc/>
    public sealed override void Scatter(in TensorView x, in TensorView index, in TensorView y, int axis, bool add)
    {
        if (x.Count == 0) return;
        var lines = new ScatterLines<T>
        {
            Add = add ? 1 : 0, X = Whole<T>(x), Y = Whole<T>(y), Index = Whole<long>(index), Size = x.Size(axis),
            StepX = x.Stride(axis), StepY = y.Stride(axis), StepIndex = index.Stride(axis),
        };
        var start = new Steps { Y = y.Offset, A = x.Offset, B = index.Offset };
        var to = Layout.Of(x.Sizes, y.Layout.Strides);
        var across = AcrossLines(x.Layout, axis);
        if (lines.Size <= ShortLine || x.Count / lines.Size >= ManyLines || Math.Max(x.Count, y.Count) > Nest.MaxCount)
        {
            Nest.ForEach(new LoopNest(anyOrder: true, mask: across, kept: true, to, x.Layout, index.Layout), start, new ScatterLaunch(Gpu, lines));
            return;
        }
        // Lines that share an index are sorted as one.
        Span<int> own = stackalloc int[x.Rank], shared = stackalloc int[x.Rank];
        for (var i = 0; i < x.Rank; i++) (own[i], shared[i]) = index.Stride(i) != 0 ? (across.Size(i), 1) : (1, across.Size(i));
        Nest.ForEach(
            new LoopNest(anyOrder: true, mask: Layout.Of(own), kept: true, to, x.Layout, index.Layout), start,
            new SortedLaunch(Gpu, lines, new LoopNest(anyOrder: true, mask: Layout.Of(shared), kept: true, to, x.Layout), y.Size(axis)));
    }

    readonly struct ScatterLaunch(GpuDevice device, ScatterLines<T> kernel) : ILaunch
    {
        public void Run(in Nest nest, in Steps start, int count) => device.LaunchThreads(kernel with { Nest = nest, Start = start, Lines = count }, count);
    }

    readonly struct SortedLaunch(GpuDevice device, ScatterLines<T> lines, LoopNest shared, int sizeY) : ILaunch
    {
        public void Run(in Nest nest, in Steps start, int count)
        {
            var index = new SortKeys { Nest = nest, Start = start.B, Step = lines.StepIndex, Index = lines.Index, Size = new(lines.Size) };
            var entries = IndexSort.Sort(device, index, count, sizeY, out var memory);
            var kernel = new ScatterSorted<T> { Lines = lines with { Nest = nest, Start = start, Lines = count }, Entries = entries, Size = index.Size, Rows = sizeY };
            Nest.ForEach(shared, default, new ApplyLaunch(device, kernel));
            device.Pool.Return(memory);
        }
    }

    readonly struct ApplyLaunch(GpuDevice device, ScatterSorted<T> kernel) : ILaunch
    {
        public void Run(in Nest nest, in Steps start, int count)
        {
            var threads = kernel.Entries.IntLength * count;
            device.LaunchThreads(kernel with { Shared = nest, From = start, Width = new(count), Count = threads }, threads);
        }
    }
}

/// <summary>A line along the axis a thread.</summary>
internal struct ScatterLines<T> : IKernel where T : unmanaged, INumber<T>
{
    public Nest Nest;               // of y, x, index
    public Steps Start;
    public ArrayView<T> X, Y;
    public ArrayView<long> Index;
    public long StepX, StepY, StepIndex;
    public int Add, Size, Lines;

    public readonly void Run()
    {
        var line = Threads.Index;
        if (line >= Lines) return;
        var at = Nest.At(line);
        var (y, x, index) = (Start.Y + at.Y, Start.A + at.A, Start.B + at.B);
        for (var k = 0; k < Size; k++)
        {
            var to = y + Index[index] * StepY;
            Y[to] = Add != 0 ? Y[to] + X[x] : X[x];
            x += StepX;
            index += StepIndex;
        }
    }
}

/// <summary>The elements that go to one element of y a thread: one that stands where they begin among the sorted entries.</summary>
internal struct ScatterSorted<T> : IKernel where T : unmanaged, INumber<T>
{
    public ScatterLines<T> Lines;
    public ArrayView<Entry> Entries;
    public Divider Size;
    public int Rows;                // of a line of y
    public Nest Shared;             // of y, x: the axes along which the index is the same
    public Steps From;
    public Divider Width;           // of the shared axes
    public int Count;

    public readonly void Run()
    {
        var column = Threads.Index;
        if (column >= Count) return;
        var i = Width.Divide(ref column);
        var (key, place) = (Entries[i].Key, Entries[i].Place);
        if (i > 0 && Entries[i - 1].Key == key) return;
        var line = Size.Divide(place);
        var (at, shift) = (Lines.Nest.At(line), Shared.At(column));
        var x = Lines.Start.A + at.A + From.A + shift.A;
        var to = Lines.Start.Y + at.Y + From.Y + shift.Y + (key - line * Rows) * Lines.StepY;
        var first = line * Size.Divisor;
        var (y, end) = (Lines.Y[to], Entries.IntLength);
        // The keys are in order: when the last of four is the same, all are. Loads run ahead of the additions, which wait for each other.
        for (; i + 3 < end && Entries[i + 3].Key == key; i += 4)
        {
            var x0 = Load(x, first, i);
            var x1 = Load(x, first, i + 1);
            var x2 = Load(x, first, i + 2);
            var x3 = Load(x, first, i + 3);
            y = Next(Next(Next(Next(y, x0), x1), x2), x3);
        }
        for (; i < end && Entries[i].Key == key; i++) y = Next(y, Load(x, first, i));
        Lines.Y[to] = y;
    }

    readonly T Load(long x, int first, int i) => Lines.X[x + (Entries[i].Place - first) * Lines.StepX];

    readonly T Next(T y, T x) => Lines.Add != 0 ? y + x : x;
}
