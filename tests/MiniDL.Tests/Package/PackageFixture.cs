using System.Diagnostics;

namespace MiniDL.Tests.Package;

/// <summary>The package, packed once into a feed of its own, and a way to run dotnet beside it.</summary>
public sealed class PackageFixture : IDisposable
{
    /// <summary>A folder outside the repository that goes away afterwards.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("minidl-package-").FullName;

    /// <summary>The folder that serves as package source.</summary>
    public string Feed => Path.Combine(Folder, "feed");

    public PackageFixture()
    {
        var configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";
        Dotnet(Repository.Root, "pack", "src/MiniDL", "--no-build", "-c", configuration, "-o", Feed);
    }

    /// <summary>Runs dotnet and returns what it printed.</summary>
    public string Dotnet(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name); // this process was started by a build whose settings are not the child's
        if (folder != Repository.Root) start.Environment["NUGET_PACKAGES"] = Path.Combine(Folder, "packages"); // no older package of the same version
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output}\n{errors.Result}");
        return output;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
