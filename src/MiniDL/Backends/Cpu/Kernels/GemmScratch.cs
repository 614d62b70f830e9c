using System.Runtime.InteropServices;

namespace MiniDL;

/// <summary>A thread's memory for packed panels: native, aligned to 64 bytes, kept from product to product and freed with the thread.</summary>
internal sealed unsafe class GemmScratch
{
    const long LeastBytes = 64 << 10;

    [ThreadStatic] static GemmScratch? ofThread;

    void* block;
    long size;

    GemmScratch() { }

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
    ~GemmScratch() => NativeMemory.AlignedFree(block);
}
