using ILGPU;

namespace MiniDL.Gpu;

/// <summary>What the sums of a product begin with, and where they go.</summary>
internal interface IProductEnd<T> where T : unmanaged
{
    /// <summary>Goes on to another product of a batch: by so many elements of y, and of the bias.</summary>
    void Move(long y, long b);

    /// <summary>What the sums of a row begin with.</summary>
    T First(int row);

    /// <summary>Stores a sum, if it is one of y's.</summary>
    void Write(int row, int column, T sum);

    /// <summary>Stores those that are y's of four sums side by side; the column is a multiple of four.</summary>
    void Write(int row, int column, Four<T> sums);
}

/// <summary>y = the sums, row after row.</summary>
internal struct ProductEnd<T>(ArrayView<T> y, long offset, int rows, int columns) : IProductEnd<T> where T : unmanaged, INumber<T>
{
    ArrayView<T> y = y;
    long offset = offset;
    readonly int rows = rows;

    /// <summary>The columns of y.</summary>
    public readonly int Columns = columns;

    public void Move(long y, long b) => offset += y;

    public readonly T First(int row) => T.Of(0);

    public readonly void Write(int row, int column, T sum)
    {
        if (row < rows && column < Columns) y[offset + (long)row * Columns + column] = sum;
    }

    public readonly void Write(int row, int column, Four<T> sums)
    {
        if (row >= rows || column >= Columns) return;
        var at = offset + (long)row * Columns + column;
        if (((int)offset | Columns) % 4 == 0)
        {
            y.Cast<Four<T>>()[at >> 2] = sums;
            return;
        }
        y[at] = sums.X;
        if (column + 1 < Columns) y[at + 1] = sums.Y;
        if (column + 2 < Columns) y[at + 2] = sums.Z;
        if (column + 3 < Columns) y[at + 3] = sums.W;
    }
}
