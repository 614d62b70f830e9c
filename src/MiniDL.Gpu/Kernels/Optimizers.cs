using ILGPU;
using MiniDL.Optim;

namespace MiniDL.Gpu;

internal sealed partial class GpuRealBackend<T> : IOptimizerKernels
{
    /// <inheritdoc/>
    public void Update<TRule>(ParameterUpdate<TRule>[] updates, int count) where TRule : struct, IUpdateRule
    {
        var kernel = default(UpdateParameters<TRule, T>);
        var (group, step) = (updates[0].Group, updates[0].Step);
        foreach (ref var update in updates.AsSpan(0, count))
        {
            if (update.Group != group || update.Step != step) Launch(ref kernel);
            (group, step) = (update.Group, update.Step);
            for (long from = 0; from < update.W.Count; from += Nest.MaxCount)
            {
                if (kernel.Count == UpdateParameters<TRule, T>.Most) Launch(ref kernel);
                kernel.Rule = update.Rule;
                kernel.Add(update, from, (int)Math.Min(Nest.MaxCount, update.W.Count - from), Gpu.GroupSize);
            }
        }
        Launch(ref kernel);
    }

    void Launch<TRule>(ref UpdateParameters<TRule, T> kernel) where TRule : struct, IUpdateRule
    {
        Gpu.Launch(kernel, kernel.Groups, Gpu.GroupSize);
        kernel = default;
    }
}

/// <summary>A parameter, its gradient and what is kept for it, and the first of the groups of threads that work on it.</summary>
internal struct UpdatedParameter<T> where T : unmanaged
{
    public ArrayView<T> W, G, S0, S1, S2;
    public int FirstGroup, Count;
}

/// <summary>A step of up to sixteen parameters by one rule. They are arguments, and no table in memory, since gradients lie elsewhere at each step and a table would have to be copied.</summary>
internal struct UpdateParameters<TRule, T> : IKernel
    where TRule : struct, IUpdateRule
    where T : unmanaged, IReal<T>
{
    /// <summary>The most parameters.</summary>
    public const int Most = 16;

    public TRule Rule;
    public int Count, Groups;
    UpdatedParameter<T> p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15;

    /// <summary>Adds elements of a parameter.</summary>
    public void Add(in ParameterUpdate<TRule> update, long from, int count, int groupSize)
    {
        var p = new UpdatedParameter<T>
        {
            W = Part(update.W, from), G = Part(update.G, from), S0 = Part(update.S0, from), S1 = Part(update.S1, from), S2 = Part(update.S2, from),
            FirstGroup = Groups, Count = count,
        };
        Groups += (count + groupSize - 1) / groupSize;
        switch (Count++)
        {
            case 0: p0 = p; break;
            case 1: p1 = p; break;
            case 2: p2 = p; break;
            case 3: p3 = p; break;
            case 4: p4 = p; break;
            case 5: p5 = p; break;
            case 6: p6 = p; break;
            case 7: p7 = p; break;
            case 8: p8 = p; break;
            case 9: p9 = p; break;
            case 10: p10 = p; break;
            case 11: p11 = p; break;
            case 12: p12 = p; break;
            case 13: p13 = p; break;
            case 14: p14 = p; break;
            case 15: p15 = p; break;
        }
    }

    static ArrayView<T> Part(in TensorView x, long from) => x.IsNone ? ArrayView<T>.Empty : GpuMemory.Of<T>(x).SubView(from);

    public readonly void Run()
    {
        var group = Grid.IdxX;
        var p = p0;
        if (Begins(p1, 1, group)) p = p1;
        if (Begins(p2, 2, group)) p = p2;
        if (Begins(p3, 3, group)) p = p3;
        if (Begins(p4, 4, group)) p = p4;
        if (Begins(p5, 5, group)) p = p5;
        if (Begins(p6, 6, group)) p = p6;
        if (Begins(p7, 7, group)) p = p7;
        if (Begins(p8, 8, group)) p = p8;
        if (Begins(p9, 9, group)) p = p9;
        if (Begins(p10, 10, group)) p = p10;
        if (Begins(p11, 11, group)) p = p11;
        if (Begins(p12, 12, group)) p = p12;
        if (Begins(p13, 13, group)) p = p13;
        if (Begins(p14, 14, group)) p = p14;
        if (Begins(p15, 15, group)) p = p15;

        var i = (group - p.FirstGroup) * Group.DimX + Group.IdxX;
        if (i >= p.Count) return;
        var slots = Rule.Slots;
        T s0 = default, s1 = default, s2 = default;
        if ((slots & 1) != 0) s0 = p.S0[i];
        if ((slots & 2) != 0) s1 = p.S1[i];
        if ((slots & 4) != 0) s2 = p.S2[i];
        p.W[i] = Rule.Invoke(p.W[i], p.G[i], ref s0, ref s1, ref s2);
        if ((slots & 1) != 0) p.S0[i] = s0;
        if ((slots & 2) != 0) p.S1[i] = s1;
        if ((slots & 4) != 0) p.S2[i] = s2;
    }

    /// <summary>Whether the group works on this parameter or on one behind it.</summary>
    readonly bool Begins(in UpdatedParameter<T> p, int index, int group) => index < Count && group >= p.FirstGroup;
}
