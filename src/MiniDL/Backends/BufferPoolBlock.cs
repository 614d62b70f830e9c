using System.Runtime.InteropServices;

namespace MiniDL;

/// <summary>The pool's record of a stretch of memory: handed out, waiting in a size class, or free to be split and merged.</summary>
/// <remarks>Records and their handles are used again; a handle is costly to make.</remarks>
internal sealed class PoolBlock(BufferPool pool)
{
    public readonly BufferPool Pool = pool;

    // Tracks resurrection: a finalizer of the user's may still read the tensor.
    public WeakGCHandle<DeviceBuffer> Buffer = new(null!, trackResurrection: true);

    public BlockHeap Heap = null!;
    public MemoryBlock Memory = null!;
    public long Offset;
    public long Bytes;
    public bool Free;                   // in a bin of the heap, where neighbours may swallow it
    public PoolBlock? Before, After;    // the neighbours in memory
    public PoolBlock? Previous, Next;   // in a bin or a size class

    public int LiveIndex;
    public long Asked;                  // bytes of the buffer it is handed out as
}
