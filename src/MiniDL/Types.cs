namespace MiniDL;

/// <summary>The rules by which operands of different dtypes and devices meet.</summary>
internal static class Types
{
    /// <summary>x in a float type that has gradients: integers and Bool as Float32, as in PyTorch.</summary>
    public static Tensor AsFloat(Tensor x, string op)
    {
        if (x.dtype.IsDifferentiable()) return x;
        if (x.dtype.IsFloat()) throw HalfError(x.dtype, op);
        return x.To(DType.Float32);
    }

    /// <summary>Brings both to the dtype they promote to. A 0-d tensor does not widen the other within its kind.</summary>
    public static void Meet(ref Tensor a, ref Tensor b, string op, bool asFloat)
    {
        var dtype = Result(a, b);
        if (dtype is DType.BFloat16 or DType.Float16) throw HalfError(dtype, op);
        if (asFloat && !dtype.IsFloat()) dtype = DType.Float32;
        if (a.dtype != dtype) a = a.To(dtype);
        if (b.dtype != dtype) b = b.To(dtype);
    }

    /// <summary>The dtype of an op over both.</summary>
    public static DType Result(Tensor a, Tensor b)
    {
        if (a.dtype == b.dtype) return a.dtype;
        if (a.Rank == 0 != (b.Rank == 0))
        {
            var (whole, single) = a.Rank == 0 ? (b, a) : (a, b);
            if (Kind(whole.dtype) >= Kind(single.dtype)) return whole.dtype;
        }
        return DTypes.Promote(a.dtype, b.dtype);
    }

    static int Kind(DType dtype) => dtype.IsFloat() ? 2 : dtype.IsInteger() ? 1 : 0;

    /// <summary>Throws when the operands lie on two devices.</summary>
    public static void SameDevice(Tensor a, Tensor b, string op)
    {
        if (a.storage is byte[] && b.storage is byte[]) return;
        if (a.Device != b.Device)
            throw new ArgumentException($"{Gate.Describe(op)}: a lies on {a.Device}, b on {b.Device}; move one with To(device)");
    }

    /// <summary>Throws when x is of a type for storage alone.</summary>
    public static void ExpectComputable(Tensor x, string op)
    {
        if (x.dtype is DType.BFloat16 or DType.Float16) throw HalfError(x.dtype, op);
    }

    static ArgumentException HalfError(DType dtype, string op)
        => new($"{Gate.Describe(op)}: {dtype} is for storage; convert with To(DType.Float32)");

    /// <summary>Throws unless the dtype is one of those an op takes.</summary>
    public static void Expect(Tensor x, bool ok, string op, string argument, string rule)
    {
        if (!ok) throw new ArgumentException($"{Gate.Describe(op)}: {argument} is {x.dtype}; {rule}", argument);
    }
}
