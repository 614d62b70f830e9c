namespace MiniDL;

public partial class Tensor
{
    /// <summary>The lower triangle of the last two axes: y = x where column − row ≤ diagonal, else 0.</summary>
    /// <remarks>Gradient: dx = dy in the triangle, 0 elsewhere.</remarks>
    /// <exception cref="ShapeException">There are fewer than two axes.</exception>
    public Tensor Tril(int diagonal = 0) => Where(Band(nameof(Tril)) <= diagonal, this, Full([], 0, dtype, Device));

    /// <summary>The upper triangle of the last two axes: y = x where column − row ≥ diagonal, else 0.</summary>
    /// <remarks>Gradient: dx = dy in the triangle, 0 elsewhere.</remarks>
    /// <exception cref="ShapeException">There are fewer than two axes.</exception>
    public Tensor Triu(int diagonal = 0) => Where(Band(nameof(Triu)) >= diagonal, this, Full([], 0, dtype, Device));

    /// <summary>column − row, over the last two axes.</summary>
    Tensor Band(string op)
    {
        if (Rank < 2) throw new ShapeException(op, $"x has shape {layout}; a triangle needs two axes", "x", null, 2, Rank);
        return Arange(layout.Size(Rank - 1), device: Device) - Arange(layout.Size(Rank - 2), device: Device).Unsqueeze(1);
    }
}
