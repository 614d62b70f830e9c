using System.Runtime.InteropServices;

namespace MiniDL.IO;

/// <summary>Writes a file whole or not at all, also when the process or the machine dies in the middle.</summary>
/// <remarks>
/// A temporary file beside the target is written, flushed to the disk and renamed over it; then the folder is flushed, so that the new name lasts too.
/// A symbolic link stays: the file that it names is replaced. What is no regular file (a device, a pipe) cannot be replaced and is written to.
/// </remarks>
static partial class AtomicFile
{
    /// <exception cref="IOException">The file cannot be written; what stood at the path before is unchanged.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        string? temporary = null;
        try
        {
            var target = Resolve(path);
            if (IsDevice(target))
            {
                using var device = new FileStream(target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
                write(device);
                return;
            }
            var folder = Path.GetDirectoryName(target) ?? throw new IOException("it is a folder");
            temporary = Path.Combine(folder, $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}.tmp");
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, target, overwrite: true);
            temporary = null;
            Flush(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"Cannot save '{path}': {e.Message}", e);
        }
        finally
        {
            if (temporary is not null) Remove(temporary);
        }
    }

    static string Resolve(string path)
    {
        var file = new FileInfo(path);
        return file.LinkTarget is null ? file.FullName : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }

    static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The error that is on its way says more than this one would.
        }
    }

    /// <summary>True for what exists and is neither a file nor a folder. Known on Linux only; elsewhere no such path can be renamed over by mistake.</summary>
    static bool IsDevice(string path)
    {
        const int CurrentFolder = -100, Type = 1, ModeOffset = 28; // AT_FDCWD, STATX_TYPE, offsetof(statx, stx_mode)
        const int Format = 0xF000, RegularFile = 0x8000, Folder = 0x4000;
        if (!OperatingSystem.IsLinux()) return false;
        Span<byte> answer = stackalloc byte[256];
        if (Stat(CurrentFolder, path, 0, Type, answer) != 0) return false;
        var kind = MemoryMarshal.Read<ushort>(answer[ModeOffset..]) & Format;
        return kind is not (RegularFile or Folder);
    }

    static void Flush(string folder)
    {
        if (!OperatingSystem.IsLinux()) return; // elsewhere the rename itself is what the system offers
        var handle = Open(folder, 0);
        if (handle < 0) return; // a folder that may be written but not read: the rename is done, only its flush is not
        _ = Sync(handle);
        _ = Close(handle);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(int folder, string path, int flags, uint mask, Span<byte> answer);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
