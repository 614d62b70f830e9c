using ILGPU;

namespace MiniDL.Gpu;

internal sealed partial class GpuRealBackend<T>
{
    /// <summary>Two sums for each column, in two stages: over each part of it, and over the parts; a and b may be <c>IsNone</c>.</summary>
    void SumColumns<TRow>(TRow row, in RowGrid parts, in TensorView a, in TensorView b, params ReadOnlySpan<TensorView> operands) where TRow : struct, ITwoSums<T>
    {
        if (a.IsNone && b.IsNone) return;
        if (parts.Outer == 1)
        {
            (row.A, row.B) = (DenseOrNone<T>(a), DenseOrNone<T>(b));
            OverRows(row, parts, operands);
            return;
        }
        var (partsOfA, partsOfB) = (Scratch(parts.Outer * parts.Inner), Scratch(parts.Outer * parts.Inner));
        (row.A, row.B) = (Dense<T>(partsOfA), Dense<T>(partsOfB));
        OverRows(row, parts, operands);
        var sums = new ColumnSums<T> { X = Dense<T>(partsOfA), Z = Dense<T>(partsOfB), A = DenseOrNone<T>(a), B = DenseOrNone<T>(b) };
        OverRows(sums, RowGrid.Columns((int)parts.Outer, (int)parts.Inner));
        Gpu.Pool.Return(partsOfA.Buffer);
        Gpu.Pool.Return(partsOfB.Buffer);
    }
}

/// <summary>What gives two sums for each row.</summary>
internal interface ITwoSums<T> : IRow<T> where T : unmanaged, IReal<T>
{
    /// <summary>Where the first goes, or nothing.</summary>
    ArrayView<T> A { set; }

    /// <summary>Where the second goes, or nothing.</summary>
    ArrayView<T> B { set; }
}

/// <summary>The sums of two matrices' columns.</summary>
internal struct ColumnSums<T> : ITwoSums<T> where T : unmanaged, IReal<T>
{
    public ArrayView<T> X, Z;

    public ArrayView<T> A { get; set; }

    public ArrayView<T> B { get; set; }

    public readonly void Run(RowTeam<T> team)
    {
        var (x, z) = (team.Row(X), team.Row(Z));
        var (a, b) = (T.Of(0), T.Of(0));
        for (var i = team.First; i < team.Size; i = team.After(i))
        {
            a += x.Load(i);
            b += z.Load(i);
        }
        team.Write(A, team.Sum(a));
        team.Write(B, team.Sum(b));
    }
}
