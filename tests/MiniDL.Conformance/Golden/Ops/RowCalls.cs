using static MiniDL.Conformance.Golden.OpTable;

namespace MiniDL.Conformance.Golden;

static class RowCalls
{
    public static void Register()
    {
        Add("softmax", a => a.Tensor(0).Softmax(a.Int(1, "dim"), a.Type(2, "dtype")));
        Add("log_softmax", a => a.Tensor(0).LogSoftmax(a.Int(1, "dim"), a.Type(2, "dtype")));
        Add("nn.functional.layer_norm", a => a.Tensor(0).LayerNorm(
            a.Ints(1, "normalized_shape"), a.TensorOrNull(2, "weight"), a.TensorOrNull(3, "bias"), a.Number(4, "eps", 1e-5)));
        Add("nn.functional.group_norm", a => a.Tensor(0).GroupNorm(
            a.Int(1, "num_groups"), a.TensorOrNull(2, "weight"), a.TensorOrNull(3, "bias"), a.Number(4, "eps", 1e-5)));
        Add("nn.functional.batch_norm", a => a.Tensor(0).BatchNorm(
            a.TensorOrNull(1, "running_mean"), a.TensorOrNull(2, "running_var"), a.TensorOrNull(3, "weight"), a.TensorOrNull(4, "bias"),
            a.Flag(5, "training"), a.Number(6, "momentum", 0.1), a.Number(7, "eps", 1e-5)));
        AddMany("nn.functional._scaled_dot_product_attention", a => Attention(a, weights: true));
        AddMany("large:nn.functional._scaled_dot_product_attention", a => Attention(a, weights: false));
    }

    static Tensor[] Attention(Args a, bool weights)
    {
        a.Flag(5, "need_attn_weights"); // the corpus wants them whatever it says
        var (q, k, v, mask, causal) = (a.Tensor(0, "query"), a.Tensor(1, "key"), a.Tensor(2, "value"), a.TensorOrNull(3, "attn_mask"), a.Flag(6, "is_causal"));
        if (a.Number(4, "dropout_p", 0) != 0) throw new NotSupportedException("attention with dropout has no fixed numbers");
        if (!weights) return [q.ScaledDotProductAttention(k, v, mask, causal)];
        var (y, w) = q.ScaledDotProductAttentionWithWeights(k, v, mask, causal);
        return [y, w];
    }
}
