using ILGPU;

namespace MiniDL.Gpu;

// loss = −(1 − s)·w_t·(x_t − l) − s/C·Σ w_c·(x_c − l) with l = log Σ exp x; targets that do not count cost 0.
internal sealed partial class GpuRealBackend<T> : ICrossEntropyKernels
{
    /// <inheritdoc/>
    public void CrossEntropyForward(in ClassShape shape, double smoothing, long ignoreIndex, in TensorView x, in TensorView target, in TensorView weight, in TensorView loss, in TensorView logSumExp)
    {
        var row = new CrossEntropyRow<T> { X = Dense<T>(x), Loss = Dense<T>(loss), LogSumExp = Dense<T>(logSumExp), Terms = new(shape, smoothing, ignoreIndex, Dense<long>(target), DenseOrNone<T>(weight)) };
        OverRows(row, RowGrid.Of(new(shape.N, shape.C, shape.Spatial)), x, weight);
    }

    /// <inheritdoc/>
    public void CrossEntropyBackward(in ClassShape shape, double smoothing, long ignoreIndex, in TensorView x, in TensorView target, in TensorView weight, in TensorView logSumExp, in TensorView dy, in TensorView dx)
    {
        var row = new CrossEntropyRowBackward<T>
        {
            X = Dense<T>(x), LogSumExp = Dense<T>(logSumExp), Dy = Dense<T>(dy), Dx = Dense<T>(dx), Terms = new(shape, smoothing, ignoreIndex, Dense<long>(target), DenseOrNone<T>(weight)),
        };
        OverRows(row, RowGrid.Of(new(shape.N, shape.C, shape.Spatial)), x, weight, dx);
    }
}

/// <summary>What a target and its class contribute.</summary>
internal readonly struct ClassTerms<T>(in ClassShape shape, double smoothing, long ignored, ArrayView<long> target, ArrayView<T> weight) where T : unmanaged, IReal<T>
{
    /// <summary>The share of the target, and of each class.</summary>
    public readonly T Own = T.Of(1 - smoothing), Each = T.Of(smoothing / shape.C);

    readonly ArrayView<long> target = target;
    readonly ArrayView<T> weight = weight;
    readonly long ignored = ignored;
    readonly int classes = shape.C, smooths = smoothing != 0 ? 1 : 0;

    public bool Smooths => smooths != 0;

    public long TargetOf(RowTeam<T> team) => target[team.Place];

    public bool Counts(long target) => target != ignored && target >= 0 && target < classes;

    /// <summary>The weights of the classes.</summary>
    public Line<T> Weights(RowTeam<T> team) => team.Common(weight, T.Of(1));

    /// <summary>Σ w.</summary>
    public T AllWeights(RowTeam<T> team) => weight.Length == 0 ? T.Of(classes) : team.Sum(default(Itself<T>), Weights(team), RowTeam<T>.None, RowTeam<T>.None);
}

/// <summary>w·(x − l).</summary>
internal readonly struct WeighedLogP<T>(T l) : IElementOp<T> where T : unmanaged, IReal<T>
{
    readonly T l = l;

    public static int Arity => 2;

    public T Invoke(T x, T w, T c) => w * (x - l);
}

/// <summary>e^(x − l)·a − s·w; 0 where the target does not count, even if x is NaN.</summary>
internal readonly struct ClassGradient<T>(T l, T a, T s, bool counts) : IElementOp<T> where T : unmanaged, IReal<T>
{
    readonly T l = l, a = a, s = s;
    readonly bool counts = counts;

    public static int Arity => 2;

    public T Invoke(T x, T w, T c) => counts ? T.Exp(x - l) * a - s * w : T.Of(0);
}

/// <summary>The loss of a target.</summary>
internal struct CrossEntropyRow<T> : IRow<T> where T : unmanaged, IReal<T>
{
    public ArrayView<T> X, Loss, LogSumExp;
    public ClassTerms<T> Terms;

    public readonly void Run(RowTeam<T> team)
    {
        var (x, w, none) = (team.Row(X), Terms.Weights(team), RowTeam<T>.None);
        var max = team.Reduce<Tensor.LargestOp, Itself<T>>(default, x, none, none);
        var l = max + T.Log(team.Sum(new ExpFrom<T>(max), x, none, none));
        var spread = Terms.Smooths ? team.Sum(new WeighedLogP<T>(l), x, w, none) : T.Of(0);
        var target = Terms.TargetOf(team);
        team.Write(LogSumExp, l);
        team.Write(Loss, Terms.Counts(target) ? -(Terms.Own * w.Load((int)target) * (x.Load((int)target) - l) + Terms.Each * spread) : T.Of(0));
    }
}

/// <summary>dx_c = dy·(p_c·((1 − s)·w_t + s/C·Σ w) − s/C·w_c), and at the target −dy·(1 − s)·w_t more.</summary>
internal struct CrossEntropyRowBackward<T> : IRow<T> where T : unmanaged, IReal<T>
{
    public ArrayView<T> X, LogSumExp, Dy, Dx;
    public ClassTerms<T> Terms;

    public readonly void Run(RowTeam<T> team)
    {
        var (x, dx, w) = (team.Row(X), team.Row(Dx), Terms.Weights(team));
        var all = Terms.Smooths ? Terms.AllWeights(team) : T.Of(0);
        var target = Terms.TargetOf(team);
        var counts = Terms.Counts(target);
        var (l, dy) = (LogSumExp[team.Place], Dy[team.Place]);
        var own = counts ? Terms.Own * w.Load((int)target) : T.Of(0);
        team.Map(new ClassGradient<T>(l, dy * (own + Terms.Each * all), dy * Terms.Each, counts), dx, x, w, RowTeam<T>.None);
        if (team.Exists && counts && team.Has((int)target)) dx.Store((int)target, dx.Load((int)target) - dy * own);
    }
}
