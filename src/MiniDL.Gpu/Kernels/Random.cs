using ILGPU;

namespace MiniDL.Gpu;

internal partial class GpuNumberBackend<T>
{
    /// <inheritdoc/>
    public override void Random(Distribution distribution, ulong seed, ulong offset, in TensorView y)
    {
        switch (distribution.Kind)
        {
            case DistributionKind.Bernoulli:
                Draw(new Bernoulli<T> { Threshold = Philox.Threshold(distribution.A), One = T.Of(1) }, seed, offset, y);
                break;
            case DistributionKind.Integer:
                var low = (long)distribution.A;
                Draw(new Integers<T> { Low = low, Range = (ulong)((long)distribution.B - low) }, seed, offset, y);
                break;
            default:
                throw NoKernel($"Random({distribution.Kind})");
        }
    }

    /// <summary>y = what a distribution makes of random bits.</summary>
    protected void Draw<TShape>(TShape shape, ulong seed, ulong stream, in TensorView y) where TShape : struct, IShape<T>
    {
        if (!y.Layout.IsContiguous)
        {
            var memory = Gpu.Pool.Rent(y.Count * T.DType.Size());
            var dense = new TensorView(y.Layout.Contiguous(), memory, 0, T.DType);
            Draw(shape, seed, stream, dense);
            Copy(dense, y);
            Gpu.Pool.Return(memory);
            return;
        }
        var elements = Dense<T>(y);
        var aligned = y.Offset % 4 == 0 ? 1 : 0;
        for (long begin = 0; begin < y.Count; begin += Nest.MaxCount)
        {
            var count = (int)Math.Min(Nest.MaxCount, y.Count - begin);
            var kernel = new RandomFours<TShape, T> { Shape = shape, Seed = seed, Stream = stream, First = (ulong)begin, Y = elements.SubView(begin, count), Aligned = aligned, Count = count };
            Gpu.LaunchThreads(kernel, Pieces(count, 4));
        }
    }
}

internal sealed partial class GpuRealBackend<T>
{
    /// <inheritdoc/>
    public override void Random(Distribution distribution, ulong seed, ulong offset, in TensorView y)
    {
        var (a, b) = (T.Of(distribution.A), T.Of(distribution.B));
        switch (distribution.Kind)
        {
            case DistributionKind.Uniform:
                Draw(new Uniform<T> { Low = a, Range = b - a, Last = T.Of(Philox.Below(T.DType, distribution.A, distribution.B)) }, seed, offset, y);
                break;
            case DistributionKind.Normal:
                Draw(new Normal<T> { Mean = a, Deviation = b }, seed, offset, y);
                break;
            default:
                base.Random(distribution, seed, offset, y);
                break;
        }
    }
}

/// <summary>What a distribution makes of random bits.</summary>
internal interface IShape<T> where T : unmanaged
{
    /// <summary>Elements <paramref name="first"/> to first + 3 of the stream (seed, stream); first is a multiple of four.</summary>
    Four<T> Invoke(ulong seed, ulong stream, ulong first);
}

/// <summary>Words of the streams as numbers that kernels compute with.</summary>
internal static class Unit
{
    /// <summary>Four numbers in [0, 1): of a block, or of two blocks where an element takes two words.</summary>
    public static Four<T> Four<T>(ulong seed, ulong stream, ulong first) where T : unmanaged, IReal<T>
    {
        if (T.DType == DType.Float32)
        {
            var (w0, w1, w2, w3) = Philox.Block(seed, stream, first / 4);
            return new() { X = T.From(Philox.Single(w0)), Y = T.From(Philox.Single(w1)), Z = T.From(Philox.Single(w2)), W = T.From(Philox.Single(w3)) };
        }
        var (a0, a1, a2, a3) = Philox.Block(seed, stream, first / 2);
        var (b0, b1, b2, b3) = Philox.Block(seed, stream, first / 2 + 1);
        return new() { X = T.From(Philox.Double(a0, a1)), Y = T.From(Philox.Double(a2, a3)), Z = T.From(Philox.Double(b0, b1)), W = T.From(Philox.Double(b2, b3)) };
    }
}

