using ILGPU;

namespace MiniDL.Gpu;

/// <summary>Windows over images as a matrix: a row for every output pixel of every image, a step for every tap (c, kh, kw); zero outside the image.</summary>
internal struct WindowOperand<T>(ArrayView<T> x, long offset, WindowShape shape, int channels) : IOperand<T> where T : unmanaged, INumber<T>
{
    readonly ArrayView<T> x = x;
    readonly WindowShape s = shape;
    readonly long image = (long)shape.C * shape.H * shape.W;
    readonly Divider pixels = new(shape.OutH * shape.OutW), outW = new(shape.OutW), taps = new(shape.KernelH * shape.KernelW), kernelW = new(shape.KernelW);
    long offset = offset;

    /// <summary>Taps of a window over the channels of a group.</summary>
    public readonly int Taps => channels * taps.Divisor;

    public readonly Walk Walk => Walk.Rows;

    public readonly int Rows => s.N * pixels.Divisor;

    public void Move(long elements) => offset += elements;

    public readonly T At(int row, int k)
    {
        var n = pixels.Divide(ref row);
        var oh = outW.Divide(ref row);
        var c = taps.Divide(ref k);
        var kh = kernelW.Divide(ref k);
        int h = s.SourceH(oh, kh), w = s.SourceW(row, k);
        var inside = h >= 0 && h < s.H && w >= 0 && w < s.W;
        return inside ? x[offset + n * image + (c * s.H + h) * s.W + w] : T.Of(0);
    }

    public readonly Four<T> FourAt(int row, int k) => default;
}

/// <summary>Windows with their taps as rows and the pixels as steps.</summary>
internal struct TurnedWindowOperand<T>(WindowOperand<T> x) : IOperand<T> where T : unmanaged, INumber<T>
{
    WindowOperand<T> x = x;

    public readonly Walk Walk => Walk.Steps;

    public readonly int Rows => x.Taps;

    public void Move(long elements) => x.Move(elements);

    public readonly T At(int row, int k) => x.At(k, row);

    public readonly Four<T> FourAt(int row, int k) => default;
}

/// <summary>Images with their channels as rows and the pixels of all images as steps.</summary>
internal struct PixelOperand<T>(ArrayView<T> x, long offset, int channels, int pixels, long image) : IOperand<T> where T : unmanaged
{
    readonly ArrayView<T> x = x;
    readonly Divider pixels = new(pixels);
    readonly int channels = channels;
    readonly long image = image;
    long offset = offset;

    public readonly Walk Walk => Walk.Steps;

    public readonly int Rows => channels;

    public void Move(long elements) => offset += elements;

    public readonly T At(int row, int k)
    {
        var n = pixels.Divide(ref k);
        return x[offset + n * image + (long)row * pixels.Divisor + k];
    }

    public readonly Four<T> FourAt(int row, int k) => default;
}

/// <summary>Kernels w [Out, C, KH, KW] with their input channels as rows and (o, kh, kw), taps in reverse, as steps.</summary>
internal struct FlippedOperand<T>(ArrayView<T> w, long offset, int channels, int taps) : IOperand<T> where T : unmanaged
{
    readonly ArrayView<T> w = w;
    readonly Divider taps = new(taps);
    readonly int channels = channels;
    long offset = offset;

    public readonly Walk Walk => Walk.Steps;

    public readonly int Rows => channels;

    public void Move(long elements) => offset += elements;

    public readonly T At(int row, int k)
    {
        var o = taps.Divide(ref k);
        return w[offset + ((long)o * channels + row + 1) * taps.Divisor - 1 - k];
    }

    public readonly Four<T> FourAt(int row, int k) => default;
}

/// <summary>y [N, Out, OutH, OutW] = the sums, whose rows are channels and whose columns are the pixels of all images; a sum begins with its channel's bias.</summary>
internal struct ConvEnd<T>(ArrayView<T> y, long offset, ArrayView<T> b, int channels, int images, int pixels, long image) : IProductEnd<T> where T : unmanaged, INumber<T>
{
    readonly ArrayView<T> y = y, b = b;
    readonly Divider pixels = new(pixels);
    readonly int channels = channels, columns = images * pixels;
    readonly long image = image;
    long offset = offset, biasOffset;

    public void Move(long y, long b) => (offset, biasOffset) = (offset + y, biasOffset + b);

    public readonly T First(int row) => b.Length != 0 && row < channels ? b[biasOffset + row] : T.Of(0);

    public readonly void Write(int row, int column, T sum)
    {
        if (row < channels && column < columns) y[Place(row, column)] = sum;
    }

    public readonly void Write(int row, int column, Four<T> sums)
    {
        if (row < channels && column < columns && ((int)offset | pixels.Divisor) % 4 == 0)
        {
            y.Cast<Four<T>>()[Place(row, column) >> 2] = sums;
            return;
        }
        Write(row, column, sums.X);
        Write(row, column + 1, sums.Y);
        Write(row, column + 2, sums.Z);
        Write(row, column + 3, sums.W);
    }

    readonly long Place(int row, int column)
    {
        var n = pixels.Divide(ref column);
        return offset + n * image + (long)row * pixels.Divisor + column;
    }
}
