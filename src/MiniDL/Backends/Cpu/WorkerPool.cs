using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace MiniDL;

/// <summary>The library's own threads: fork and join in well under a microsecond, without garbage.</summary>
/// <remarks>
/// Work goes out by an atomic chunk counter and the caller takes part; the join waits only for workers that entered, so a worker that the system wakes late finds
/// nothing to do and nobody waits for it. Workers spin for about a millisecond after a job (a training step never parks them), then park. One job runs
/// at a time: a caller that finds the pool busy, a chunk that forks again for one, does its chunks itself.
/// </remarks>
internal static unsafe class WorkerPool
{
    // Job.Gate: the number of the job, whether workers may enter, and how many are inside.
    const int GenerationShift = 32;
    const long Open = 1L << 31;

    static Job job;
    static ExceptionDispatchInfo? failure;
    static Worker[]? workers;
    static int threads;
    static int busy;

    /// <summary>How many threads work on one job, the caller among them: MINIDL_THREADS, else the number of processors.</summary>
    public static int Threads
    {
        get => threads != 0 ? threads : threads = DefaultThreads();
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(Threads));
            threads = HasThreads ? value : 1;
        }
    }

    static bool HasThreads => !OperatingSystem.IsBrowser() && !OperatingSystem.IsWasi();

    static int DefaultThreads()
    {
        if (!HasThreads) return 1;
        var text = Environment.GetEnvironmentVariable("MINIDL_THREADS");
        if (string.IsNullOrEmpty(text)) return Environment.ProcessorCount;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            ? count
            : throw new InvalidOperationException($"MINIDL_THREADS: '{text}' is not a positive number of threads");
    }

    /// <summary>Runs chunks 0 … <paramref name="chunks"/>−1 of <paramref name="body"/>, each once, on any thread and in any order; returns when all are done.</summary>
    /// <remarks>The first exception that a chunk throws is thrown here; chunks that had not begun by then are left out.</remarks>
    public static void For<TBody>(long chunks, ref TBody body) where TBody : struct, IChunks
    {
        if (chunks > 1 && Threads > 1 && Interlocked.CompareExchange(ref busy, 1, 0) == 0)
        {
            try
            {
                Fork(chunks, body);
            }
            finally
            {
                Volatile.Write(ref busy, 0);
            }
            return;
        }
        for (long i = 0; i < chunks; i++) body.Run(i);
    }

    // The body comes by value: in this frame nothing moves it, and the join below outlives every worker's use of the pointer.
    static void Fork<TBody>(long chunks, TBody body) where TBody : struct, IChunks
    {
        var helpers = (int)Math.Min(threads - 1, chunks - 1);
        if (workers is null || workers.Length < helpers) Start(helpers);

        job.Run = &Drain<TBody>;
        job.Body = Unsafe.AsPointer(ref body);
        job.Helpers = helpers;
        job.Chunks = chunks;
        job.Next = 0;
        Interlocked.Add(ref job.Gate, (1L << GenerationShift) | Open); // a full fence: who sees it open sees the fields above

        var team = workers!;
        for (var i = 0; i < helpers; i++) team[i].Wake();
        RunGuarded();

        Interlocked.And(ref job.Gate, ~Open);
        var wait = default(SpinWait);
        while ((Volatile.Read(ref job.Gate) & (Open - 1)) != 0) wait.SpinOnce(sleep1Threshold: -1);

        if (failure is { } first)
        {
            failure = null;
            first.Throw();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Drain<TBody>(void* body) where TBody : struct, IChunks
    {
        long i;
        while ((i = Interlocked.Increment(ref job.Next) - 1) < job.Chunks) Unsafe.AsRef<TBody>(body).Run(i);
    }

    // An exception must not leave before the join, nor end a worker: it goes to the caller after the join.
    static void RunGuarded()
    {
        try
        {
            job.Run(job.Body);
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
            Interlocked.Exchange(ref job.Next, job.Chunks);
        }
    }

    static void Start(int count)
    {
        var team = workers ?? [];
        var grown = new Worker[count];
        team.CopyTo(grown, 0);
        for (var i = team.Length; i < count; i++) grown[i] = new Worker(i);
        workers = grown;
    }

    /// <summary>The current job. What the workers poll and what they count on lie on cache lines of their own.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 512)]
    struct Job
    {
        [FieldOffset(0)] public delegate*<void*, void> Run;
        [FieldOffset(8)] public void* Body;
        [FieldOffset(16)] public long Chunks;
        [FieldOffset(24)] public int Helpers;
        [FieldOffset(128)] public long Gate;
        [FieldOffset(256)] public long Next;
    }

    sealed class Worker
    {
        static readonly long SpinTicks = Stopwatch.Frequency / 1000;

        readonly object wake = new();
        readonly int index;
        long seen;              // the generation of the last job it met
        bool parked;

        public Worker(int index)
        {
            this.index = index;
            new Thread(Loop) { IsBackground = true, Name = $"MiniDL worker {index + 1}" }.UnsafeStart();
        }

        // Opener and worker each fence between their write and their read: either this sees the flag, or the worker, about to wait, sees the job.
        public void Wake()
        {
            if (!Volatile.Read(ref parked)) return;
            lock (wake)
            {
                parked = false;
                Monitor.Pulse(wake);
            }
        }

        void Park()
        {
            lock (wake)
            {
                parked = true;
                Interlocked.MemoryBarrier();
                if (IsCalled) parked = false;
                while (parked) Monitor.Wait(wake);
            }
        }

        void Loop()
        {
            while (true)
                if (SpinUntilCalled())
                    Enter();
                else
                    Park();
        }

        bool IsCalled
        {
            get
            {
                var gate = Volatile.Read(ref job.Gate);
                return (gate & Open) != 0 && gate >>> GenerationShift != seen && index < job.Helpers;
            }
        }

        bool SpinUntilCalled()
        {
            var deadline = Stopwatch.GetTimestamp() + SpinTicks;
            do
                for (var i = 0; i < 64; i++)
                {
                    if (IsCalled) return true;
                    Thread.SpinWait(1);
                }
            while (Stopwatch.GetTimestamp() < deadline);
            return false;
        }

        // Takes part in the job that is open now; when it has just been closed, in none.
        void Enter()
        {
            var gate = Volatile.Read(ref job.Gate);
            while ((gate & Open) != 0)
            {
                var before = Interlocked.CompareExchange(ref job.Gate, gate + 1, gate);
                if (before == gate)
                {
                    if (index < job.Helpers) RunGuarded();
                    Interlocked.Decrement(ref job.Gate);
                    break;
                }
                gate = before;
            }
            seen = gate >>> GenerationShift;
        }
    }
}