/// <summary>low + range·u, where rounding may reach the end: then the number below it.</summary>
internal struct Uniform<T> : IShape<T> where T : unmanaged, IReal<T>
{
    public T Low, Range, Last;

    public readonly Four<T> Invoke(ulong seed, ulong stream, ulong first)
    {
        var u = Unit.Four<T>(seed, stream, first);
        return new() { X = Of(u.X), Y = Of(u.Y), Z = Of(u.Z), W = Of(u.W) };
    }

    readonly T Of(T u) => T.Min(Low + Range * u, Last);
}

/// <summary>√(−2 log(1 − u₁)) · (cos 2πu₂, sin 2πu₂), whose logarithm's argument is never 0 (Box and Muller 1958).</summary>
internal struct Normal<T> : IShape<T> where T : unmanaged, IReal<T>
{
    public T Mean, Deviation;

    public readonly Four<T> Invoke(ulong seed, ulong stream, ulong first)
    {
        var u = Unit.Four<T>(seed, stream, first);
        var y = new Four<T>();
        Pair(u.X, u.Y, out y.X, out y.Y);
        Pair(u.Z, u.W, out y.Z, out y.W);
        return y;
    }

    readonly void Pair(T u1, T u2, out T a, out T b)
    {
        var radius = Deviation * T.Sqrt(T.Of(-2) * T.Log(T.Of(1) - u1));
        var angle = T.Of(2 * Math.PI) * u2;
        a = Mean + radius * T.Cos(angle);
        b = Mean + radius * T.Sin(angle);
    }
}

/// <summary>1 with a probability, else 0.</summary>
internal struct Bernoulli<T> : IShape<T> where T : unmanaged
{
    public ulong Threshold;
    public T One;

    public readonly Four<T> Invoke(ulong seed, ulong stream, ulong first)
    {
        var (w0, w1, w2, w3) = Philox.Block(seed, stream, first / 4);
        return new() { X = Of(w0), Y = Of(w1), Z = Of(w2), W = Of(w3) };
    }

    readonly T Of(uint word) => Philox.Happens(word, Threshold) ? One : default;
}

/// <summary>A whole number from low to below low + range.</summary>
internal struct Integers<T> : IShape<T> where T : unmanaged, INumber<T>
{
    public long Low;
    public ulong Range;

    public readonly Four<T> Invoke(ulong seed, ulong stream, ulong first)
    {
        var (a0, a1, a2, a3) = Philox.Block(seed, stream, first / 2);
        var (b0, b1, b2, b3) = Philox.Block(seed, stream, first / 2 + 1);
        return new() { X = Of(a0, a1), Y = Of(a2, a3), Z = Of(b0, b1), W = Of(b2, b3) };
    }

    readonly T Of(uint upper, uint lower) => T.From(Low + (long)Philox.Whole(upper, lower, Range));
}

/// <summary>Four random elements a thread.</summary>
internal struct RandomFours<TShape, T> : IKernel
    where TShape : struct, IShape<T>
    where T : unmanaged
{
    public TShape Shape;
    public ulong Seed, Stream, First;
    public ArrayView<T> Y;
    public int Aligned, Count;

    public readonly void Run()
    {
        var i = Threads.Index;
        if (4 * i >= Count) return;
        var y = Shape.Invoke(Seed, Stream, First + 4 * (ulong)i);
        if (Aligned != 0 && 4 * i + 3 < Count)
        {
            Y.Cast<Four<T>>()[i] = y;
            return;
        }
        Y[4 * i] = y.X;
        if (4 * i + 1 < Count) Y[4 * i + 1] = y.Y;
        if (4 * i + 2 < Count) Y[4 * i + 2] = y.Z;
        if (4 * i + 3 < Count) Y[4 * i + 3] = y.W;
    }
}
