using ILGPU;

namespace MiniDL.Gpu;

internal sealed partial class GpuRealBackend<T> : ILayerNormKernels
{
    /// <inheritdoc/>
    public void LayerNormForward(in LayerNormShape shape, in TensorView x, in TensorView w, in TensorView b, in TensorView y, in TensorView mean, in TensorView r)
    {
        var row = new LayerNormRow<T>
        {
            X = Dense<T>(x), Weight = DenseOrNone<T>(w), B = DenseOrNone<T>(b), Y = Dense<T>(y), Mean = Dense<T>(mean), R = Dense<T>(r), D = T.Of(shape.D), Eps = T.Of(shape.Eps),
        };
        OverRows(row, RowGrid.Of(new(shape.Rows, shape.D, 1)), x, w, b, y);
    }

    /// <inheritdoc/>
    public void LayerNormBackward(in LayerNormShape shape, in TensorView x, in TensorView w, in TensorView mean, in TensorView r, in TensorView dy, in TensorView dx, in TensorView dw, in TensorView db)
    {
        if (!dx.IsNone)
        {
            var row = new LayerNormRowBackward<T>
            {
                X = Dense<T>(x), Weight = DenseOrNone<T>(w), Mean = Dense<T>(mean), R = Dense<T>(r), Dy = Dense<T>(dy), Dx = Dense<T>(dx), D = T.Of(shape.D),
            };
            OverRows(row, RowGrid.Of(new(shape.Rows, shape.D, 1)), x, w, dy, dx);
        }
        SumColumns(new LayerNormColumn<T> { X = Dense<T>(x), Mean = Dense<T>(mean), R = Dense<T>(r), Dy = Dense<T>(dy) }, RowGrid.ColumnParts(shape.Rows, shape.D), dw, db);
    }
}

/// <summary>(x − m)².</summary>
internal readonly struct SquareAbout<T>(T m) : IElementOp<T> where T : unmanaged, IReal<T>
{
    readonly T m = m;

    public static int Arity => 1;

    public T Invoke(T x, T b, T c) => (x - m) * (x - m);
}

/// <summary>(x − m)·r·w + b.</summary>
internal readonly struct NormAffine<T>(T m, T r) : IElementOp<T> where T : unmanaged, IReal<T>
{
    readonly T m = m, r = r;

    public static int Arity => 3;

    public T Invoke(T x, T w, T b) => T.Fma((x - m) * r, w, b);
}

/// <summary>dy·w·x̂ with x̂ = (x − m)·r.</summary>
internal readonly struct TimesNormalized<T>(T m, T r) : IElementOp<T> where T : unmanaged, IReal<T>
{
    readonly T m = m, r = r;

    public static int Arity => 3;

    public T Invoke(T x, T dy, T w) => dy * w * ((x - m) * r);
}

/// <summary>a·(g − s − x̂·p) with g = dy·w: s and p are the means of g and of g·x̂.</summary>
internal readonly struct NormGradient<T>(T m, T r, T a, T s, T p) : IElementOp<T> where T : unmanaged, IReal<T>
{
    readonly T m = m, r = r, a = a, s = s, p = p;

    public static int Arity => 3;

    public T Invoke(T x, T dy, T w) => a * (dy * w - s - (x - m) * r * p);
}

/// <summary>y = (x − mean)·r·w + b with r = 1/√(var + ε).</summary>
internal struct LayerNormRow<T> : IRow<T> where T : unmanaged, IReal<T>
{
    public ArrayView<T> X, Weight, B, Y, Mean, R;
    public T D, Eps;

    public readonly void Run(RowTeam<T> team)
    {
        var (x, none) = (team.Row(X), RowTeam<T>.None);
        var mean = team.Sum(default(Itself<T>), x, none, none) / D;
        var variance = team.Sum(new SquareAbout<T>(mean), x, none, none) / D;
        var r = T.Of(1) / T.Sqrt(variance + Eps);
        team.Map(new NormAffine<T>(mean, r), team.Row(Y), x, team.Common(Weight, T.Of(1)), team.Common(B, T.Of(0)));
        team.Write(Mean, mean);
        team.Write(R, r);
    }
}

/// <summary>dx = r·(g − mean(g) − x̂·mean(g·x̂)) with g = dy·w.</summary>
internal struct LayerNormRowBackward<T> : IRow<T> where T : unmanaged, IReal<T>
{
    public ArrayView<T> X, Weight, Mean, R, Dy, Dx;
    public T D;

    public readonly void Run(RowTeam<T> team)
    {
        var (x, dy, w) = (team.Row(X), team.Row(Dy), team.Common(Weight, T.Of(1)));
        var (m, r) = (Mean[team.Place], R[team.Place]);
        var s = team.Sum(default(Times<T>), dy, w, RowTeam<T>.None) / D;
        var p = team.Sum(new TimesNormalized<T>(m, r), x, dy, w) / D;
        team.Map(new NormGradient<T>(m, r, r, s, p), team.Row(Dx), x, dy, w);
    }
}

/// <summary>Over a part of the rows: dw = Σ dy·x̂, db = Σ dy.</summary>
internal struct LayerNormColumn<T> : ITwoSums<T> where T : unmanaged, IReal<T>
{
    public ArrayView<T> X, Mean, R, Dy;

    public ArrayView<T> A { get; set; }

    public ArrayView<T> B { get; set; }

    public readonly void Run(RowTeam<T> team)
    {
        var (x, dy) = (team.Row(X), team.Row(Dy));
        var (m, r) = (team.Whole(Mean), team.Whole(R));
        var (dw, db) = (T.Of(0), T.Of(0));
        for (var i = team.First; i < team.Size; i = team.After(i))
        {
            var g = dy.Load(i);
            dw += g * ((x.Load(i) - m.Load(i)) * r.Load(i));
            db += g;
        }
        team.Write(A, team.Sum(dw));
        team.Write(B, team.Sum(db));
    }
}
