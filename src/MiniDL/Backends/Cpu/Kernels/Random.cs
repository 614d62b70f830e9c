using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MiniDL;

internal sealed unsafe partial class CpuBackend<E>
{
    /// <inheritdoc/>
    public void Random(Distribution distribution, ulong seed, ulong offset, in TensorView y)
    {
        if (!IsNumber || (!Element.IsReal<E>() && distribution.Kind is DistributionKind.Uniform or DistributionKind.Normal))
            throw NoKernel($"Random({distribution.Kind})");
        if (Widths.Bits == 512) RandomLanes<V512<E>>(distribution, seed, offset, y);
        else if (Widths.Bits == 256) RandomLanes<V256<E>>(distribution, seed, offset, y);
        else RandomLanes<V128<E>>(distribution, seed, offset, y);
    }

    static void RandomLanes<T>(Distribution distribution, ulong seed, ulong stream, in TensorView y) where T : struct, IVectorLanes<T, E>
    {
        fixed (byte* py = y)
        {
            var body = new RandomChunks<T> { Nest = new LoopNest(anyOrder: false, y.Layout), Y = (E*)py, Seed = seed, Stream = stream, Distribution = distribution };
            WorkerPool.For(Chunks(y.Count, RandomChunks<T>.Size), ref body);
        }
    }

    /// <summary>Random words that a real number is made of.</summary>
    static int WordsPerElement => sizeof(E) / 4;

    struct RandomChunks<T> : IChunks where T : struct, IVectorLanes<T, E>
    {
        public const long Size = 4096;

        public LoopNest Nest;
        public E* Y;
        public ulong Seed;
        public ulong Stream;
        public Distribution Distribution;

        [SkipLocalsInit]
        public void Run(long index)
        {
            var values = stackalloc E[Block];
            var begin = index * Size;
            var end = Math.Min(begin + Size, Nest.Count);
            fixed (LoopNest* nest = &Nest)
            {
                var at = new LoopNest.Walk(nest, begin);
                for (; begin < end; begin += Block)
                {
                    Fill(values, begin);
                    var count = Math.Min(Block, end - begin);
                    for (long done = 0; done < count;)
                    {
                        var run = Math.Min(at.Run, count - done);
                        Strided(Y + at[0], Nest.InnerStride(0), values + done, 1, run);
                        at.Advance(run);
                        done += run;
                    }
                }
            }
        }

        readonly void Fill(E* y, long first)
        {
            switch (Distribution.Kind)
            {
                case DistributionKind.Uniform: FillUniform(y, first); break;
                case DistributionKind.Normal: FillNormal(y, first); break;
                case DistributionKind.Bernoulli: FillBernoulli(y, first); break;
                case DistributionKind.Integer: FillInteger(y, first); break;
            }
        }

        // Uniform numbers in [0, 1).
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void FillUnit(E* y, long first)
        {
            var words = stackalloc uint[2 * Block];
            PhiloxWords.Fill(words, Seed, Stream, (ulong)first * (ulong)WordsPerElement / 4, Block * WordsPerElement / 4);
            if (sizeof(E) == 8)
                for (var i = 0; i < Block; i++) ((double*)y)[i] = Philox.Double(words[2 * i], words[2 * i + 1]);
            else
                for (var i = 0; i < Block; i += Vector128<uint>.Count)
                    Vector128.Store(Vector128.ConvertToSingle((Vector128.Load(words + i) >> 8).AsInt32()) * Philox.UnitOf24, (float*)y + i);
        }

        // a + (b − a)·u, where rounding may reach b: then the number below it.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void FillUniform(E* y, long first)
        {
            FillUnit(y, first);
            var a = T.Of(Distribution.A);
            var range = T.Of(Distribution.B) - a;
            var last = T.Of(Philox.Below(sizeof(E) == 8 ? DType.Float64 : DType.Float32, Distribution.A, Distribution.B));
            for (var i = 0; i < Block; i += T.Count) T.Store(T.Min(a + range * T.Load(y + i), last), y + i);
        }

        // √(−2 log(1 − u₁)) · (cos 2πu₂, sin 2πu₂), whose logarithm's argument is never 0.
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void FillNormal(E* y, long first)
        {
            FillUnit(y, first);
            var pairs = stackalloc E[Block];
            for (var i = 0; i < Block / 2; i++) (pairs[i], pairs[Block / 2 + i]) = (y[2 * i], y[2 * i + 1]);
            var mean = T.Of(Distribution.A);
            var deviation = T.Of(Distribution.B);
            for (var i = 0; i < Block / 2; i += T.Count)
            {
                var radius = deviation * T.Sqrt(T.Of(-2) * T.Log(T.Of(1) - T.Load(pairs + i)));
                var angle = T.Of(2 * Math.PI) * T.Load(pairs + Block / 2 + i);
                T.Store(mean + radius * T.Cos(angle), pairs + i);
                T.Store(mean + radius * T.Sin(angle), pairs + Block / 2 + i);
            }
            for (var i = 0; i < Block / 2; i++) (y[2 * i], y[2 * i + 1]) = (pairs[i], pairs[Block / 2 + i]);
        }

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void FillBernoulli(E* y, long first)
        {
            var words = stackalloc uint[Block];
            PhiloxWords.Fill(words, Seed, Stream, (ulong)first / 4, Block / 4);
            var threshold = Philox.Threshold(Distribution.A);
            var one = Element.Of<E>(1);
            for (var i = 0; i < Block; i++) y[i] = Philox.Happens(words[i], threshold) ? one : default;
        }

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void FillInteger(E* y, long first)
        {
            var words = stackalloc uint[2 * Block];
            PhiloxWords.Fill(words, Seed, Stream, (ulong)first / 2, Block / 2);
            var low = (long)Distribution.A;
            var range = (ulong)((long)Distribution.B - low);
            for (var i = 0; i < Block; i++) y[i] = Element.Of<E>(low + (long)Philox.Whole(words[2 * i], words[2 * i + 1], range));
        }
    }
}
