using static MiniDL.Conformance.Golden.OpTable;

namespace MiniDL.Conformance.Golden;

static class LossCalls
{
    public static void Register()
    {
        Add("nn.functional.cross_entropy", CrossEntropy);
        Add("nn.functional.nll_loss", NllLoss);
        Add("nn.functional.mse_loss", a => Loss.Mse(a.Tensor(0), a.Tensor(1, "target"), Mode(a)));
        Add("nn.functional.l1_loss", L1Loss);
        Add("nn.functional.binary_cross_entropy_with_logits", a => Loss.BceWithLogits(
            a.Tensor(0), a.Tensor(1, "target"), a.TensorOrNull(2, "weight"), a.TensorOrNull(-1, "pos_weight"), Mode(a)));
    }

    public static Tensor CrossEntropy(Args a) => Loss.CrossEntropy(
        a.Tensor(0), a.Tensor(1, "target"), a.TensorOrNull(-1, "weight"), a.Int(-1, "ignore_index", -100), a.Number(-1, "label_smoothing", 0), Mode(a));

    public static Tensor NllLoss(Args a) => Loss.Nll(
        a.Tensor(0), a.Tensor(1, "target"), a.TensorOrNull(-1, "weight"), a.Int(-1, "ignore_index", -100), Mode(a));

    public static Tensor L1Loss(Args a) => Loss.L1(a.Tensor(0), a.Tensor(1, "target"), Mode(a));

    static LossReduction Mode(Args a) => a.Text(-1, "reduction", "mean") switch
    {
        "mean" => LossReduction.Mean,
        "sum" => LossReduction.Sum,
        "none" => LossReduction.None,
        var other => throw new NotSupportedException($"reduction '{other}'"),
    };
}
