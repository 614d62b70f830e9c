using ILGPU;

namespace MiniDL.Gpu;

/// <summary>In which order the threads of a group read a tile of an operand: neighbours should read neighbours.</summary>
internal enum Walk
{
    /// <summary>Along k, an element each.</summary>
    Steps,

    /// <summary>Along the rows, an element each.</summary>
    Rows,

    /// <summary>Along k, four elements each.</summary>
    FourSteps,

    /// <summary>Along the rows, four elements each.</summary>
    FourRows,
}

/// <summary>An operand of a product, by its place along k and along the other axis, which is called row for both operands: the rows of b are its columns.</summary>
internal interface IOperand<T> where T : unmanaged
{
    /// <summary>How its tiles are read.</summary>
    Walk Walk { get; }

    /// <summary>Its size along the other axis.</summary>
    int Rows { get; }

    /// <summary>Goes on to another matrix of a batch.</summary>
    void Move(long elements);

    /// <summary>An element within its sizes.</summary>
    T At(int row, int k);

    /// <summary>Four elements in the order of <see cref="Walk"/>, the first of which is at a multiple of four; never asked for where that is element by element.</summary>
    Four<T> FourAt(int row, int k);
}

/// <summary>A matrix of any strides.</summary>
internal struct StridedOperand<T> : IOperand<T> where T : unmanaged
{
    ArrayView<T> x;
    long offset;
    readonly long row, step;
    readonly int rows;
    readonly int walk;

    /// <summary>The operand of <paramref name="rows"/> rows and <paramref name="k"/> steps that begins at <paramref name="offset"/>; <paramref name="alignedBatch"/>: others of its batch lie a multiple of four elements from it.</summary>
    public StridedOperand(ArrayView<T> x, long offset, int rows, int k, long row, long step, bool alignedBatch)
    {
        (this.x, this.offset, this.rows, this.row, this.step) = (x, offset, rows, row, step);
        var aligned = alignedBatch && offset % 4 == 0;
        walk = (int)(step == 1 && aligned && row % 4 == 0 && k % 4 == 0 ? Walk.FourSteps
            : row == 1 && aligned && step % 4 == 0 && rows % 4 == 0 ? Walk.FourRows
            : Math.Abs(step) <= Math.Abs(row) ? Walk.Steps
            : Walk.Rows);
    }

    public readonly Walk Walk => (Walk)walk;

    public readonly int Rows => rows;

    public void Move(long elements) => offset += elements;

    public readonly T At(int row, int k) => x[offset + row * this.row + k * step];

    public readonly Four<T> FourAt(int row, int k) => x.Cast<Four<T>>()[offset + row * this.row + k * step >> 2];
}
