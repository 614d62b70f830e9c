using ILGPU;

namespace MiniDL.Gpu;

internal sealed partial class GpuRealBackend<T> : ISoftmaxKernels
{
    /// <inheritdoc/>
    public void SoftmaxForward(in RowShape shape, bool log, in TensorView x, in TensorView y)
    {
        if (log) OverRows(new LogSoftmaxRow<T> { X = Dense<T>(x), Y = Dense<T>(y) }, RowGrid.Of(shape), x, y);
        else OverRows(new SoftmaxRow<T> { X = Dense<T>(x), Y = Dense<T>(y) }, RowGrid.Of(shape), x, y);
    }

    /// <inheritdoc/>
    public void SoftmaxBackward(in RowShape shape, bool log, in TensorView y, in TensorView dy, in TensorView dx)
    {
        if (log) OverRows(new LogSoftmaxRowBackward<T> { Y = Dense<T>(y), Dy = Dense<T>(dy), Dx = Dense<T>(dx) }, RowGrid.Of(shape), y, dy, dx);
        else OverRows(new SoftmaxRowBackward<T> { Y = Dense<T>(y), Dy = Dense<T>(dy), Dx = Dense<T>(dx) }, RowGrid.Of(shape), y, dy, dx);
    }
}

/// <summary>a·b.</summary>
internal readonly struct Times<T> : IElementOp<T> where T : unmanaged, IReal<T>
{
    public static int Arity => 2;

    public T Invoke(T a, T b, T c) => a * b;
}

/// <summary>x·a.</summary>
internal readonly struct Scaled<T>(T a) : IElementOp<T> where T : unmanaged, IReal<T>
{
    readonly T a = a;

    public static int Arity => 1;

    public T Invoke(T x, T b, T c) => x * a;
}

/// <summary>e^(x − m).</summary>
internal readonly struct ExpFrom<T>(T m) : IElementOp<T> where T : unmanaged, IReal<T>
{
    readonly T m = m;

    public static int Arity => 1;

    public T Invoke(T x, T b, T c) => T.Exp(x - m);
}

/// <summary>e^(x − m)·a.</summary>
internal readonly struct ScaledExpFrom<T>(T m, T a) : IElementOp<T> where T : unmanaged, IReal<T>
{
    readonly T m = m, a = a;

    public static int Arity => 1;

    public T Invoke(T x, T b, T c) => T.Exp(x - m) * a;
}

/// <summary>(x − m) − s.</summary>
internal readonly struct Lowered<T>(T m, T s) : IElementOp<T> where T : unmanaged, IReal<T>
{
    readonly T m = m, s = s;

    public static int Arity => 1;

    public T Invoke(T x, T b, T c) => x - m - s;
}

/// <summary>y·(dy − s).</summary>
internal readonly struct SoftmaxGradient<T>(T s) : IElementOp<T> where T : unmanaged, IReal<T>
{
    readonly T s = s;

    public static int Arity => 2;

    public T Invoke(T y, T dy, T c) => y * (dy - s);
}

/// <summary>dy − e^y·s.</summary>
internal readonly struct LogSoftmaxGradient<T>(T s) : IElementOp<T> where T : unmanaged, IReal<T>
{
    readonly T s = s;

    public static int Arity => 2;

    public T Invoke(T y, T dy, T c) => dy - T.Exp(y) * s;
}

/// <summary>y = e^(x − max)/Σ. The exponentials of a short row are kept, those of a long one computed twice.</summary>
internal struct SoftmaxRow<T> : IRow<T> where T : unmanaged, IReal<T>
{
    public ArrayView<T> X, Y;

    public readonly void Run(RowTeam<T> team)
    {
        var (x, y, none) = (team.Row(X), team.Row(Y), RowTeam<T>.None);
        if (team.Holds)
        {
            var kept = team.Take(x, T.Of(double.NegativeInfinity));
            kept = kept.Map(new ExpFrom<T>(team.Reduce<Tensor.LargestOp>(kept)));
            team.Put(y, kept.Map(new Scaled<T>(T.Of(1) / team.Reduce<SumOp>(kept))));
            return;
        }
        var max = team.Reduce<Tensor.LargestOp, Itself<T>>(default, x, none, none);
        var sum = team.Sum(new ExpFrom<T>(max), x, none, none);
        team.Map(new ScaledExpFrom<T>(max, T.Of(1) / sum), y, x, none, none);
    }
}

/// <summary>y = (x − max) − log Σ.</summary>
internal struct LogSoftmaxRow<T> : IRow<T> where T : unmanaged, IReal<T>
{
    public ArrayView<T> X, Y;

    public readonly void Run(RowTeam<T> team)
    {
        var (x, none) = (team.Row(X), RowTeam<T>.None);
        var max = team.Reduce<Tensor.LargestOp, Itself<T>>(default, x, none, none);
        var sum = team.Sum(new ExpFrom<T>(max), x, none, none);
        team.Map(new Lowered<T>(max, T.Log(sum)), team.Row(Y), x, none, none);
    }
}

/// <summary>dx = y·(dy − Σ y·dy).</summary>
internal struct SoftmaxRowBackward<T> : IRow<T> where T : unmanaged, IReal<T>
{
    public ArrayView<T> Y, Dy, Dx;

    public readonly void Run(RowTeam<T> team)
    {
        var (y, dy, none) = (team.Row(Y), team.Row(Dy), RowTeam<T>.None);
        var sum = team.Sum(default(Times<T>), y, dy, none);
        team.Map(new SoftmaxGradient<T>(sum), team.Row(Dx), y, dy, none);
    }
}

/// <summary>dx = dy − e^y·Σ dy.</summary>
internal struct LogSoftmaxRowBackward<T> : IRow<T> where T : unmanaged, IReal<T>
{
    public ArrayView<T> Y, Dy, Dx;

    public readonly void Run(RowTeam<T> team)
    {
        var (y, dy, none) = (team.Row(Y), team.Row(Dy), RowTeam<T>.None);
        var sum = team.Sum(default(Itself<T>), dy, none, none);
        team.Map(new LogSoftmaxGradient<T>(sum), team.Row(Dx), y, dy, none);
    }
}
