using static MiniDL.Conformance.Golden.OpTable;

namespace MiniDL.Conformance.Golden;

static class MovementCalls
{
    public static void Register()
    {
        Add("reshape", a => a.Tensor(0).Reshape(a.Ints(1, "shape")));
        Add("view", a => a.Tensor(0).ViewAs(a.Ints(1, "shape")));
        Add("flatten", a => a.Tensor(0).Flatten(a.Int(1, "start_dim", 0), a.Int(2, "end_dim", -1)));
        Add("permute", a => a.Tensor(0).Permute(a.Ints(1, "dims")));
        Add("transpose", a => a.Tensor(0).Transpose(a.Int(1, "dim0"), a.Int(2, "dim1")));
        Add("expand", a => a.Tensor(0).Expand(a.Ints(1, "size")));
        Add("broadcast_to", a => a.Tensor(0).BroadcastTo(a.Ints(1, "size")));
        Add("squeeze", a => a.Has(1, "dim") ? a.Tensor(0).Squeeze(a.Int(1, "dim")) : a.Tensor(0).Squeeze());
        Add("unsqueeze", a => a.Tensor(0).Unsqueeze(a.Int(1, "dim")));
        Add("narrow", a => a.Tensor(0).Narrow(a.Int(1, "dim"), a.Int(2, "start"), a.Int(3, "length")));
        Add("select", a => a.Tensor(0).Select(a.Int(1, "dim"), a.Int(2, "index")));
        Add("flip", a => a.Tensor(0).Flip(a.Ints(1, "dims")));
        Add("roll", a => a.Tensor(0).Roll(a.Ints(1, "shifts"), a.IntsOrNull(2, "dims") ?? []));
        Add("repeat", a => a.Tensor(0).Repeat(a.Ints(1, "repeats")));
        Add("tril", a => a.Tensor(0).Tril(a.Int(1, "diagonal", 0)));
        Add("triu", a => a.Tensor(0).Triu(a.Int(1, "diagonal", 0)));
        Add("cat", a => Tensor.Cat(a.Tensors(0), a.Int(1, "dim", 0)));
        Add("stack", a => Tensor.Stack(a.Tensors(0), a.Int(1, "dim", 0)));
        AddMany("split", Split);
        AddMany("chunk", a => a.Tensor(0).Chunk(a.Int(1, "chunks"), a.Int(2, "dim", 0)));
        AddMany("unbind", a => a.Tensor(0).Unbind(a.Int(1, "dim", 0)));
        Add("movedim", a => a.Tensor(0).MoveDim(a.Ints(1, "source"), a.Ints(2, "destination")));
        Add("tile", a => a.Tensor(0).Tile(a.Ints(1, "dims")));
        Add("diagonal", a => a.Tensor(0).Diagonal(a.Int(1, "offset", 0), a.Int(2, "dim1", 0), a.Int(3, "dim2", 1)));
        Add("nn.functional.pad", Pad);
    }

    static Tensor[] Split(Args a) => a.Find(1, "split_size_or_sections") is Sequence
        ? a.Tensor(0).Split(a.Ints(1, "split_size_or_sections"), a.Int(2, "dim", 0))
        : a.Tensor(0).Split(a.Int(1, "split_size_or_sections"), a.Int(2, "dim", 0));

    static Tensor Pad(Args a)
    {
        var mode = a.Text(2, "mode", "constant");
        if (mode != "constant") throw new NotSupportedException($"pad mode '{mode}'");
        return a.Tensor(0).Pad(a.Ints(1, "pad"), a.Number(3, "value", 0));
    }
}
