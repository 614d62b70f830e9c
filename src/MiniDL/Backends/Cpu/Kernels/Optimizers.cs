using System.Runtime.CompilerServices;
using MiniDL.Optim;

namespace MiniDL;

internal sealed unsafe partial class CpuBackend<E> : IOptimizerKernels
{
    /// <inheritdoc/>
    public void Update<TRule>(ParameterUpdate<TRule>[] updates, int count) where TRule : struct, IUpdateRule
    {
        if (!Element.IsReal<E>()) throw NoKernel($"Update<{typeof(TRule).Name}>");
        long chunks = 0;
        for (var i = 0; i < count; i++) updates[i].End = chunks += (updates[i].W.Count + Grain - 1) / Grain;
        var work = new Updates<TRule>(updates, count);
        WorkerPool.For(chunks, ref work);
    }

    /// <summary>The parameters one after the other, in chunks that do not reach over the end of one.</summary>
    readonly struct Updates<TRule>(ParameterUpdate<TRule>[] updates, int count) : IChunks where TRule : struct, IUpdateRule
    {
        public void Run(long index)
        {
            int low = 0, high = count - 1;
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (updates[middle].End > index) high = middle;
                else low = middle + 1;
            }
            ref var update = ref updates[low];
            var from = (index - (low == 0 ? 0 : updates[low - 1].End)) * Grain;
            var length = Math.Min(Grain, update.W.Count - from);
            if (Widths.Bits == 512) Update<TRule, V512<E>>(ref update, from, length);
            else if (Widths.Bits == 256) Update<TRule, V256<E>>(ref update, from, length);
            else Update<TRule, V128<E>>(ref update, from, length);
        }
    }

    static void Update<TRule, T>(ref ParameterUpdate<TRule> update, long from, long count)
        where TRule : struct, IUpdateRule
        where T : struct, IVectorLanes<T, E>
    {
        // A slot that the rule has not stands in for w; nobody reads it.
        var slots = update.Rule.Slots;
        ref readonly var v0 = ref (slots & 1) != 0 ? ref update.S0 : ref update.W;
        ref readonly var v1 = ref (slots & 2) != 0 ? ref update.S1 : ref update.W;
        ref readonly var v2 = ref (slots & 4) != 0 ? ref update.S2 : ref update.W;
        fixed (byte* w = update.W, g = update.G, s0 = v0, s1 = v1, s2 = v2)
            UpdateDense<TRule, T>(update.Rule, (E*)w + from, (E*)g + from, (E*)s0 + from, (E*)s1 + from, (E*)s2 + from, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void UpdateDense<TRule, T>(TRule rule, E* w, E* g, E* s0, E* s1, E* s2, long count)
        where TRule : struct, IUpdateRule
        where T : struct, IVectorLanes<T, E>
    {
        var slots = rule.Slots;
        var (has0, has1, has2) = ((slots & 1) != 0, (slots & 2) != 0, (slots & 4) != 0);
        long i = 0;
        for (; i <= count - T.Count; i += T.Count)
        {
            var (v0, v1, v2) = (has0 ? T.Load(s0 + i) : default, has1 ? T.Load(s1 + i) : default, has2 ? T.Load(s2 + i) : default);
            T.Store(rule.Invoke(T.Load(w + i), T.Load(g + i), ref v0, ref v1, ref v2), w + i);
            if (has0) T.Store(v0, s0 + i);
            if (has1) T.Store(v1, s1 + i);
            if (has2) T.Store(v2, s2 + i);
        }
        var rest = (int)(count - i);
        if (rest == 0) return;
        var (r0, r1, r2) = (Rest(has0, s0 + i), Rest(has1, s1 + i), Rest(has2, s2 + i));
        Widths.StorePartial<T, E>(rule.Invoke(Rest(true, w + i), Rest(true, g + i), ref r0, ref r1, ref r2), w + i, rest);
        if (has0) Widths.StorePartial<T, E>(r0, s0 + i, rest);
        if (has1) Widths.StorePartial<T, E>(r1, s1 + i, rest);
        if (has2) Widths.StorePartial<T, E>(r2, s2 + i, rest);

        T Rest(bool has, E* p) => has ? Widths.LoadPartial<T, E>(p, rest) : default;
    }
}
