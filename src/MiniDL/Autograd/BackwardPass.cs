namespace MiniDL;

/// <summary>Reverse-mode differentiation: goes through the graph from the result to the leaves, each node after all that used its result.</summary>
/// <remarks>
/// Iterative, so that a graph of any depth fits. A graph belongs to one thread, so a pass keeps its marks on the nodes; leaves may be shared between
/// threads, so theirs are kept here. What could go wrong silently is checked: each gradient has its operand's shape and dtype, and with
/// createGraph each one is itself recorded.
/// </remarks>
internal sealed class BackwardPass
{
    static int passes;

    [ThreadStatic] static BackwardPass? current;

    readonly int id = Interlocked.Increment(ref passes);
    readonly GradNode[]? inputs;
    readonly Tensor?[] results;
    readonly bool createGraph, retainGraph, stopAtInputs;
    readonly List<GradNode> order = [];
    readonly Dictionary<LeafNode, LeafState> leaves = [];
    Tensor?[] dx = new Tensor?[8];

    struct LeafState
    {
        public Tensor? Pending;
        public int UsesLeft;
    }

    BackwardPass(GradNode[]? inputs, bool createGraph, bool retainGraph, bool stopAtInputs)
        => (this.inputs, results, this.createGraph, this.retainGraph, this.stopAtInputs) = (inputs, new Tensor?[inputs?.Length ?? 0], createGraph, retainGraph, stopAtInputs);

    /// <summary>True when the running pass needs the gradient of this node.</summary>
    public static bool Wants(GradNode? node) => node is not null && current!.IsWanted(node);

    bool IsWanted(GradNode node) => node is LeafNode ? inputs is null || IsInput(node) : node.Pass == id && node.Wanted;

    bool IsInput(GradNode node) => inputs is not null && Array.IndexOf(inputs, node) >= 0;

    /// <summary>Pushes <paramref name="seed"/> into <paramref name="root"/>.</summary>
    /// <param name="root">The node of the result.</param>
    /// <param name="seed">The gradient of the result.</param>
    /// <param name="inputs">The nodes whose gradients are asked for; null: every leaf accumulates its own.</param>
    /// <param name="createGraph">Record the backward ops, so that the gradients can be differentiated again.</param>
    /// <param name="retainGraph">Keep what was saved for another backward.</param>
    /// <param name="stopAtInputs">The inputs are the boundary: what lies behind them is another pass's graph and stays untouched.</param>
    /// <returns>The gradient of each input, or null where the root does not depend on it.</returns>
    public static Tensor?[] Run(GradNode root, Tensor seed, GradNode[]? inputs, bool createGraph, bool retainGraph, bool stopAtInputs = false)
    {
        var pass = new BackwardPass(inputs, createGraph, retainGraph, stopAtInputs);
        var outer = current;
        current = pass;
        try
        {
            using var mode = new GradModeScope(createGraph);
            pass.Run(root, seed);
        }
        finally
        {
            foreach (var node in pass.order) Drop(node);
            current = outer;
        }
        if (outer is null && !createGraph) seed.Device.EndOfBackward();
        return pass.results;
    }

    void Run(GradNode root, Tensor seed)
    {
        if (root is LeafNode leaf)
        {
            if (inputs is null) leaf.Accumulate(seed);
            else Capture(leaf, seed);
            return;
        }
        Sort(root);
        if (!root.Wanted) return;
        Add(root, seed);
        for (var i = order.Count - 1; i >= 0; i--)
        {
            var node = order[i];
            if (node.Pending is { } dy && node.Wanted)
            {
                if (node.Extras is { } extras) dy = RunHooks(node, extras, dy);
                var captured = IsInput(node);
                if (captured) Capture(node, dy);
                if (!captured || ReachesOthers(node)) Step(node, dy);
            }
            Drop(node);
            CountUses(node);
        }
    }

    void Step(GradNode node, Tensor dy)
    {
        var count = node.InputCount;
        if (count > dx.Length) dx = new Tensor?[count];
        var gradients = dx.AsSpan(0, count);
        using var scope = TempScope.Open();
        node.Backward(dy, gradients);
        for (var k = 0; k < count; k++)
        {
            if (gradients[k] is not { } g || node.Input(k) is not { } input || !IsWanted(input)) continue;
            Check(node, input, g, dy);
            Add(input, g);
        }
        gradients.Clear();
        scope.Close();
    }

    void Check(GradNode node, GradNode input, Tensor g, Tensor dy)
    {
        if (!g.layout.SameSizes(input.Shape))
            throw new InvalidOperationException($"{node.Name}: its backward made a gradient of shape {g.layout} for an operand of shape {input.Shape}");
        if (g.dtype != input.DType)
            throw new InvalidOperationException($"{node.Name}: its backward made a {g.dtype} gradient for a {input.DType} operand");
        if (createGraph && dy.node is not null && g.node is null)
            throw new InvalidOperationException($"{node.Name}: its backward made a gradient that is not recorded; compute it from dy and the operands by tensor ops");
        if (Anomaly.Enabled) Anomaly.CheckGradient(node, g);
    }

