using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using static MiniDL.Tests.Numbers;
using NetTensor = System.Numerics.Tensors.Tensor;
using Tensor = MiniDL.Tensor;

namespace MiniDL.Tests;

public class InteropTests
{
    [Fact]
    public void WrappedMemoryIsShared()
    {
        var memory = new float[] { 1, 2, 3, 4, 5, 6 };
        var x = Tensor.Wrap(memory, 2, 3);
        x[1] = 0;
        Assert.Equal([1f, 2, 3, 0, 0, 0], memory);
        memory[0] = 9;
        Assert.Equal(9, x[0, 0].Item());
        Assert.Equal(14, x.Sum().Item());
        AssertIs(Tensor.Wrap(memory.AsMemory(1, 2)), [2], 2f, 3);
        Assert.Equal("Wrap: shape [7] has 7 elements, the memory 6", Assert.Throws<ShapeException>(() => Tensor.Wrap(memory, 7)).Message);
    }

    [Fact]
    public void ASpanOutlivesTheTensorAndThePin()
    {
        var span = Make();
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        _ = new byte[1 << 20];
        Assert.Equal([1L, 2, 3], span.ToArray());

        [MethodImpl(MethodImplOptions.NoInlining)]
        static ReadOnlySpan<long> Make() => Tensor.Wrap(new long[] { 1, 2, 3 }).AsSpan<long>();
    }

    [Fact]
    public void NetTensorsComeInAndGoOut()
    {
        var net = NetTensor.Create(new double[] { 1, 2, 3, 4, 5, 6 }, [2, 3]);
        AssertIs(Tensor.Of(net), [2, 3], 1.0, 2, 3, 4, 5, 6);
        AssertIs(Tensor.Of(net.AsTensorSpan()), [2, 3], 1.0, 2, 3, 4, 5, 6);
        var shared = Tensor.Wrap(net);
        shared[0, 2] = -1;
        Assert.Equal(-1, net[0, 2]);
        AssertIs(Tensor.Wrap(NetTensor.Create(new double[] { 1, 2, 3, 4 }, [2, 2], [1, 2])), [2, 2], 1.0, 3, 2, 4);

        var x = Count(2, 3);
        var view = x.T().AsTensorSpan<long>();
        Assert.Equal(5, view[2, 1]);
        var row = x[1].Unsqueeze(0).Expand(4, 3).AsTensorSpan<long>();
        Assert.Equal(4, row[3, 1]);
        Assert.Equal(5, x.ToTensor<long>()[1, 2]);
        Assert.Contains("backwards", Assert.Throws<InvalidOperationException>(() => x.Flip(0).AsTensorSpan<long>()).Message);
        Assert.Contains("the tensor is Int64", Assert.Throws<ArgumentException>(() => x.ToTensor<float>()).Message);
    }
}
