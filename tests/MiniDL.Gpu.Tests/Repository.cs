namespace MiniDL.Gpu.Tests;

/// <summary>The clone that the tests were built in.</summary>
static class Repository
{
    static readonly Lazy<string> root = new(Find);

    /// <summary>The folder of MiniDL.sln.</summary>
    public static string Root => root.Value;

    static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "MiniDL.sln"))) return folder.FullName;
        throw new DirectoryNotFoundException($"No MiniDL.sln above {AppContext.BaseDirectory}");
    }
}
