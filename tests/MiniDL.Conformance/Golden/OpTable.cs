namespace MiniDL.Conformance.Golden;

/// <summary>PyTorch's ops as calls of MiniDL. The tables are in <c>Ops/</c>, a file a family.</summary>
static class OpTable
{
    static readonly Dictionary<string, Func<Args, Tensor[]>> calls = [];

    static OpTable()
    {
        ElementwiseCalls.Register();
        ReductionCalls.Register();
        MovementCalls.Register();
        IndexingCalls.Register();
        ProductCalls.Register();
        RowCalls.Register();
        LossCalls.Register();
    }

    /// <summary>Adds an op with one result. <c>kind:name</c> is for a kind of case that orders the arguments its own way.</summary>
    public static void Add(string name, Func<Args, Tensor> call) => calls.Add(name, args => [call(args)]);

    /// <summary>Adds an op with several results.</summary>
    public static void AddMany(string name, Func<Args, Tensor[]> call) => calls.Add(name, call);

    /// <summary>Calls an op with all arguments of the case.</summary>
    public static Tensor[] Call(string kind, string name, Args args)
    {
        if (!calls.TryGetValue($"{kind}:{name}", out var call) && !calls.TryGetValue(name, out call))
            throw new InvalidDataException($"the op table has no '{name}'");
        var y = call(args);
        args.CheckAllRead();
        return y;
    }
}
