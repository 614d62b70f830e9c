using System.Runtime.CompilerServices;

namespace MiniDL.Tests;

/// <summary>What a small op allocates, and a tensor beyond 2 GiB.</summary>
[Collection(nameof(Serial))]
public sealed class SmallAndLargeTests
{
    [Theory]
    [InlineData(false, 128)]
    [InlineData(true, 224)]
    public void AnAddOfTwoSmallTensorsAllocatesLittle(bool recorded, long most)
    {
        var (a, b) = (Tensor.Ones([2, 2], requiresGrad: recorded), Tensor.Ones(2, 2));
        Adds(a, b, 100);
        const int Count = 1000;
        var before = GC.GetAllocatedBytesForCurrentThread();
        Adds(a, b, Count);
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / Count;
        Assert.True(each <= most, $"an add of two 2x2 tensors allocates {each} bytes, at most {most} are allowed");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Adds(Tensor a, Tensor b, int count)
    {
        for (var i = 0; i < count; i++) GC.KeepAlive(a + b);
    }

    [Fact]
    [Trait("speed", "slow")]
    public void ATensorBeyond2GiB()
    {
        const int Rows = 537, Columns = 1 << 20;
        if (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes < 4L << 30) Assert.Skip("needs a machine with 4 GiB of memory");
        var x = Tensor.Empty([Rows, Columns]).Fill(1);
        Assert.True(x.Length * sizeof(float) > int.MaxValue);
        Assert.Equal((long)Rows * Columns, x.Sum().Item());
        x[^1, ^1] = 5;
        Assert.Equal(5, x[Rows - 1, Columns - 1].Item());
        Assert.Equal(Rows - 1, x[.., ^1].ArgMax().Item<long>());
        Assert.Equal(Columns + 4, x[^1].Sum().Item());
    }
}
