using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniDL.Tests;

/// <summary>How an operand of a kernel test lies in memory.</summary>
public enum Strides
{
    /// <summary>Row-major, side by side.</summary>
    Contiguous,

    /// <summary>Every second element.</summary>
    Spread,

    /// <summary>The axes in the opposite order of memory.</summary>
    Transposed,

    /// <summary>Walked backwards on every axis.</summary>
    Flipped,

    /// <summary>One element for the whole last axis.</summary>
    Repeated,
}

/// <summary>An operand of a kernel test: elements at any strides between two bands that nothing may write.</summary>
internal sealed class Cells<T> where T : unmanaged
{
    const int Band = 64;
    readonly T[] memory;
    readonly byte[] storage;
    readonly bool[] used;
    readonly Layout layout;
    readonly int first;

    public Cells(int[] sizes, Strides strides = Strides.Contiguous)
    {
        var steps = new long[sizes.Length];
        long span = 1;
        for (var i = 0; i < sizes.Length; i++)
        {
            var axis = strides == Strides.Transposed ? i : sizes.Length - 1 - i;
            var step = strides == Strides.Spread && i == 0 ? 2 : span;
            steps[axis] = step;
            span = step * Math.Max(sizes[axis], 1);
        }
        if (strides == Strides.Repeated && sizes.Length > 0) steps[^1] = 0;
        long start = 0;
        if (strides == Strides.Flipped)
            for (var i = 0; i < sizes.Length; i++)
            {
                steps[i] = -steps[i];
                start += -steps[i] * Math.Max(sizes[i] - 1, 0);
            }
        layout = Layout.Of(sizes, steps);
        first = Band + (int)start;
        memory = new T[Band * 2 + span];
        used = new bool[memory.Length];
        storage = new byte[TensorView.ArrayHeader + memory.Length * Unsafe.SizeOf<T>()];
        for (long k = 0; k < layout.Count; k++) used[Place(k)] = true;
        RandomNumberGenerator(storage);
        MemoryMarshal.Cast<byte, T>(storage.AsSpan(TensorView.ArrayHeader)).CopyTo(memory);
    }

    public Cells(int[] sizes, Func<long, T> value, Strides strides = Strides.Contiguous) : this(sizes, strides)
    {
        for (long k = 0; k < Count; k++) this[k] = value(k);
    }

    public long Count => layout.Count;

    public TensorView View => new(layout, storage, first, typeof(T) == typeof(byte) ? DType.Bool : DTypes.Of<T>());

    public T this[long k]
    {
        get => MemoryMarshal.Cast<byte, T>(storage.AsSpan(TensorView.ArrayHeader))[Place(k)];
        set => MemoryMarshal.Cast<byte, T>(storage.AsSpan(TensorView.ArrayHeader))[Place(k)] = value;
    }

    public T[] ToArray()
    {
        var values = new T[Count];
        for (long k = 0; k < Count; k++) values[k] = this[k];
        return values;
    }

    /// <summary>Fails when anything beside the elements was written.</summary>
    public void AssertUntouchedAround()
    {
        var now = MemoryMarshal.Cast<byte, T>(storage.AsSpan(TensorView.ArrayHeader));
        for (var i = 0; i < memory.Length; i++)
            if (!used[i]) Assert.Equal(memory[i], now[i]);
    }

    static void RandomNumberGenerator(byte[] bytes) => new Random(7).NextBytes(bytes);

    int Place(long k)
    {
        long place = first;
        for (var axis = layout.Rank - 1; axis >= 0; axis--)
        {
            place += k % layout.Size(axis) * layout.Stride(axis);
            k /= layout.Size(axis);
        }
        return (int)place;
    }
}
