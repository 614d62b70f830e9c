using System.Runtime.CompilerServices;

namespace MiniDL;

/// <summary>Returns the temporaries of a stretch of library code (a layer, a loss, a node's gradient, an optimizer step) when it ends, without waiting for the collector.</summary>
/// <remarks>
/// While it is open, every buffer that this thread rents is on its list. <see cref="Close(DeviceBuffer?)"/> passes the results on to the scope around it and returns the rest: at once,
/// or, where a node of the graph holds it, with the node's release. A buffer that escaped to code of the user's is left to the collector; around a call of such code, <see cref="Suspend"/>
/// keeps what it makes off the list. A scope that is disposed without being closed (an exception) gives up its claims. Scopes close in the reverse order of opening, on their thread.
/// </remarks>
internal readonly ref struct TempScope
{
    [ThreadStatic] static State? current;

    readonly State state;
    readonly DeviceBuffer? outerBorn;
    readonly bool outerListing;
    readonly int depth;

    sealed class State
    {
        public DeviceBuffer? Born;      // the newest; DeviceBuffer.NextBorn leads on
        public bool Listing;
        public int Depth;               // scopes that are open
    }

    TempScope(bool listing)
    {
        state = current ??= new();
        (outerBorn, outerListing) = (state.Born, state.Listing);
        (state.Born, state.Listing) = (null, listing);
        depth = ++state.Depth;
    }

    bool IsOpen => state.Depth == depth;

    /// <summary>Opens a scope inside the present one.</summary>
    public static TempScope Open() => new(listing: true);

    /// <summary>Around code of the user's: what it rents is left to the collector. Dispose ends it.</summary>
    public static TempScope Suspend() => new(listing: false);

    /// <summary>Ends the scope; <paramref name="result"/> lives on.</summary>
    public void Close(DeviceBuffer? result = null) => Close([result]);

    /// <summary>Ends the scope; the results live on (those of small tensors, which have no buffer, are null).</summary>
    public void Close(scoped ReadOnlySpan<DeviceBuffer?> results)
    {
        if (!IsOpen) return;
        for (var buffer = Leave(); buffer is not null;)
        {
            var next = buffer.NextBorn;
            buffer.NextBorn = null;
            if (!Contains(results, buffer))
                buffer.LetGo();
            else
                AddBorn(buffer);
            buffer = next;
        }
    }

    /// <summary>Ends the scope; unless it was closed, its buffers are left to the collector.</summary>
    public void Dispose()
    {
        if (!IsOpen) return;
        for (var buffer = Leave(); buffer is not null;)
        {
            var next = buffer.NextBorn;
            buffer.NextBorn = null;
            buffer = next;
        }
    }

    /// <summary>Puts a buffer that this thread has rented on the list of the open scope.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void AddBorn(DeviceBuffer buffer)
    {
        if (current is not { Listing: true } state) return;
        buffer.NextBorn = state.Born;
        state.Born = buffer;
    }

    DeviceBuffer? Leave()
    {
        var born = state.Born;
        (state.Born, state.Listing) = (outerBorn, outerListing);
        state.Depth--;
        return born;
    }

    static bool Contains(ReadOnlySpan<DeviceBuffer?> results, DeviceBuffer buffer)
    {
        foreach (var result in results)
            if (ReferenceEquals(result, buffer))
                return true;
        return false;
    }
}
