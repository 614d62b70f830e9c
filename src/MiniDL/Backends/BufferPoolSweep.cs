using System.Diagnostics;

namespace MiniDL;

/// <summary>When the pool looks for buffers that have no owner any more, and when it has the collector find them.</summary>
/// <remarks>
/// A forced gen-0 or gen-1 collection costs 20 to 100 µs, a gen-2 as much as the heap is large. What counts is U, the rented bytes without those that nodes of a living graph hold:
/// only these can be garbage. At the end of a backward pass the graph is gone: U above what is there for good (<c>baseline</c>) is swept by a gen-1, and if that does
/// not find enough and it is affordable, by a gen-2. A rent that finds no free block sweeps once U has grown enough since the last look (<c>mark</c>), else takes new memory. It is a gen-0, until these
/// have left too much behind: two gen-1 in a forward pass send its activations to the oldest generation, where they die unnoticed.
/// </remarks>
partial class BufferPool
{
    const long Floor = 8 << 20;                     // a quarter of a usual L3: a larger allowance leaves the caches
    const int Gen1BeforeGen2 = 8;
    const int Gen2Share = 100;                      // a gen-2 collection may take one part in this of the time

    long saved;                                     // bytes that holders kept at the last look
    long baseline;                                  // U that a gen-2 collection left, or less
    long mark, markGen1;                            // U that the last sweep left, and the last of gen-1
    int gen1Sweeps;                                 // while renting, since the last backward pass or gen-2
    long lastGen2;
    long gen2Cost;

    long Unsaved => rented - saved;

    // How much may be rented between two looks.
    long Allowance => Math.Max(Floor, rented / 4);

    bool Gen2IsDue => Stopwatch.GetTimestamp() - lastGen2 >= Gen2Share * gen2Cost;

    /// <summary>The autograd engine calls this when a backward pass has released its graph.</summary>
    public void EndOfBackward()
    {
        lock (gate)
        {
            gen1Sweeps = 0;
            Reclaim();
            if (Unsaved > baseline + Floor) Collect(1);
            if (Unsaved > baseline + Floor && Gen2IsDue)
            {
                Collect(2);
                baseline = Unsaved;
            }
            baseline = Math.Min(baseline, Unsaved);
            mark = Math.Min(mark, Unsaved);
            markGen1 = Math.Min(markGen1, Unsaved);
        }
    }

    // No free block fits: looks for dead buffers when enough has been rented since the last look. Whether it did.
    bool SweepBeforeGrowing()
    {
        if (rented - mark <= Allowance) return false;
        Reclaim();
        if (Unsaved - mark > Allowance)
        {
            var generation = mark - markGen1 > Allowance ? 1 : 0;
            Collect(generation);
            if (generation == 1)
            {
                if (++gen1Sweeps >= Gen1BeforeGen2 && Gen2IsDue) Collect(2);
                markGen1 = Unsaved;
            }
            mark = Unsaved;
        }
        return true;
    }

    void Collect(int generation)
    {
        var start = Stopwatch.GetTimestamp();
        GC.Collect(generation, GCCollectionMode.Forced, blocking: true, compacting: false);
        if (generation == GC.MaxGeneration)
        {
            lastGen2 = Stopwatch.GetTimestamp();
            gen2Cost = lastGen2 - start;
            gen1Sweeps = 0;
        }
        Reclaim();
    }

    // Before giving up: finalizers may hold the last buffers.
    void CollectAll()
    {
        Collect(GC.MaxGeneration);
        GC.WaitForPendingFinalizers();
        Collect(GC.MaxGeneration);
    }

    // Takes back every buffer that the collector has found dead, and counts what the living graph holds.
    void Reclaim()
    {
        saved = 0;
        for (var i = liveCount - 1; i >= 0; i--)
            if (!live[i].Buffer.TryGetTarget(out var buffer))
                TakeBack(live[i]);
            else if (buffer.Holders > 0)
                saved += buffer.Bytes;
    }
}
