namespace MiniDL.Gpu;

/// <summary>Four elements side by side, loaded and stored at once: of floats it is 128 bits, which a GPU's memory gives in one request.</summary>
internal struct Four<T> where T : unmanaged
{
    public T X, Y, Z, W;

    /// <summary>The same four times.</summary>
    public static Four<T> Of(T x) => new() { X = x, Y = x, Z = x, W = x };

    /// <summary>op of each of the four; operands beyond its arity are ignored.</summary>
    public static Four<T> Map<TOp>(TOp op, Four<T> a, Four<T> b, Four<T> c) where TOp : struct, IElementOp<T> => new()
    {
        X = op.Invoke(a.X, b.X, c.X),
        Y = op.Invoke(a.Y, b.Y, c.Y),
        Z = op.Invoke(a.Z, b.Z, c.Z),
        W = op.Invoke(a.W, b.W, c.W),
    };
}
