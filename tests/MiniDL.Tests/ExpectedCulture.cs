using System.Globalization;

[assembly: AssemblyFixture(typeof(MiniDL.Tests.ExpectedCulture))]

namespace MiniDL.Tests;

/// <summary>Fails the whole run when the culture is not the one that the run claims to test under: <c>MINIDL_EXPECT_CULTURE</c>, say de-DE.</summary>
public sealed class ExpectedCulture
{
    public ExpectedCulture()
    {
        var expected = Environment.GetEnvironmentVariable("MINIDL_EXPECT_CULTURE");
        if (!string.IsNullOrEmpty(expected) && CultureInfo.CurrentCulture.Name != expected)
            throw new InvalidOperationException($"MINIDL_EXPECT_CULTURE is {expected}, and the culture in force is '{CultureInfo.CurrentCulture.Name}'");
    }
}
