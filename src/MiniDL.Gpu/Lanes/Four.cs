namespace MiniDL.Gpu;

/// <summary>Four elements side by side, loaded and stored at once: of floats it is 128 bits, which a GPU's memory gives in one request.</summary>
internal struct Four<T> where T : unmanaged
{
    public T X, Y, Z, W;

    /// <summary>The same four times.</summary>
    public static Four<T> Of(T x) => new() { X = x, Y = x, Z = x, W = x };
}
