using System.Text.Json;

namespace MiniDL.Conformance.Golden;

/// <summary>What PyTorch has and MiniDL does not, each with its reason. The list may only shrink: a listed case that would pass is a failure.</summary>
public static class Unsupported
{
    const string NoOp = "no such op in MiniDL 0.1";
    const string NoModule = "no such layer in MiniDL 0.1";
    const string NoOptimizer = "no such optimizer in MiniDL 0.1";
    const string NoSchedule = "no such schedule in MiniDL 0.1";

    static readonly (string Kinds, string Reason, string[] Names)[] names =
    [
        ("op program large", NoOp, [
            "addcdiv", "addcmul", "addmm", "atan", "baddbmm", "cosh", "cumprod", "einsum", "lerp", "linalg.norm",
            "log10", "log2", "prod", "round", "sinh", "sort", "tan", "topk", "unfold", "var_mean"]),
        ("op program large", NoOp, [
            "nn.functional.adaptive_avg_pool1d", "nn.functional.adaptive_avg_pool2d", "nn.functional.adaptive_max_pool2d", "nn.functional.avg_pool1d",
            "nn.functional.bilinear", "nn.functional.binary_cross_entropy", "nn.functional.celu",
            "nn.functional.cosine_embedding_loss", "nn.functional.cosine_similarity", "nn.functional.ctc_loss", "nn.functional.gaussian_nll_loss",
            "nn.functional.glu", "nn.functional.hardsigmoid", "nn.functional.hardswish", "nn.functional.hardtanh", "nn.functional.hinge_embedding_loss",
            "nn.functional.huber_loss", "nn.functional.instance_norm", "nn.functional.interpolate", "nn.functional.kl_div",
            "nn.functional.local_response_norm", "nn.functional.logsigmoid", "nn.functional.margin_ranking_loss", "nn.functional.max_pool1d",
            "nn.functional.mish", "nn.functional.normalize", "nn.functional.pixel_shuffle", "nn.functional.poisson_nll_loss", "nn.functional.prelu",
            "nn.functional.relu6", "nn.functional.selu", "nn.functional.smooth_l1_loss", "nn.functional.soft_margin_loss", "nn.functional.softmin", "nn.functional.softsign",
            "nn.functional.triplet_margin_loss", "nn.functional.unfold"]),
        ("module", NoModule, [
            "AdaptiveAvgPool2d", "AvgPool1d", "BatchNorm3d", "Bilinear", "Conv3d", "ConvTranspose1d", "ConvTranspose3d", "GRU", "GRUCell",
            "GaussianNLLLoss", "Hardswish", "LSTM", "LSTMCell", "MultiheadAttention", "RNN", "RNNCell", "Transformer", "TransformerDecoderLayer",
            "TransformerEncoderLayer"]),
        ("optimizer", NoOptimizer, ["ASGD", "Adadelta", "Adamax", "LBFGS", "NAdam", "RAdam", "Rprop"]),
        ("schedule", NoSchedule, [
            "ConstantLR", "CosineAnnealingWarmRestarts", "CyclicLR", "PolynomialLR", "ReduceLROnPlateau"]),
        ("trace", "needs layers that MiniDL 0.1 does not have", ["tagger", "classifier", "gpt", "seq2seq"]),
    ];

    static readonly (string Name, string Reason, Func<JsonElement, JsonElement, bool> Matches)[] arguments =
    [
        ("nn.functional.pad", "pad is constant in MiniDL 0.1", (args, _) => args.GetArrayLength() > 2 && args[2].GetString() != "constant"),
        ("norm", "the nuclear norm needs singular values", (args, _) => args.GetArrayLength() > 1 && IsText(args[1], "nuc")),
    ];

    /// <summary>Why the library does not offer what the case tests, or null when it does.</summary>
    public static string? Reason(GoldenCase golden)
    {
        if (golden.Kind != "program") return Reason(golden.Kind, golden.Name, golden.Find("args"), golden.Find("kwargs"));
        foreach (var step in golden["steps"].EnumerateArray())
            if (Reason(golden.Kind, step.GetProperty("op").GetString()!, step.GetProperty("args"), step.GetProperty("kwargs")) is { } reason) return reason;
        return null;
    }

    static string? Reason(string kind, string name, JsonElement? args, JsonElement? kwargs)
    {
        foreach (var (kinds, reason, listed) in names)
            if (kinds.Split(' ').Contains(kind) && listed.Contains(name)) return $"{name}: {reason}";
        foreach (var (listed, reason, matches) in arguments)
            if (listed == name && matches(args!.Value, kwargs!.Value)) return $"{name}: {reason}";
        return null;
    }

    static bool IsText(JsonElement json, string text) => json.ValueKind == JsonValueKind.String && json.GetString() == text;
}
