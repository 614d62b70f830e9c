using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;

namespace MiniDL.Gpu;

/// <summary>Where kernels note that an index was out of range: a number for each message, set to 1.</summary>
/// <remarks>Nothing waits for it: the notes are read with the next download.</remarks>
internal sealed class IndexErrors(GpuDevice device)
{
    /// <summary>The most different messages at a time; the last place is for all others.</summary>
    const int Most = 256;

    readonly Dictionary<string, int> places = [];
    MemoryBuffer1D<int, Stride1D.Dense>? notes;
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
                place = Math.Min(places.Count, Most - 1);
                places.Add(place < Most - 1 ? message : message + " (or an earlier op)", place);
            }
            pending = true;
            return (notes.View, place);
        }
    }

    /// <summary>Throws what the kernels that are done have noted. The gate is held.</summary>
    public void Throw()
    {
        if (!pending) return;
        Span<int> found = stackalloc int[Most];
        device.Read(notes!.AsRawArrayView(), MemoryMarshal.AsBytes(found));
        pending = false;
        var place = found.IndexOf(1);
        if (place >= 0) notes.MemSetToZero(device.Stream);
        var message = places.FirstOrDefault(p => p.Value == place).Key;
        places.Clear();
        if (place >= 0) throw new ArgumentOutOfRangeException("index", message);
    }
}
