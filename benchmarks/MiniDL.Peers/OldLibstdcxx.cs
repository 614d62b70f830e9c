namespace MiniDL.Peers;

/// <summary>Lets TorchSharp load where the C++ library is older than GCC 13's (Debian 12): its shim names one symbol version that it never uses.</summary>
internal static class OldLibstdcxx
{
    /// <summary>Renames that version in the program's own copy of the shim; does nothing elsewhere, or a second time.</summary>
    public static void Accommodate()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");
        if (!OperatingSystem.IsLinux() || !File.Exists(path)) return;
        var image = File.ReadAllBytes(path);
        var changed = Replace(image, "_ZSt21ios_base_library_initv\0"u8, "_ZSt15get_new_handlerv\0"u8)
            && Replace(image, "GLIBCXX_3.4.32\0"u8, "GLIBCXX_3.4.20\0"u8)
            && Replace(image, BitConverter.GetBytes(ElfHash("GLIBCXX_3.4.32")), BitConverter.GetBytes(ElfHash("GLIBCXX_3.4.20")));
        if (!changed) return;
        File.WriteAllBytes(path + ".new", image);
        File.SetUnixFileMode(path + ".new", File.GetUnixFileMode(path));
        File.Move(path + ".new", path, overwrite: true);
    }

    static bool Replace(Span<byte> image, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        var at = image.IndexOf(from);
        if (at >= 0) to.CopyTo(image[at..]);
        return at >= 0;
    }

    static uint ElfHash(string name)
    {
        uint hash = 0;
        foreach (var c in name)
        {
            hash = (hash << 4) + c;
            hash ^= (hash & 0xF0000000) >> 24;
            hash &= 0x0FFFFFFF;
        }
        return hash;
    }
}
