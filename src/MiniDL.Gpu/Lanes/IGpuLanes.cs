namespace MiniDL.Gpu;

/// <summary>An element as kernels load and store it, one a thread; any dtype.</summary>
/// <remarks>It has the element's size and nothing else, so that a device's memory can be seen as an array of it.</remarks>
internal interface IElement<T> where T : unmanaged, IElement<T>
{
    /// <summary>The dtype.</summary>
    static abstract DType DType { get; }

    /// <summary>Converted, as C# converts: to integers by truncation, NaN to 0, what is out of range to the nearest; to Bool as x ≠ 0.</summary>
    static abstract TTo To<TTo>(T x) where TTo : unmanaged, IElement<TTo>;

    /// <summary>From a float.</summary>
    static abstract T From(float x);

    /// <summary>From a double.</summary>
    static abstract T From(double x);

    /// <summary>From an integer.</summary>
    static abstract T From(long x);
}

/// <summary>An element that kernels can add, multiply and compare.</summary>
internal interface INumber<T> : IElement<T>, INumberLanes<T> where T : unmanaged, INumber<T>
{
    /// <summary>Whether a &gt; b.</summary>
    static abstract bool operator >(T a, T b);

    /// <summary>Whether a &lt; b.</summary>
    static abstract bool operator <(T a, T b);

    /// <summary>a·b + c; of real numbers rounded once.</summary>
    static abstract T MultiplyAdd(T a, T b, T c);

    /// <summary>Whether a = b; NaN is nothing's equal.</summary>
    static abstract bool Same(T a, T b);
}

/// <summary>A real number: Float32 or Float64.</summary>
internal interface IReal<T> : INumber<T>, ILanes<T> where T : unmanaged, IReal<T>;
