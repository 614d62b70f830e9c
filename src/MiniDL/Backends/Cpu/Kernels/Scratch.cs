using System.Runtime.InteropServices;

namespace MiniDL;

/// <summary>A thread's working memory for one kind of kernel, <typeparamref name="TOwner"/>: native, aligned to 64 bytes, kept from call to call and freed with the thread.</summary>
internal sealed unsafe class Scratch<TOwner>
{
    const long LeastBytes = 64 << 10;

    [ThreadStatic] static Scratch<TOwner>? ofThread;

    void* block;
    long size;

    Scratch() { }

    /// <summary>At least <paramref name="bytes"/>, with whatever was in them; valid until the next call on this thread.</summary>
    public static void* Get(long bytes) => (ofThread ??= new()).Grow(bytes);

    void* Grow(long bytes)
    {
        if (bytes <= size) return block;
        NativeMemory.AlignedFree(block);
        block = null;
        size = 0;
        block = NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, LeastBytes), 64);
        size = Math.Max(bytes, LeastBytes);
        return block;
    }

    /// <summary>Frees the memory.</summary>
    ~Scratch() => NativeMemory.AlignedFree(block);
}
