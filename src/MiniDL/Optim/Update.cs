namespace MiniDL.Optim;

/// <summary>How one element of a parameter moves: an optimizer's formula, written once for every width, every device and the composite.</summary>
/// <remarks>Its fields are numbers, truth values too: a bool is no kernel argument.</remarks>
internal interface IUpdateRule
{
    /// <summary>A bit for each of the up to three numbers that are kept for an element.</summary>
    int Slots { get; }

    /// <summary>The new w, given w, its gradient and what was kept, which it replaces.</summary>
    T Invoke<T>(T w, T g, ref T s0, ref T s1, ref T s2) where T : struct, ILanes<T>;
}

/// <summary>The update of one parameter; all views are contiguous, those of slots that the rule has not are empty.</summary>
internal struct ParameterUpdate<TRule> where TRule : struct, IUpdateRule
{
    public TRule Rule;              // follows from group and step
    public ParameterGroup Group;
    public long Step;
    public TensorView W, G, S0, S1, S2;

    /// <summary>For the kernel's use: where the parameter's work ends in the list of all work.</summary>
    public long End;
}

/// <summary>The kernel that an optimizer's step wants.</summary>
internal interface IOptimizerKernels
{
    /// <summary>Updates the first <paramref name="count"/> parameters of the array, all of them in one go.</summary>
    void Update<TRule>(ParameterUpdate<TRule>[] updates, int count) where TRule : struct, IUpdateRule;
}

/// <summary>Runs an optimizer's rule over its parameters.</summary>
/// <param name="rule">The rule for a group at a step, counted from 1.</param>
internal sealed class Update<TRule>(Func<ParameterGroup, long, TRule> rule) where TRule : struct, IUpdateRule
{
    ParameterUpdate<TRule>[] updates = [];
    int count;

    /// <summary>A bit for each slot that a group needs.</summary>
    public int Slots(ParameterGroup group) => rule(group, 1).Slots;

    /// <summary>One step of every parameter that has a gradient.</summary>
    public void Step(Optimizer optimizer)
    {
        using var mode = Autograd.NoGrad();
        using var scope = TempScope.Open();
        if (updates.Length == 0) updates = new ParameterUpdate<TRule>[optimizer.States.Length];
        IBackend? backend = null;
        foreach (var state in optimizer.States)
        {
            if (state.Gradient is not { } gradient) continue;
            var r = rule(state.Group, ++state.Step);
            state.Prepare(r.Slots);
            var w = state.Parameter;
            if (!Fusion.Find<IOptimizerKernels>(w, optimizer.Name, out _))
            {
                Compose(r, state, gradient);
                continue;
            }
            if (!ReferenceEquals(backend, w.Backend)) Flush(backend);
            backend = w.Backend;
            updates[count++] = new()
            {
                Rule = r,
                Group = state.Group,
                Step = state.Step,
                W = w.View,
                G = gradient.ContiguousData().View,
                S0 = state.Slots[0].ViewOrNone(),
                S1 = state.Slots[1].ViewOrNone(),
                S2 = state.Slots[2].ViewOrNone(),
            };
            w.Version++;
        }
        Flush(backend);
        scope.Close();
    }

    void Flush(IBackend? backend)
    {
        if (count == 0) return;
        ((IOptimizerKernels)backend!).Update(updates, count);
        Array.Clear(updates, 0, count);
        count = 0;
    }

    static void Compose(TRule rule, ParameterState state, Tensor gradient)
    {
        var s = state.Slots;
        var (s0, s1, s2) = (Trace(s[0]), Trace(s[1]), Trace(s[2]));
        var w = rule.Invoke(new Traced(state.Parameter.Detach()), new Traced(gradient.Detach()), ref s0, ref s1, ref s2);
        state.Parameter.CopyFrom(w.Result(state.Parameter));
        s[0]?.CopyFrom(s0.Result(s[0]!));
        s[1]?.CopyFrom(s1.Result(s[1]!));
        s[2]?.CopyFrom(s2.Result(s[2]!));
    }

    static Traced Trace(Tensor? x) => x is null ? default : new(x);
}