    /// <summary>After a node is done, so is one use of each leaf among its operands; after the last, the leaf's gradient is complete.</summary>
    void CountUses(GradNode node)
    {
        for (var k = 0; k < node.InputCount; k++)
        {
            if (node.Input(k) is not LeafNode leaf || !leaves.TryGetValue(leaf, out var state)) continue;
            state.UsesLeft--;
            leaves[leaf] = state;
            if (state.UsesLeft > 0 || state.Pending is not { } dy) continue;
            if (leaf.Extras is { } extras) dy = RunHooks(leaf, extras, dy);
            if (inputs is null) leaf.Accumulate(dy);
            else Capture(leaf, dy);
            Release(state.Pending);
            leaves.Remove(leaf);
        }
        if (node.Pass == id && node.Wanted && !retainGraph && !createGraph && !IsBoundary(node))
        {
            node.Release();
            node.Freed = true;
        }
    }

    void Capture(GradNode node, Tensor dy)
    {
        if (dy.storage is DeviceBuffer buffer) buffer.Escape();
        for (var k = 0; k < inputs!.Length; k++)
            if (ReferenceEquals(inputs[k], node)) results[k] = dy;
    }

    /// <summary>The gradients of several uses of one result add up.</summary>
    void Add(GradNode node, Tensor g)
    {
        if (node is not LeafNode leaf)
        {
            var sum = Sum(node.Pending, g);
            Drop(node);
            node.Pending = sum;
            return;
        }
        if (!leaves.TryGetValue(leaf, out var state)) return;
        var total = Sum(state.Pending, g);
        Release(state.Pending);
        state.Pending = total;
        leaves[leaf] = state;
    }

    static Tensor Sum(Tensor? before, Tensor g)
    {
        var sum = before is null ? g : before + g;
        if (sum.storage is DeviceBuffer buffer) buffer.Hold();
        return sum;
    }

    static void Drop(GradNode node)
    {
        Release(node.Pending);
        node.Pending = null;
    }

    static void Release(Tensor? g)
    {
        if (g?.storage is DeviceBuffer buffer) buffer.Release();
    }

    static Tensor RunHooks(GradNode node, NodeExtras extras, Tensor dy)
    {
        if (extras.Hooks is null && !extras.Retain) return dy;
        if (dy.storage is DeviceBuffer buffer) buffer.Escape();
        if (extras.Hooks is { } hooks)
        {
            using var suspended = TempScope.Suspend();
            foreach (var hook in hooks)
            {
                if (hook(dy) is not { } changed) continue;
                if (!changed.layout.SameSizes(node.Shape))
                    throw new ShapeException($"Hook of {node.Name}: it gave a gradient of shape {changed.layout}, the tensor has {node.Shape}");
                dy = changed;
            }
        }
        if (extras.Retain) extras.Retained = extras.Retained is { } before ? before + dy : dy;
        return dy;
    }

    bool ReachesOthers(GradNode node)
    {
        if (IsBoundary(node)) return false;
        for (var k = 0; k < node.InputCount; k++)
            if (node.Input(k) is { } input && IsWanted(input)) return true;
        return false;
    }

    bool IsBoundary(GradNode node) => stopAtInputs && IsInput(node);

    /// <summary>Depth-first: operands before the nodes that use them. One sweep settles both what needs a gradient and what was asked for.</summary>
    void Sort(GradNode root)
    {
        var path = new Stack<(GradNode Node, int Next)>();
        Enter(root);
        while (path.Count > 0)
        {
            var (node, next) = path.Pop();
            if (next < node.InputCount && !IsBoundary(node))
            {
                path.Push((node, next + 1));
                if (node.Input(next) is LeafNode leaf)
                {
                    if (!IsWanted(leaf)) continue;
                    leaves.TryGetValue(leaf, out var state);
                    state.UsesLeft++;
                    leaves[leaf] = state;
                }
                else if (node.Input(next) is { } input && input.Pass != id) Enter(input);
                continue;
            }
            node.Wanted = IsInput(node) || node.Extras is { Retain: true } || ReachesOthers(node);
            order.Add(node);
        }

        void Enter(GradNode node)
        {
            // A freed node has lost its edges: going on would end here without a word.
            if (node.Freed && !IsInput(node))
                throw new InvalidOperationException("Backward: an earlier Backward has freed this graph; pass retainGraph: true to that one");
            node.Pass = id;
            node.Wanted = false;
            path.Push((node, 0));
        }
    }
}
