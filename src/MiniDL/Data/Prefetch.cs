using System.Runtime.ExceptionServices;

namespace MiniDL.Data;

/// <summary>Threads that make batches ahead of who takes them, in order, at most two a thread.</summary>
sealed class Prefetch : IDisposable
{
    record struct Slot((Tensor X, Tensor Y) Batch, ExceptionDispatchInfo? Error, bool Ready);

    readonly Func<int, (Tensor X, Tensor Y)> make;
    readonly int end;
    readonly Slot[] slots;
    readonly Thread[] threads;
    readonly CancellationToken cancellation;
    readonly CancellationTokenRegistration wake;
    readonly object gate = new();
    int next, wanted;
    bool stopped;

    /// <summary>Starts to make batches <paramref name="start"/> to <paramref name="end"/> − 1.</summary>
    public Prefetch(Func<int, (Tensor X, Tensor Y)> make, int start, int end, int workers, CancellationToken cancellation)
    {
        (this.make, this.end, this.cancellation) = (make, end, cancellation);
        (next, wanted) = (start, start);
        slots = new Slot[2 * workers];
        wake = cancellation.Register(Stop);
        threads = new Thread[Math.Min(workers, end - start)];
        for (var i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(Work) { IsBackground = true, Name = $"MiniDL loader {i}" };
            threads[i].Start();
        }
    }

    /// <summary>The next batch, as soon as it is ready. An error of the thread that made it is thrown with that thread's stack.</summary>
    public (Tensor X, Tensor Y) Take()
    {
        Slot taken;
        lock (gate)
        {
            ref var slot = ref slots[wanted % slots.Length];
            while (!slot.Ready)
            {
                cancellation.ThrowIfCancellationRequested();
                Monitor.Wait(gate);
            }
            taken = slot;
            slot = default;
            wanted++;
            Monitor.PulseAll(gate);
        }
        taken.Error?.Throw();
        return taken.Batch;
    }

    void Work()
    {
        while (true)
        {
            int index;
            lock (gate)
            {
                while (!stopped && next < end && next >= wanted + slots.Length) Monitor.Wait(gate);
                if (stopped || next >= end) return;
                index = next++;
            }
            var made = Make(index);
            lock (gate)
            {
                slots[index % slots.Length] = made;
                Monitor.PulseAll(gate);
            }
        }
    }

    Slot Make(int index)
    {
        try
        {
            return new Slot(make(index), null, true);
        }
        catch (Exception e) // whatever it is, it belongs to the one who takes the batch
        {
            return new Slot(default, ExceptionDispatchInfo.Capture(e), true);
        }
    }

    void Stop()
    {
        lock (gate)
        {
            stopped = true;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Ends the threads; returns when they have ended.</summary>
    public void Dispose()
    {
        Stop();
        wake.Dispose();
        foreach (var thread in threads) thread.Join();
    }
}
