namespace MiniDL;

/// <summary>A function of up to three numbers that <see cref="IBackend.Map"/> runs over tensors of floats.</summary>
public interface IMapOp
{
    /// <summary>How many operands it reads, 0 to 3.</summary>
    static abstract int Arity { get; }

    /// <summary>The formula.</summary>
    T Invoke<T>(T a, T b, T c) where T : struct, ILanes<T>;
}

/// <summary>A function of up to three numbers that exists on integers too.</summary>
public interface INumberMapOp
{
    /// <summary>How many operands it reads, 0 to 3.</summary>
    static abstract int Arity { get; }

    /// <summary>The formula.</summary>
    T Invoke<T>(T a, T b, T c) where T : struct, INumberLanes<T>;
}

/// <summary>A reduction: an associative combination of transformed elements.</summary>
/// <remarks>
/// Order (docs/numerics.md): element k of the reduced axes goes, in order, to lane k mod 64 (types of 8 bytes: 32) of its block of 16,384 elements; the lanes meet in a tree of halves; the blocks meet in order.
/// It depends on the sizes alone, not on strides, threads or vector width.
/// </remarks>
public interface IReduceOp
{
    /// <summary>What an empty axis gives.</summary>
    static abstract Number Identity { get; }

    /// <summary>What is done to an element before it is combined.</summary>
    static abstract T Transform<T>(T x) where T : struct, INumberLanes<T>;

    /// <summary>The combination.</summary>
    static abstract T Combine<T>(T a, T b) where T : struct, INumberLanes<T>;
}
