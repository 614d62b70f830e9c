using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniDL;

/// <summary>Memory of the caller's that stays in its place as long as a buffer stands on it.</summary>
internal abstract unsafe class PinnedMemory
{
    MemoryHandle handle;

    protected PinnedMemory(MemoryHandle handle) => this.handle = handle;

    ~PinnedMemory() => handle.Dispose();

    /// <summary>The address of the first byte.</summary>
    public void* Pointer => handle.Pointer;

    /// <summary>The first byte, as a reference that keeps the memory alive by itself: a public span stands on it.</summary>
    public abstract ref byte First { get; }
}

/// <summary>A <see cref="Memory{T}"/> that is shared.</summary>
internal sealed class PinnedMemory<T>(Memory<T> memory) : PinnedMemory(memory.Pin()) where T : unmanaged
{
    readonly Memory<T> memory = memory;

    public override ref byte First => ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(memory.Span));
}

/// <summary>A .NET tensor that is shared.</summary>
internal sealed class PinnedTensor<T>(System.Numerics.Tensors.Tensor<T> tensor) : PinnedMemory(tensor.GetPinnedHandle()) where T : unmanaged
{
    public override ref byte First => ref Unsafe.As<T, byte>(ref tensor.GetPinnableReference());
}
