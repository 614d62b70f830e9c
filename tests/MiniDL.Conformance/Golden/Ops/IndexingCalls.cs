using static MiniDL.Conformance.Golden.OpTable;

namespace MiniDL.Conformance.Golden;

static class IndexingCalls
{
    public static void Register()
    {
        Add("__getitem__", GetItem);
        Add("gather", a => a.Tensor(0).Gather(a.Int(1, "dim"), a.Tensor(2, "index")));
        Add("scatter", a => a.Find(3, "src") is Tensor source
            ? a.Tensor(0).Scatter(a.Int(1, "dim"), a.Tensor(2, "index"), source)
            : a.Tensor(0).Scatter(a.Int(1, "dim"), a.Tensor(2, "index"), a.Number(3, "src")));
        Add("scatter_add", a => a.Tensor(0).ScatterAdd(a.Int(1, "dim"), a.Tensor(2, "index"), a.Tensor(3, "src")));
        Add("index_select", a => a.Tensor(0).IndexSelect(a.Int(1, "dim"), a.Tensor(2, "index")));
        Add("masked_fill", a => a.Find(2, "value") is Tensor value
            ? a.Tensor(0).MaskedFill(a.Tensor(1, "mask"), value)
            : a.Tensor(0).MaskedFill(a.Tensor(1, "mask"), a.Number(2, "value")));
        Add("index_add", a => a.Tensor(0).IndexAdd(a.Int(1, "dim"), a.Tensor(2, "index"), a.Tensor(3, "source"), a.Number(4, "alpha", 1)));
        Add("take_along_dim", a => a.Has(2, "dim")
            ? a.Tensor(0).TakeAlongDim(a.Tensor(1, "indices"), a.Int(2, "dim"))
            : a.Tensor(0).TakeAlongDim(a.Tensor(1, "indices")));
        Add("masked_select", a => a.Tensor(0).MaskedSelect(a.Tensor(1, "mask")));
        Add("nn.functional.embedding", a => a.Tensor(0, "weight").Embedding(a.Tensor(1, "index"), a.Has(2, "padding_idx") ? a.Int(2, "padding_idx") : null));
        Add("large:nn.functional.embedding", a => a.Tensor(1, "weight").Embedding(a.Tensor(0, "index")));
    }

    /// <summary>A tuple is one index an axis, and so is a list that holds more than numbers; anything else is the index of the first axis.</summary>
    static Tensor GetItem(Args a)
    {
        var (x, index) = (a.Tensor(0), a.Find(1, "index"));
        TensorIndex[] indices = index is Sequence several && (several.IsTuple || several.Items.Any(item => item is not long))
            ? [.. several.Items.Select(item => Index(item, x.Device))]
            : [Index(index, x.Device)];
        return x[indices];
    }

    static TensorIndex Index(object? index, Device device) => index switch
    {
        long i => (int)i,
        Tensor t => t,
        Sequence { Items: var items } => Tensor.From(items.Select(item => (long)item!).ToArray(), items.Length).To(device),
        Slice slice => TensorIndex.Slice(Range(slice), slice.Step),
        Ellipsis => TensorIndex.Ellipsis,
        null => TensorIndex.NewAxis,
        _ => throw new InvalidDataException($"the case indexes with {index}"),
    };

    static Range Range(Slice slice) => Bound(slice.Start ?? 0)..(slice.Stop is { } stop ? Bound(stop) : ^0);

    static Index Bound(int i) => i < 0 ? ^-i : i;
}
