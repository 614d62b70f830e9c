using MiniDL.IO;

namespace MiniDL.Tests.IO;

public sealed class AtomicFileTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("minidl-atomic-").FullName;

    string PathOf(string name) => Path.Combine(folder, name);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_file_is_made_then_replaced()
    {
        AtomicFile.Write(PathOf("a"), stream => stream.Write([1, 2]));
        AtomicFile.Write(PathOf("a"), stream => stream.WriteByte(3));
        Assert.Equal([3], File.ReadAllBytes(PathOf("a")));
        Assert.Equal([PathOf("a")], Directory.GetFiles(folder));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_writer_that_fails_leaves_the_old_file_and_nothing_else(bool disk)
    {
        File.WriteAllBytes(PathOf("a"), [1]);
        var thrown = Record.Exception(() => AtomicFile.Write(PathOf("a"), stream =>
        {
            stream.Write(new byte[100_000]);
            throw disk ? new IOException("No space left") : new InvalidOperationException("a bug");
        }));
        if (disk) Assert.Equal($"Cannot save '{PathOf("a")}': No space left", Assert.IsType<IOException>(thrown).Message);
        else Assert.Equal("a bug", Assert.IsType<InvalidOperationException>(thrown).Message);
        Assert.Equal([1], File.ReadAllBytes(PathOf("a")));
        Assert.Equal([PathOf("a")], Directory.GetFiles(folder));
    }

    [Fact]
    public void A_link_stays_and_its_target_is_replaced()
    {
        File.WriteAllBytes(PathOf("target"), [1]);
        File.CreateSymbolicLink(PathOf("link"), PathOf("target"));
        AtomicFile.Write(PathOf("link"), stream => stream.WriteByte(2));
        Assert.Equal(PathOf("target"), new FileInfo(PathOf("link")).LinkTarget);
        Assert.Equal([2], File.ReadAllBytes(PathOf("target")));
    }

    [Fact]
    public void A_full_disk_is_told()
    {
        Linux();
        var error = Assert.Throws<IOException>(() => Safetensors.Save("/dev/full", Some));
        Assert.StartsWith("Cannot save '/dev/full': No space left on device", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, new FileInfo("/dev/full").Length); // still the device
        Assert.Empty(Directory.GetFiles("/dev", ".full.*"));
    }

    [Fact]
    public void A_folder_that_refuses_is_told()
    {
        Linux();
        var error = Assert.Throws<IOException>(() => Safetensors.Save("/sys/x", Some));
        Assert.StartsWith("Cannot save '/sys/x': ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_below_a_file_a_missing_folder_and_a_folder_are_told()
    {
        File.WriteAllBytes(PathOf("file"), [1]);
        Directory.CreateDirectory(PathOf("folder"));
        foreach (var name in (string[])["file/x", "missing/x", "folder"])
        {
            var error = Assert.Throws<IOException>(() => Safetensors.Save(PathOf(name), Some));
            Assert.StartsWith($"Cannot save '{PathOf(name)}': ", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal([PathOf("file")], Directory.GetFiles(folder));
        Assert.Throws<ArgumentException>(() => Safetensors.Save("", Some));
    }

    [Fact]
    public void A_device_is_written_to_not_replaced()
    {
        Linux();
        Safetensors.Save("/dev/null", Some);
        Assert.NotEqual(FileAttributes.None, File.GetAttributes("/dev/null"));
        Assert.Equal(0, new FileInfo("/dev/null").Length);
    }

    static Dictionary<string, Tensor> Some => new() { ["x"] = Tensor.From(new float[10_000], 10_000) };

    static void Linux() => Assert.SkipUnless(OperatingSystem.IsLinux(), "this path is Linux's");
}
