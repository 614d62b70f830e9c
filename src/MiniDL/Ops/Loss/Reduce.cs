namespace MiniDL;

/// <summary>What a loss makes of the losses of single elements.</summary>
public enum LossReduction
{
    /// <summary>Their mean (for class losses the weighted mean over the targets that count).</summary>
    Mean,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>Each by itself.</summary>
    None,
}

/// <summary>Losses: what training makes small. Each compares a prediction with a target.</summary>
public static partial class Loss
{
    static Tensor Reduce(Tensor losses, LossReduction reduction) => reduction switch
    {
        LossReduction.Mean => losses.Sum() / losses.Length,
        LossReduction.Sum => losses.Sum(),
        _ => losses,
    };

    /// <summary>A target must have the prediction's shape: broadcasting [N,1] against [N] would silently give N×N.</summary>
    static void SameShape(string op, Tensor prediction, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(target);
        if (!prediction.layout.SameSizes(target.layout))
            throw new ShapeException(op, $"the prediction has shape {prediction.Shape}, the target {target.Shape}; they must be equal (Reshape or Squeeze one)", "target");
    }
}
