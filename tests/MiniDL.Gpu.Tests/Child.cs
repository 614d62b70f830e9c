using System.Diagnostics;

namespace MiniDL.Gpu.Tests;

/// <summary>Tests that need a process of their own, because drivers are found once a process: they are explicit, and another test starts them.</summary>
static class Child
{
    const string Argument = "MINIDL_CHILD_ARGUMENT";

    /// <summary>What the starting test has handed over.</summary>
    public static string Given => Environment.GetEnvironmentVariable(Argument) ?? throw new InvalidOperationException($"{Argument} is not set: another test starts this one");

    /// <summary>Runs a test of this assembly, with these OpenCL drivers, and gives its exit code and everything that it has written.</summary>
    /// <param name="test">The test's class and method.</param>
    /// <param name="argument">What it finds in <see cref="Given"/>.</param>
    /// <param name="drivers">A folder of .icd files.</param>
    /// <param name="environment">More variables.</param>
    public static (int Code, string Text) Run(string test, string argument, string drivers, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(Child).Assembly.Location, "-explicit", "only", "-method", $"MiniDL.Gpu.Tests.{test}", "-noColor", "-noLogo"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OCL_ICD_VENDORS"] = drivers;
        start.Environment[Argument] = argument;
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        return (process.ExitCode, output.Result + errors.Result);
    }

    /// <summary>A new folder, which is deleted in the end.</summary>
    public sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("minidl").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
