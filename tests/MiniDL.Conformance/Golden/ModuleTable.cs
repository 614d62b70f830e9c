using MiniDL.NN;

namespace MiniDL.Conformance.Golden;

/// <summary>PyTorch's modules as MiniDL's layers.</summary>
static class ModuleTable
{
    /// <summary>Losses: modules in PyTorch, functions here.</summary>
    public static Dictionary<string, Func<Args, Tensor>> Losses { get; } = new()
    {
        ["CrossEntropyLoss"] = LossCalls.CrossEntropy,
        ["NLLLoss"] = LossCalls.NllLoss,
        ["L1Loss"] = LossCalls.L1Loss,
    };

    static readonly Dictionary<string, Func<Args, Layer>> layers = new()
    {
        ["Linear"] = a => new Linear(a.Int(0, "in_features"), a.Int(1, "out_features"), a.Flag(2, "bias", fallback: true)),
        ["Conv1d"] = a => new Conv1d(
            In(a), Out(a), a.Int(2, "kernel_size"), a.Int(3, "stride", 1), a.Padding(4, "padding"), a.Int(5, "dilation", 1), a.Int(6, "groups", 1), a.Flag(7, "bias", fallback: true)),
        ["Conv2d"] = a => new Conv2d(
            In(a), Out(a), a.Pair(2, "kernel_size"), a.Pair(3, "stride", 1), a.Padding(4, "padding"), a.Pair(5, "dilation", 1), a.Int(6, "groups", 1), a.Flag(7, "bias", fallback: true)),
        ["ConvTranspose2d"] = a => new ConvTranspose2d(
            In(a), Out(a), a.Pair(2, "kernel_size"), a.Pair(3, "stride", 1), a.Pair(4, "padding", 0), a.Pair(5, "output_padding", 0), a.Int(6, "groups", 1),
            a.Flag(7, "bias", fallback: true), a.Pair(8, "dilation", 1)),
        ["BatchNorm2d"] = a => new BatchNorm2d(
            a.Int(0, "num_features"), a.Number(1, "eps", 1e-5), a.Number(2, "momentum", 0.1), a.Flag(3, "affine", fallback: true), a.Flag(4, "track_running_stats", fallback: true)),
        ["Embedding"] = a => new Embedding(a.Int(0, "num_embeddings"), a.Int(1, "embedding_dim"), a.Has(2, "padding_idx") ? a.Int(2, "padding_idx") : null),
        ["ReLU"] = _ => new Relu(),
        ["ELU"] = a => new Elu(a.Number(0, "alpha", 1)),
        ["Sigmoid"] = _ => new Sigmoid(),
        ["MaxPool2d"] = a => new MaxPool2d(a.Pair(0, "kernel_size"), a.PairOrNull(1, "stride"), a.Pair(2, "padding", 0), a.Pair(3, "dilation", 1), a.Flag(5, "ceil_mode")),
    };

    static int In(Args a) => a.Int(0, "in_channels");

    static int Out(Args a) => a.Int(1, "out_channels");

    /// <summary>The module, and how to call it.</summary>
    public static (Module Module, Func<Args, Tensor[]> Forward) Create(string name, Args constructor)
    {
        if (!layers.TryGetValue(name, out var create)) throw new InvalidDataException($"the module table has no '{name}'");
        var layer = create(constructor);
        if (name == "MaxPool2d" && constructor.Flag(4, "return_indices")) return (layer, args => WithIndices(args.Tensor(0), constructor));
        return (layer, args => [layer.Forward(args.Tensor(0))]);
    }

    /// <summary>A layer is a tensor in, a tensor out: who wants the indices calls the op.</summary>
    static Tensor[] WithIndices(Tensor x, Args a)
    {
        var (y, indices) = x.MaxPool2dWithIndices(a.Pair(0, "kernel_size"), a.PairOrNull(1, "stride"), a.Pair(2, "padding", 0), a.Pair(3, "dilation", 1), a.Flag(5, "ceil_mode"));
        return [y, indices];
    }
}
