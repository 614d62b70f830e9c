using static MiniDL.Conformance.Golden.OpTable;

namespace MiniDL.Conformance.Golden;

static class ProductCalls
{
    public static void Register()
    {
        Add("matmul", a => a.Tensor(0).MatMul(a.Tensor(1, "other")));
        Add("mm", a => a.Tensor(0).Mm(a.Tensor(1, "mat2")));
        Add("bmm", a => a.Tensor(0).Bmm(a.Tensor(1, "mat2")));
        Add("mv", a => a.Tensor(0).Mv(a.Tensor(1, "vec")));
        Add("outer", a => a.Tensor(0).Outer(a.Tensor(1, "vec2")));
        Add("nn.functional.linear", a => a.Tensor(0).Linear(a.Tensor(1, "weight"), a.TensorOrNull(2, "bias")));
        Add("nn.functional.conv1d", a => a.Tensor(0).Conv1d(Weight(a), Bias(a), Stride(a).W, a.Padding(4, "padding"), Dilation(a).W, Groups(a)));
        Add("nn.functional.conv2d", a => a.Tensor(0).Conv2d(Weight(a), Bias(a), Stride(a), a.Padding(4, "padding"), Dilation(a), Groups(a)));
        Add("nn.functional.conv_transpose1d", a => a.Tensor(0).ConvTranspose1d(
            Weight(a), Bias(a), Stride(a).W, a.Pair(4, "padding", 0).W, a.Pair(5, "output_padding", 0).W, a.Int(6, "groups", 1), a.Pair(7, "dilation", 1).W));
        Add("nn.functional.conv_transpose2d", a => a.Tensor(0).ConvTranspose2d(
            Weight(a), Bias(a), Stride(a), a.Pair(4, "padding", 0), a.Pair(5, "output_padding", 0), a.Int(6, "groups", 1), a.Pair(7, "dilation", 1)));
        AddMany("nn.functional.max_pool2d", MaxPool2d);
        Add("nn.functional.avg_pool2d", a => a.Tensor(0).AvgPool2d(
            a.Pair(1, "kernel_size"), a.PairOrNull(2, "stride"), a.Pair(3, "padding", 0),
            a.Flag(4, "ceil_mode"), a.Flag(5, "count_include_pad", fallback: true), a.Has(6, "divisor_override") ? a.Int(6, "divisor_override") : null));
    }

    static Tensor Weight(Args a) => a.Tensor(1, "weight");

    static Tensor? Bias(Args a) => a.TensorOrNull(2, "bias");

    static Size2 Stride(Args a) => a.Pair(3, "stride", 1);

    static Size2 Dilation(Args a) => a.Pair(5, "dilation", 1);

    static int Groups(Args a) => a.Int(6, "groups", 1);

    static Tensor[] MaxPool2d(Args a)
    {
        var (kernel, stride, padding, dilation, ceil) = (a.Pair(1, "kernel_size"), a.PairOrNull(2, "stride"), a.Pair(3, "padding", 0), a.Pair(4, "dilation", 1), a.Flag(5, "ceil_mode"));
        if (!a.Flag(6, "return_indices")) return [a.Tensor(0).MaxPool2d(kernel, stride, padding, dilation, ceil)];
        var (y, indices) = a.Tensor(0).MaxPool2dWithIndices(kernel, stride, padding, dilation, ceil);
        return [y, indices];
    }
}
