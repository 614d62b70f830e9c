namespace MiniDL.Tests;

/// <summary>A scope returns what nobody knows, passes on what it is told to, and leaves the rest to the collector.</summary>
[Collection(nameof(Serial))]
public sealed class TempScopeTests
{
    const int Size = 2048;

    readonly BufferPool pool = new(Device.Cpu, NativeBlock.Allocate);

    [Fact]
    public void TemporariesGoResultsStay()
    {
        using var scope = TempScope.Open();
        pool.Rent(Size);
        var y = pool.Rent(Size);
        pool.Rent(Size);
        Assert.Equal(3 * Size, pool.LiveBytes);
        scope.Close(y);
        Assert.Equal(Size, pool.LiveBytes);
        pool.Rent(Size);
        Assert.Equal(2 * Size, pool.LiveBytes);
        Assert.Null(y.NextBorn);
    }

    [Fact]
    public void SeveralResultsStay()
    {
        using var scope = TempScope.Open();
        var (a, b, c) = (pool.Rent(Size), pool.Rent(Size), pool.Rent(Size));
        scope.Close([a, null, c]);
        Assert.Null(b.Block);
        Assert.Equal(2 * Size, pool.LiveBytes);
        GC.KeepAlive(a);
        GC.KeepAlive(c);
    }

    [Fact]
    public void AResultPassesToTheScopeAround()
    {
        using var outer = TempScope.Open();
        var x = pool.Rent(Size);
        DeviceBuffer y;
        using (var inner = TempScope.Open())
        {
            pool.Rent(Size);
            y = pool.Rent(Size);
            inner.Close(y);
        }
        Assert.Equal(2 * Size, pool.LiveBytes);
        outer.Close(x);
        Assert.Null(y.Block);
        Assert.Equal(Size, pool.LiveBytes);
        GC.KeepAlive(x);
    }

    [Fact]
    public void WhatTheGraphHoldsGoesWithItsLastHolder()
    {
        DeviceBuffer saved, result;
        using (var scope = TempScope.Open())
        {
            saved = pool.Rent(Size);
            result = pool.Rent(Size);
            saved.Hold();
            saved.Hold();
            result.Hold();
            scope.Close(result);
        }
        Assert.Equal(2 * Size, pool.LiveBytes);
        saved.Release();
        result.Release();
        Assert.Equal(2 * Size, pool.LiveBytes);
        saved.Release();
        Assert.Null(saved.Block);
        Assert.Equal(Size, pool.LiveBytes);
        GC.KeepAlive(result);
    }

    [Fact]
    public void WhatEscapedIsLeftAlone()
    {
        DeviceBuffer x;
        using (var scope = TempScope.Open())
        {
            x = pool.Rent(Size);
            x.Escape();
            x.Hold();
            scope.Close();
        }
        x.Release();
        Assert.NotNull(x.Block);
    }

    [Fact]
    public void CodeOfTheUsersIsNotListed()
    {
        using var scope = TempScope.Open();
        var mine = pool.Rent(Size);
        DeviceBuffer theirs;
        using (TempScope.Suspend())
        {
            theirs = pool.Rent(Size);
            using var inner = TempScope.Open();
            pool.Rent(Size);
            var kept = pool.Rent(Size);
            inner.Close(kept);
            Assert.NotNull(kept.Block);
        }
        var after = pool.Rent(Size);
        scope.Close();
        Assert.Null(mine.Block);
        Assert.Null(after.Block);
        Assert.NotNull(theirs.Block);
    }

    [Fact]
    public void AnExceptionLeavesItsBuffersToTheCollector()
    {
        DeviceBuffer? x = null;
        using var outer = TempScope.Open();
        Assert.Throws<FormatException>((Action)(() =>
        {
            using var scope = TempScope.Open();
            x = pool.Rent(Size);
            throw new FormatException();
        }));
        var y = pool.Rent(Size);
        outer.Close();
        Assert.NotNull(x!.Block);
        Assert.Null(y.Block);
    }

    [Fact]
    public void WhatWasReturnedByHandIsSkipped()
    {
        using var scope = TempScope.Open();
        var x = pool.Rent(Size);
        pool.Return(x);
        var y = pool.Rent(Size);
        Assert.Equal(x.Pointer, y.Pointer);
        scope.Close(y);
        Assert.Equal(Size, pool.LiveBytes);
        GC.KeepAlive(y);
    }

    [Fact]
    public void OtherThreadsAreNotListed()
    {
        using var scope = TempScope.Open();
        DeviceBuffer? x = null;
        var thread = new Thread(() => x = pool.Rent(Size));
        thread.Start();
        thread.Join();
        scope.Close();
        Assert.NotNull(x!.Block);
    }
}
