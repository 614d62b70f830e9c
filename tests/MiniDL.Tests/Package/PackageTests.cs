using System.IO.Compression;
using System.Xml.Linq;

namespace MiniDL.Tests.Package;

/// <summary>What a user gets: the package is opened, and the README's first program is built against it and run.</summary>
[Trait("speed", "slow")]
[Collection(nameof(Serial))]
public sealed class PackageTests(PackageFixture package) : IClassFixture<PackageFixture>
{
    [Fact]
    public void TheNuspecSaysWhatItShould()
    {
        using var archive = ZipFile.OpenRead(Path.Combine(package.Feed, "MiniDL.0.1.0.nupkg"));
        using var stream = archive.GetEntry("MiniDL.nuspec")!.Open();
        var metadata = XDocument.Load(stream).Root!.Elements().Single();
        string Field(string name) => metadata.Elements().Single(e => e.Name.LocalName == name).Value;

        Assert.Equal("MiniDL", Field("id"));
        Assert.Equal("0.1.0", Field("version"));
        Assert.Equal("MiniDL contributors", Field("authors"));
        Assert.Equal("MIT", Field("license"));
        Assert.Equal("README.md", Field("readme"));
        Assert.StartsWith("Deep learning in plain C#", Field("description"), StringComparison.Ordinal);
        Assert.Contains("MiniDL contributors", Field("copyright"), StringComparison.Ordinal);
        Assert.Contains("deep-learning", Field("tags").Split(' '));
        var dependency = Assert.Single(metadata.Descendants(), e => e.Name.LocalName == "dependency");
        Assert.Equal("System.Numerics.Tensors", dependency.Attribute("id")!.Value);
        Assert.Equal("net10.0", dependency.Parent!.Attribute("targetFramework")!.Value);
    }

    [Fact]
    public void TheFilesAreThere()
    {
        using var archive = ZipFile.OpenRead(Path.Combine(package.Feed, "MiniDL.0.1.0.nupkg"));
        var files = archive.Entries.Select(e => e.FullName).ToHashSet();
        foreach (var file in new[] { "README.md", "THIRD-PARTY-NOTICES.md", "lib/net10.0/MiniDL.dll", "lib/net10.0/MiniDL.xml" }) Assert.Contains(file, files);
        Assert.DoesNotContain(files, file => file.StartsWith("runtimes/", StringComparison.Ordinal));

        using var symbols = ZipFile.OpenRead(Path.Combine(package.Feed, "MiniDL.0.1.0.snupkg"));
        Assert.Contains(symbols.Entries, e => e.FullName == "lib/net10.0/MiniDL.pdb");
    }

    [Fact]
    public void TheReadmesFirstProgramRunsAgainstIt()
    {
        var app = Directory.CreateDirectory(Path.Combine(package.Folder, "app")).FullName;
        File.WriteAllText(Path.Combine(app, "nuget.config"), $"""
            <configuration>
              <packageSources>
                <clear />
                <add key="feed" value="{package.Feed}" />
                <add key="cache" value="{GlobalPackages}" />
              </packageSources>
            </configuration>
            """);
        File.WriteAllText(Path.Combine(app, "app.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="MiniDL" Version="*-*" />
              </ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(app, "Program.cs"), FirstProgram());

        var output = package.Dotnet(app, "run", "-c", "Release");

        Assert.Contains("test accuracy", output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(app, "digits.safetensors")));
    }

    /// <summary>The packages that the build of this clone used: a package source without a network.</summary>
    static string GlobalPackages => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder ? folder
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    static string FirstProgram()
    {
        const string start = "```csharp\n";
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md")).ReplaceLineEndings("\n");
        var from = readme.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return readme[from..readme.IndexOf("```", from, StringComparison.Ordinal)];
    }
}
