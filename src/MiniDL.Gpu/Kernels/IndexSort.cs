using System.Numerics;
using ILGPU;

namespace MiniDL.Gpu;

/// <summary>An index and the place that it has come from.</summary>
internal struct Entry
{
    public int Key, Place;
}

/// <summary>Sorts indices; equal ones stay in the order of their places.</summary>
/// <remarks>
/// By radix: digit by digit from the lowest, a digit by counting how often each of its values occurs in each group of entries, by adding up where the groups' entries
/// begin, and by moving them there. Nothing depends on which thread comes first.
/// </remarks>
internal static class IndexSort
{
    /// <summary>The entries of <paramref name="lines"/> lines in order: of line l and element k, the key is l·rows + index[l, k] and the place l·size + k.</summary>
    /// <param name="device">The device.</param>
    /// <param name="index">The indices.</param>
    /// <param name="lines">How many lines.</param>
    /// <param name="rows">One more than the largest index.</param>
    /// <param name="memory">To be returned to the pool after the last use of the entries.</param>
    public static ArrayView<Entry> Sort(GpuDevice device, SortKeys index, int lines, int rows, out DeviceBuffer memory)
    {
        var count = lines * index.Size.Divisor;
        var group = Math.Max(device.GroupSize, 32);
        var groups = (count + group - 1) / group;
        var entryBytes = (long)count * Interop.SizeOf<Entry>();
        memory = device.Pool.Rent(2 * entryBytes + (groups + 1L) * group * sizeof(int));
        var bytes = GpuMemory.Of<byte>(new TensorView(Layout.Scalar, memory, 0, DType.Bool));
        var (from, to) = (bytes.SubView(0, entryBytes).Cast<Entry>(), bytes.SubView(entryBytes, entryBytes).Cast<Entry>());
        var counts = bytes.SubView(2 * entryBytes).Cast<int>().SubView(0, (groups + 1L) * group);
        device.LaunchThreads(index with { Rows = rows, Count = count, Y = from }, count);
        var (digit, bits) = (BitOperations.Log2((uint)group), 32 - BitOperations.LeadingZeroCount((uint)(lines * (long)rows - 1)));
        for (var shift = 0; shift < bits; shift += digit)
        {
            device.Launch(new SortCounts { X = from, Shift = shift, Groups = groups, Counts = counts }, groups, group);
            device.Launch(new SortOffsets { Groups = groups, Counts = counts }, group, group);
            device.Launch(new SortMoves { X = from, Y = to, Shift = shift, Groups = groups, Offsets = counts }, groups, group);
            (from, to) = (to, from);
        }
        return from;
    }
}

/// <summary>The entries before they are sorted.</summary>
internal struct SortKeys : IKernel
{
    public Nest Nest;               // of y, x, index: the lines
    public long Start, Step;
    public ArrayView<long> Index;
    public Divider Size;
    public int Rows, Count;
    public ArrayView<Entry> Y;

    public readonly void Run()
    {
        var place = Threads.Index;
        if (place >= Count) return;
        var k = place;
        var line = Size.Divide(ref k);
        Y[place] = new() { Key = line * Rows + (int)Index[Start + Nest.At(line).B + k * Step], Place = place };
    }
}

/// <summary>How often each value of a digit occurs in a group of entries. There are as many values as threads in a group, and a thread has one of each.</summary>
internal struct SortCounts : IKernel
{
    public ArrayView<Entry> X;
    public ArrayView<int> Counts;   // [value, group], then [value]: how often in all groups
    public int Shift, Groups;

    public readonly void Run()
    {
        var digits = SharedMemory.Allocate<int>(Threads.Group);
        var t = Group.IdxX;
        digits[t] = SortMoves.Digit(X, Shift);
        Group.Barrier();
        var count = 0;
        for (var i = 0; i < Group.DimX; i++) count += digits[i] == t ? 1 : 0;
        Counts[t * Groups + Grid.IdxX] = count;
    }
}

/// <summary>Counts become the numbers of what is in the groups before; a group of threads has a value of the digit.</summary>
internal struct SortOffsets : IKernel
{
    public ArrayView<int> Counts;
    public int Groups;

    public readonly void Run()
    {
        var sums = SharedMemory.Allocate<int>(Threads.Group);
        var t = Group.IdxX;
        var before = 0;
        for (var begin = 0; begin < Groups; begin += Group.DimX)
        {
            var at = Grid.IdxX * Groups + begin + t;
            var own = begin + t < Groups ? Counts[at] : 0;
            var sum = own;
            sums[t] = sum;
            Group.Barrier();
            // The running sum, by twice as far each time (Hillis and Steele 1986).
            for (var distance = 1; distance < Group.DimX; distance *= 2)
            {
                if (t >= distance) sum += sums[t - distance];
                Group.Barrier();
                sums[t] = sum;
                Group.Barrier();
            }
            if (begin + t < Groups) Counts[at] = before + sum - own;
            before += sums[Group.DimX - 1];
            Group.Barrier();
        }
        if (t == 0) Counts[Group.DimX * Groups + Grid.IdxX] = before;
    }
}

/// <summary>Moves the entries to where their digit puts them.</summary>
internal struct SortMoves : IKernel
{
    public ArrayView<Entry> X, Y;
    public ArrayView<int> Offsets;  // [value, group], then [value]: how many have it
    public int Shift, Groups;

    public readonly void Run()
    {
        var digits = SharedMemory.Allocate<int>(Threads.Group);
        var totals = SharedMemory.Allocate<int>(Threads.Group);
        var t = Group.IdxX;
        var digit = Digit(X, Shift);
        digits[t] = digit;
        totals[t] = Offsets[Group.DimX * Groups + t];
        Group.Barrier();
        if (Threads.Index >= X.IntLength) return;
        var to = Offsets[digit * Groups + Grid.IdxX];
        for (var i = 0; i < t; i++) to += digits[i] == digit ? 1 : 0;
        for (var i = 0; i < digit; i++) to += totals[i];
        Y[to] = X[Threads.Index];
    }

    /// <summary>A digit of this thread's entry, or none.</summary>
    public static int Digit(ArrayView<Entry> x, int shift)
    {
        var i = Threads.Index;
        return i < x.IntLength ? x[i].Key >> shift & Group.DimX - 1 : -1;
    }
}
