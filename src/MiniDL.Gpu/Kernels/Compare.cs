using ILGPU;

namespace MiniDL.Gpu;

/// <summary>A comparison of two numbers.</summary>
internal interface IComparison
{
    /// <summary>Whether it holds.</summary>
    static abstract bool Holds<T>(T a, T b) where T : unmanaged, INumber<T>;
}

/// <summary>a = b.</summary>
internal readonly struct Equal : IComparison
{
    public static bool Holds<T>(T a, T b) where T : unmanaged, INumber<T> => T.Same(a, b);
}

/// <summary>a ≠ b.</summary>
internal readonly struct NotEqual : IComparison
{
    public static bool Holds<T>(T a, T b) where T : unmanaged, INumber<T> => !T.Same(a, b);
}

/// <summary>a &lt; b.</summary>
internal readonly struct Less : IComparison
{
    public static bool Holds<T>(T a, T b) where T : unmanaged, INumber<T> => a < b;
}

/// <summary>a &gt; b.</summary>
internal readonly struct Greater : IComparison
{
    public static bool Holds<T>(T a, T b) where T : unmanaged, INumber<T> => a > b;
}

/// <summary>a ≤ b.</summary>
internal readonly struct LessOrEqual : IComparison
{
    public static bool Holds<T>(T a, T b) where T : unmanaged, INumber<T> => a < b || T.Same(a, b);
}

internal partial class GpuNumberBackend<T>
{
    /// <inheritdoc/>
    public sealed override void Compare(Comparison comparison, in TensorView a, in TensorView b, in TensorView y)
    {
        switch (comparison)
        {
            case Comparison.Equal: CompareBy<Equal>(a, b, y); break;
            case Comparison.NotEqual: CompareBy<NotEqual>(a, b, y); break;
            case Comparison.Less: CompareBy<Less>(a, b, y); break;
            case Comparison.LessOrEqual: CompareBy<LessOrEqual>(a, b, y); break;
            case Comparison.Greater: CompareBy<Greater>(a, b, y); break;
            case Comparison.GreaterOrEqual: CompareBy<LessOrEqual>(b, a, y); break;
        }
    }

    void CompareBy<TComparison>(in TensorView a, in TensorView b, in TensorView y) where TComparison : struct, IComparison
        => Nest.ForEach(new LoopNest(anyOrder: true, y.Layout, a.Layout, b.Layout),
            new Steps { Y = y.Offset, A = a.Offset, B = b.Offset }, new CompareLaunch<TComparison>(Gpu, Whole<T>(a), Whole<T>(b), Whole<byte>(y)));

    readonly struct CompareLaunch<TComparison>(GpuDevice device, ArrayView<T> a, ArrayView<T> b, ArrayView<byte> y) : ILaunch where TComparison : struct, IComparison
    {
        public void Run(in Nest nest, in Steps start, int count)
            => device.LaunchThreads(new CompareStrided<TComparison, T> { Nest = nest, Start = start, A = a, B = b, Y = y, Count = count }, count);
    }
}

/// <summary>y = a compared with b.</summary>
internal struct CompareStrided<TComparison, T> : IKernel
    where TComparison : struct, IComparison
    where T : unmanaged, INumber<T>
{
    public Nest Nest;
    public Steps Start;
    public ArrayView<T> A, B;
    public ArrayView<byte> Y;
    public int Count;

    public readonly void Run()
    {
        var i = Threads.Index;
        if (i >= Count) return;
        var at = Nest.At(i);
        Y[Start.Y + at.Y] = (byte)(TComparison.Holds(A[Start.A + at.A], B[Start.B + at.B]) ? 1 : 0);
    }
}
