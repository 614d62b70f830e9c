using System.Runtime.CompilerServices;

namespace MiniDL.Tests;

/// <summary>The pool under the traffic of training and inference loops: bounded peaks, few collections of the whole heap.</summary>
[Collection(nameof(Serial))]
public sealed class TrainingMemoryTests
{
    const long Mega = 1 << 20;
    const int Layers = 12;
    const long Activation = Mega + (Mega / 2);
    const long Exact = 2 * Layers * Activation; // two saved activations a layer at the end of the forward pass

    readonly BufferPool pool = new(Device.Cpu, NativeBlock.Allocate);

    sealed class Node(Node? previous, DeviceBuffer x, DeviceBuffer y)
    {
        Node? previous = previous;
        DeviceBuffer? x = x, y = y;

        // As the engine does: whoever still holds the loss holds nothing of the graph.
        public Node? Release()
        {
            x!.Release();
            y!.Release();
            var next = previous;
            (previous, x, y) = (null, null, null);
            return next;
        }
    }

    [Theory]
    [InlineData(true, 1.5)]
    [InlineData(false, 3.5)]
    public void TrainingStaysNearTheExactLiveBytes(bool returnGradients, double bound)
    {
        var parameters = pool.Rent(4 * Mega);
        for (var i = 0; i < 20; i++) Step(returnGradients);
        pool.ResetPeak();
        var gen2 = GC.CollectionCount(2);
        for (var i = 0; i < 100; i++) Step(returnGradients);
        var peak = pool.PeakBytes;
        Assert.True(peak <= (bound * Exact) + (16 * Mega), $"peak {peak / Mega} MB, exact {Exact / Mega} MB");
        Assert.InRange(GC.CollectionCount(2) - gen2, 0, 10);
        Assert.True(pool.LiveBytes + pool.PooledBytes <= (1.3 * peak) + (32 * Mega));
        GC.Collect();
        Assert.Equal(4 * Mega, pool.LiveBytes);
        GC.KeepAlive(parameters);
    }

    // Each layer makes two temporaries that nobody returns and two activations that its node saves.
    [MethodImpl(MethodImplOptions.NoInlining)]
    void Step(bool returnGradients)
    {
        Node? node = null;
        for (var i = 0; i < Layers; i++)
        {
            Rent();
            pool.Rent(100_000);
            var (x, y) = (Rent(), Rent());
            x.Hold();
            y.Hold();
            node = new(node, x, y);
        }
        while (node is not null)
        {
            var dx = Rent();
            node = node.Release();
            if (returnGradients) pool.Return(dx);
        }
        pool.EndOfBackward();
    }

    unsafe DeviceBuffer Rent()
    {
        var x = pool.Rent(Activation);
        new Span<byte>((void*)x.Pointer, (int)Activation).Fill(1);
        return x;
    }

    [Fact]
    public void ScopesNeedNoCollection()
    {
        var gen2 = GC.CollectionCount(2);
        for (var i = 0; i < 200; i++)
        {
            var x = pool.Rent(Activation);
            for (var layer = 0; layer < Layers; layer++)
            {
                using var scope = TempScope.Open();
                pool.Rent(Activation);
                var y = pool.Rent(Activation);
                pool.Return(x);
                x = y;
                scope.Close(y);
            }
            pool.Return(x);
        }
        Assert.Equal(0, pool.LiveBytes);
        Assert.Equal(3 * Activation, pool.PeakBytes);
        Assert.Equal(gen2, GC.CollectionCount(2));
    }

    [Fact]
    public void InferenceWithoutScopesIsBounded()
    {
        var gen2 = GC.CollectionCount(2);
        for (var i = 0; i < 3000; i++) Forward();
        // Rule K: a full collection comes at the latest after 8 allowances of 8 MB that cheaper ones did not give back.
        Assert.True(pool.PeakBytes <= (4 * Activation) + (8 * 8 * Mega), $"peak {pool.PeakBytes / Mega} MB");
        Assert.InRange(GC.CollectionCount(2) - gen2, 0, 3000 * Layers * Activation / (8 * Mega) / 8);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    void Forward()
    {
        var x = pool.Rent(Activation);
        for (var layer = 0; layer < Layers; layer++)
        {
            var y = pool.Rent(Activation);
            GC.KeepAlive(x);
            x = y;
        }
    }
}
