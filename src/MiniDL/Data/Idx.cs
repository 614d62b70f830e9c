using System.Numerics;
using MiniDL.IO;

namespace MiniDL.Data;

/// <summary>Reads IDX, the format of MNIST: a type code, the sizes and the elements, big-endian; gzip is unpacked.</summary>
/// <remarks>Source: Y. LeCun, C. Cortes, C. Burges, <em>The MNIST database</em>, "The IDX file format".</remarks>
public static class Idx
{
    /// <summary>The array in a file, as a tensor of its shape.</summary>
    /// <param name="path">The file, gzip or not.</param>
    /// <param name="dtype">Float32, Float64, Int32 or Int64 (labels).</param>
    /// <param name="scale">What each element is multiplied by: <c>1 / 255.0</c> brings bytes to 0…1. Floats only.</param>
    /// <exception cref="DataFormatException">A rule of the format is broken, or the file's size is not what its header says.</exception>
    /// <exception cref="ArgumentException">The elements do not fit the dtype.</exception>
    public static Tensor Load(string path, DType dtype = DType.Float32, double scale = 1)
    {
        using var stream = InputFile.Open(path);
        return Load(stream, path, dtype, scale);
    }

    /// <summary>The array in a stream, which is read to its end.</summary>
    /// <inheritdoc cref="Load(string, DType, double)"/>
    public static Tensor Load(Stream stream, DType dtype = DType.Float32, double scale = 1)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Load(stream, null, dtype, scale);
    }

    static Tensor Load(Stream stream, string? file, DType dtype, double scale)
    {
        if (dtype is not (DType.Float32 or DType.Float64 or DType.Int32 or DType.Int64))
            throw new ArgumentException($"Idx.Load: dtype is {dtype}; it must be Float32, Float64, Int32 or Int64", nameof(dtype));
        if (!dtype.IsFloat() && scale != 1)
            throw new ArgumentException(FormattableString.Invariant($"Idx.Load: scale is {scale}, but {dtype} cannot hold fractions"), nameof(scale));
        using var unpacked = InputFile.Unpack(stream);
        var array = IdxArray.Read(unpacked, file);
        if (!dtype.IsFloat() && array.Type is IdxType.Float32 or IdxType.Float64)
            throw new ArgumentException($"Idx.Load: the file holds {array.Type}, dtype {dtype} cannot hold fractions", nameof(dtype));
        var y = Tensor.New(Layout.Of(array.Shape), dtype, Device.Cpu);
        switch (dtype)
        {
            case DType.Float32: Fill<float>(y, array, scale); break;
            case DType.Float64: Fill<double>(y, array, scale); break;
            case DType.Int32: Fill<int>(y, array, scale); break;
            default: Fill<long>(y, array, scale); break;
        }
        return y;
    }

    static unsafe void Fill<T>(Tensor y, IdxArray array, double scale) where T : unmanaged, INumberBase<T>
    {
        fixed (byte* p = y.View) array.CopyTo(new Span<T>(p, (int)y.Length), scale);
        GC.KeepAlive(y);
    }
}
