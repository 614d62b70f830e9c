using System.Numerics;
using ILGPU;

namespace MiniDL.Gpu;

/// <summary>What threads make of many elements: one part that stands for them all, a sum or the place of the largest.</summary>
internal interface IReduction<TPart> where TPart : unmanaged
{
    /// <summary>What stands for no element.</summary>
    TPart Empty { get; }

    /// <summary>What stands for element <paramref name="k"/> of the reduced axes alone, which lies at <paramref name="offset"/>.</summary>
    TPart Load(long offset, int k);

    /// <summary>What stands for both.</summary>
    TPart Join(TPart a, TPart b);

    /// <summary>Writes a result.</summary>
    void Store(TPart part, long offset);
}

// The order of IReduceOp, with smaller blocks, since a GPU wants many of them, which meet by a reduction of their own. Up to MostAtOnce elements the bits are the CPU's.
internal partial class GpuBackend<T>
{
    /// <summary>The most elements that are reduced at once.</summary>
    const long MostAtOnce = 4096;

    /// <summary>Elements that share a set of lanes: of a long axis about as many as there are blocks.</summary>
    protected static long BlockOf(long count)
    {
        if (count <= MostAtOnce) return Math.Max(count, 1);
        long block = 1024;
        while (block < MostAtOnce && block * block < count) block *= 2;
        return block;
    }

    /// <summary>y = the reduction of x over the axes on which y has size 1. Of more than one block, y is <see cref="Parts"/>.</summary>
    /// <param name="reduction">It knows the memory.</param>
    /// <param name="x">The operand.</param>
    /// <param name="fromX">Where it begins.</param>
    /// <param name="y">The result.</param>
    /// <param name="fromY">Where it begins.</param>
    /// <param name="block">Elements of a block.</param>
    protected void Reduce<TReduction, TPart>(TReduction reduction, Layout x, long fromX, Layout y, long fromY, long block)
        where TReduction : struct, IReduction<TPart>
        where TPart : unmanaged
    {
        var kept = new LoopNest(anyOrder: true, mask: y, kept: true, x, y);
        var reduced = new LoopNest(anyOrder: false, mask: y, kept: false, x);
        var walk = new Straight { Step = reduced.InnerStride(0) };
        if (reduced.Count == 0 || reduced.Rank == 1)
            Launch<TReduction, TPart, Straight>(reduction, kept, reduced, walk, fromX, fromY, block);
        else
            Launch<TReduction, TPart, Folded>(reduction, kept, reduced, new() { Nest = Nest.Of(reduced, reduced.Rank) }, fromX, fromY, block);
    }

    void Launch<TReduction, TPart, TWalk>(TReduction reduction, in LoopNest kept, in LoopNest reduced, TWalk walk, long fromX, long fromY, long block)
        where TReduction : struct, IReduction<TPart>
        where TPart : unmanaged
        where TWalk : struct, IWalk
    {
        var groupSize = Math.Max(Gpu.GroupSize, 32);
        var team = 1;
        while (team < Lanes / 4 && team * 4 < reduced.Count) team *= 2;
        var places = groupSize / team;
        // Neighbours in a group read neighbours in memory: elements of one output, or outputs.
        var vertical = kept.Inner > 1 && Math.Abs(kept.InnerStride(0)) < Math.Abs(reduced.InnerStride(0));
        var kernel = new ReduceTeams<TReduction, TPart, TWalk>
        {
            Reduction = reduction, Walk = walk, Count = reduced.Count, Block = (int)block, AllOutputs = kept.Count,
            Team = team, Places = places, Step = vertical ? places : 1, Bits = BitOperations.Log2((uint)(vertical ? places : team)),
        };
        Nest.ForEach(kept, new Steps { Y = fromX, A = fromY }, new ReduceLaunch<TReduction, TPart, TWalk>(Gpu, kernel, groupSize, Pieces(reduced.Count, block)));
    }

    readonly struct ReduceLaunch<TReduction, TPart, TWalk>(GpuDevice device, ReduceTeams<TReduction, TPart, TWalk> kernel, int groupSize, long blocks) : ILaunch
        where TReduction : struct, IReduction<TPart>
        where TPart : unmanaged
        where TWalk : struct, IWalk
    {
        public void Run(in Nest nest, in Steps start, int count)
        {
            var tasks = checked((int)(Math.Max(blocks, 1) * count));
            device.Launch(kernel with { Kept = nest, Start = start, Outputs = new(count), Tasks = tasks }, Pieces(tasks, kernel.Places), groupSize);
        }
    }

