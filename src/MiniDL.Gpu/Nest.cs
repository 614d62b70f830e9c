using ILGPU;

namespace MiniDL.Gpu;

/// <summary>Division by a number that is known before a kernel starts, as a multiplication and a shift (Granlund and Montgomery, "Division by invariant integers using multiplication", 1994).</summary>
internal readonly struct Divider
{
    readonly uint multiplier;
    readonly int shift;

    /// <summary>The divisor.</summary>
    public readonly int Divisor;

    /// <summary>For dividends from 0 to 2³¹ − 1.</summary>
    public Divider(int divisor)
    {
        Divisor = divisor;
        shift = 32 - int.LeadingZeroCount(divisor - 1);
        multiplier = (uint)((((1UL << shift) - (ulong)divisor) << 32) / (ulong)divisor) + 1;
    }

    /// <summary>⌊n / divisor⌋.</summary>
    public int Divide(int n) => (int)((uint)((ulong)(uint)n * multiplier >> 32) + (uint)n >> shift);

    /// <summary>⌊n / divisor⌋, and the rest in n's place.</summary>
    public int Divide(ref int n)
    {
        var q = Divide(n);
        n -= q * Divisor;
        return q;
    }
}

/// <summary>What starts a kernel on a piece of the loops.</summary>
internal interface ILaunch
{
    /// <summary>Starts it on <paramref name="count"/> elements of <paramref name="nest"/>, which begin at <paramref name="start"/> in each operand.</summary>
    void Run(in Nest nest, in Steps start, int count);
}

/// <summary>The steps of up to four operands along an axis, or their offsets, in elements.</summary>
internal struct Steps
{
    public long Y, A, B, C;
}

/// <summary>Up to four axes for kernels: the number of an element becomes each operand's offset. <see cref="LoopNest"/> has merged what can be merged.</summary>
internal struct Nest
{
    /// <summary>Axes that a kernel walks; those beyond are a loop of launches.</summary>
    public const int MaxRank = 4;

    /// <summary>Elements that a kernel can number.</summary>
    public const int MaxCount = 1 << 30;

    int rank;
    Divider size1, size2, size3;    // of the inner axes; 3 is the innermost
    Steps steps0, steps1, steps2, steps3;

    /// <summary>Runs a kernel over all elements, the first of which is at <paramref name="start"/>: at once when it can walk the axes and number the elements, else in pieces.</summary>
    public static void ForEach<TLaunch>(in LoopNest loops, in Steps start, TLaunch launch) where TLaunch : struct, ILaunch
    {
        if (loops.Count == 0) return;
        var inner = 0;
        long count = 1;
        while (inner < Math.Min(loops.Rank, MaxRank) && count * loops.Size(loops.Rank - 1 - inner) <= MaxCount)
            count *= loops.Size(loops.Rank - 1 - inner++);
        ForOuter(loops, 0, loops.Rank - inner, start, Of(loops, inner), (int)count, ref launch);
    }

    static void ForOuter<TLaunch>(in LoopNest loops, int axis, int outer, Steps start, in Nest nest, int count, ref TLaunch launch) where TLaunch : struct, ILaunch
    {
        if (axis == outer)
        {
            launch.Run(nest, start, count);
            return;
        }
        var size = loops.Size(axis);
        var steps = StepsOf(loops, loops.Rank - axis);
        if (axis == loops.Rank - 1)
        {
            // A single axis of more elements than a kernel can number.
            for (long i = 0; i < size; i += MaxCount)
            {
                var part = (int)Math.Min(MaxCount, size - i);
                var from = start;
                Add(ref from, steps, i);
                launch.Run(new Nest { rank = 1, steps3 = steps, size3 = new(part), size2 = new(1), size1 = new(1) }, from, part);
            }
            return;
        }
        for (long i = 0; i < size; i++)
        {
            var from = start;
            Add(ref from, steps, i);
            ForOuter(loops, axis + 1, outer, from, nest, count, ref launch);
        }
    }

    /// <summary>The inner axes of the loops.</summary>
    public static Nest Of(in LoopNest loops, int inner)
    {
        var nest = new Nest { rank = inner };
        nest.steps3 = StepsOf(loops, 1);
        nest.size3 = SizeOf(loops, 1);
        nest.size2 = SizeOf(loops, 2);
        nest.size1 = SizeOf(loops, 3);
        nest.steps2 = StepsOf(loops, 2);
        nest.steps1 = StepsOf(loops, 3);
        nest.steps0 = StepsOf(loops, 4);
        return nest;
    }

    static Divider SizeOf(in LoopNest loops, int fromEnd) => new(fromEnd <= loops.Rank ? (int)Math.Min(loops.Size(loops.Rank - fromEnd), MaxCount) : 1);

    static Steps StepsOf(in LoopNest loops, int fromEnd)
    {
        var axis = loops.Rank - fromEnd;
        if (axis < 0) return default;
        var n = loops.Operands;
        return new()
        {
            Y = loops.Stride(axis, 0),
            A = n > 1 ? loops.Stride(axis, 1) : 0,
            B = n > 2 ? loops.Stride(axis, 2) : 0,
            C = n > 3 ? loops.Stride(axis, 3) : 0,
        };
    }

    /// <summary>Whether it is one axis along which every operand lies side by side.</summary>
    public readonly bool IsDense => rank == 1 && steps3 is { Y: 1, A: 1, B: 1, C: 1 };

    /// <summary>Where element <paramref name="n"/> of the axes lies in each operand.</summary>
    public readonly Steps At(int n)
    {
        var (rest, q) = (n, 0);
        var at = new Steps();
        if (rank > 1)
        {
            q = size3.Divide(ref rest);
            Add(ref at, steps3, rest);
            rest = q;
            if (rank > 2)
            {
                q = size2.Divide(ref rest);
                Add(ref at, steps2, rest);
                rest = q;
                if (rank > 3)
                {
                    q = size1.Divide(ref rest);
                    Add(ref at, steps1, rest);
                    Add(ref at, steps0, q);
                }
                else
                {
                    Add(ref at, steps1, rest);
                }
            }
            else
            {
                Add(ref at, steps2, rest);
            }
        }
        else
        {
            Add(ref at, steps3, rest);
        }
        return at;
    }

    static void Add(ref Steps at, in Steps steps, long n)
    {
        at.Y += n * steps.Y;
        at.A += n * steps.A;
        at.B += n * steps.B;
        at.C += n * steps.C;
    }
}
