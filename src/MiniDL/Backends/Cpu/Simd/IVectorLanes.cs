namespace MiniDL;

/// <summary>Lanes in a SIMD register: what only the drivers that walk over memory see.</summary>
/// <typeparam name="T">The lane type itself.</typeparam>
/// <typeparam name="E">The element: float or double.</typeparam>
internal unsafe interface IVectorLanes<T, E> : ILanes<T>
    where T : struct, IVectorLanes<T, E>
    where E : unmanaged
{
    /// <summary>How many elements one register holds.</summary>
    static abstract int Count { get; }

    /// <summary>Reads <see cref="Count"/> elements, at any alignment.</summary>
    static abstract T Load(E* p);

    /// <summary>Writes <see cref="Count"/> elements, at any alignment.</summary>
    static abstract void Store(T a, E* p);

    /// <summary>One element in every lane.</summary>
    static abstract T Broadcast(E value);
}

/// <summary>A kernel that is written over lanes of any width.</summary>
internal interface ILaneKernel<E> where E : unmanaged
{
    /// <summary>Runs with registers of type <typeparamref name="T"/>.</summary>
    void Run<T>() where T : struct, IVectorLanes<T, E>;
}