    /// <summary>The layout of what blocks give, in memory of its own: y's, with the number of the block on an axis that is reduced.</summary>
    protected static Layout Parts(Layout x, Layout y, long blocks)
    {
        Span<int> sizes = stackalloc int[y.Rank];
        Span<long> strides = stackalloc long[y.Rank];
        var contiguous = y.Contiguous();
        contiguous.Sizes.CopyTo(sizes);
        contiguous.Strides.CopyTo(strides);
        var axis = 0;
        while (y.Size(axis) != 1 || x.Size(axis) == 1) axis++;
        (sizes[axis], strides[axis]) = ((int)blocks, y.Count);
        return Layout.Of(sizes, strides);
    }

    /// <summary>Chains of additions that run side by side, as on the CPU.</summary>
    static int Lanes => Math.Min(256 / T.DType.Size(), 64);
}

/// <summary>The way along the reduced axes.</summary>
internal interface IWalk
{
    /// <summary>The offset of element <paramref name="k"/>.</summary>
    long At(long k);
}

/// <summary>Along one axis.</summary>
internal struct Straight : IWalk
{
    public long Step;

    public readonly long At(long k) => k * Step;
}

/// <summary>Along several.</summary>
internal struct Folded : IWalk
{
    public Nest Nest;

    public readonly long At(long k) => Nest.At((int)k).Y;
}

/// <summary>One part of each block of each output, by a team of threads, which holds four lanes a thread.</summary>
internal struct ReduceTeams<TReduction, TPart, TWalk> : IKernel
    where TReduction : struct, IReduction<TPart>
    where TPart : unmanaged
    where TWalk : struct, IWalk
{
    public TReduction Reduction;
    public Nest Kept;               // of x, y
    public Steps Start;
    public TWalk Walk;              // of x
    public Divider Outputs;
    public long Count, AllOutputs;
    public int Block, Tasks;
    public int Team, Places, Step;  // threads of a team, teams of a group, and from a thread to the next of its team
    public int Bits;                // of the lower part of a thread's number

    public readonly void Run()
    {
        var parts = SharedMemory.Allocate<TPart>(Threads.Group);
        var t = Group.IdxX;
        // Either the members of a team are neighbours, or the teams are.
        var (lower, upper) = (t & (1 << Bits) - 1, t >> Bits);
        var (member, place) = Step == 1 ? (lower, upper) : (upper, lower);
        var output = Grid.IdxX * Places + place;
        var active = output < Tasks;
        long to = 0;
        var part = Reduction.Empty;
        if (active)
        {
            var block = Outputs.Divide(ref output);
            var at = Kept.At(output);
            var x = Start.Y + at.Y;
            to = Start.A + at.A + block * AllOutputs;
            var first = (long)block * Block;
            var count = (int)Math.Min(Block, Count - first);
            var lanes = new Four<TPart> { X = part, Y = part, Z = part, W = part };
            var k = member;
            // Eight loads run ahead of what waits for them.
            for (; k + 7 * Team < count; k += 8 * Team)
            {
                var (some, more) = (LoadFour(x, first, k), LoadFour(x, first, k + 4 * Team));
                lanes = JoinFour(JoinFour(lanes, some), more);
            }
            if (k + 3 * Team < count)
            {
                lanes = JoinFour(lanes, LoadFour(x, first, k));
                k += 4 * Team;
            }
            if (k < count) lanes.X = Reduction.Join(lanes.X, Load(x, first, k));
            if (k + Team < count) lanes.Y = Reduction.Join(lanes.Y, Load(x, first, k + Team));
            if (k + 2 * Team < count) lanes.Z = Reduction.Join(lanes.Z, Load(x, first, k + 2 * Team));
            part = Reduction.Join(Reduction.Join(lanes.X, lanes.Z), Reduction.Join(lanes.Y, lanes.W));
        }
        parts[t] = part;
        for (var half = Team / 2; half > 0; half /= 2)
        {
            Group.Barrier();
            if (member < half)
            {
                part = Reduction.Join(part, parts[t + half * Step]);
                parts[t] = part;
            }
        }
        if (active && member == 0) Reduction.Store(part, to);
    }

    // The elements of a thread's four lanes.
    readonly Four<TPart> LoadFour(long x, long first, int k) => new()
    {
        X = Load(x, first, k), Y = Load(x, first, k + Team), Z = Load(x, first, k + 2 * Team), W = Load(x, first, k + 3 * Team),
    };

    readonly Four<TPart> JoinFour(Four<TPart> a, Four<TPart> b) => new()
    {
        X = Reduction.Join(a.X, b.X), Y = Reduction.Join(a.Y, b.Y), Z = Reduction.Join(a.Z, b.Z), W = Reduction.Join(a.W, b.W),
    };

    readonly TPart Load(long x, long first, int k) => Reduction.Load(x + Walk.At(first + k), (int)first + k);
}
