using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;

namespace MiniDL.Gpu;

/// <summary>Where kernels note that an index was out of range: a place for each message, set to 1.</summary>
/// <remarks>Nothing waits for it: the notes are read with the next download.</remarks>
internal sealed class IndexErrors(GpuDevice device)
{
    /// <summary>The most different messages that are kept; a further one takes the place of the oldest.</summary>
    const int Most = 256;

    readonly string?[] messages = new string?[Most];
    readonly Dictionary<string, int> places = [];
    MemoryBuffer1D<int, Stride1D.Dense>? notes;
    int next;
    bool pending;

    /// <summary>Where a kernel may note the error that <paramref name="message"/> describes.</summary>
    public (ArrayView<int> Notes, int Place) Place(string message)
    {
        lock (device.Gate)
        {
            if (notes is null)
            {
                notes = device.Accelerator.Allocate1D<int>(Most);
                notes.MemSetToZero(device.Stream);
            }
            if (!places.TryGetValue(message, out var place))
            {
                place = next;
                next = (next + 1) % Most;
                if (messages[place] is { } oldest) places.Remove(oldest);
                messages[place] = message;
                places.Add(message, place);
            }
            return (notes.View, place);
        }
    }

    /// <summary>A kernel that may note something has been started: only from here on is there something to read.</summary>
    public void Expect()
    {
        lock (device.Gate) pending = true;
    }

    /// <summary>Throws what the kernels that are done have noted. The gate is held.</summary>
    public void Throw()
    {
        if (!pending) return;
        Span<int> found = stackalloc int[Most];
        device.Read(notes!.AsRawArrayView(), MemoryMarshal.AsBytes(found));
        pending = false;
        var place = found.IndexOf(1);
        if (place < 0) return;
        notes.MemSetToZero(device.Stream);
        throw new ArgumentOutOfRangeException("index", messages[place]);
    }
}
