using ILGPU;

namespace MiniDL.Gpu.Tests;

/// <summary>Two threads use one place of shared memory with no barrier between.</summary>
internal struct MissingBarrier : IKernel
{
    public ArrayView<int> Y;

    public readonly void Run()
    {
        var shared = SharedMemory.Allocate<int>(64);
        shared[Group.IdxX] = Group.IdxX;
        Y[Group.IdxX] = shared[Group.DimX - 1 - Group.IdxX];
    }
}

/// <summary>A thread writes behind the end of the memory.</summary>
internal struct OutOfBounds : IKernel
{
    public ArrayView<int> Y;
    public int Length;

    public readonly void Run() => Y[Length + Group.IdxX] = 1;
}

/// <summary>Only some threads of a group reach the barrier.</summary>
internal struct DivergentBarrier : IKernel
{
    public ArrayView<int> Y;

    public readonly void Run()
    {
        if (Group.IdxX < 5) Group.Barrier();
        Y[Group.IdxX] = Group.IdxX;
    }
}

/// <summary>As <see cref="MissingBarrier"/>, with the barrier.</summary>
internal struct Sound : IKernel
{
    public ArrayView<int> Y;

    public readonly void Run()
    {
        var shared = SharedMemory.Allocate<int>(64);
        shared[Group.IdxX] = Group.IdxX;
        Group.Barrier();
        Y[Group.IdxX] = shared[Group.DimX - 1 - Group.IdxX];
    }
}
