using System.Globalization;
using System.Runtime.Intrinsics;

[assembly: AssemblyFixture(typeof(MiniDL.Tests.VectorWidth))]

namespace MiniDL.Tests;

/// <summary>
/// Fails the whole run when the vectors in force are not those that the run claims to test: <c>MINIDL_EXPECT_WIDTH</c>
/// holds the width in bits (128, 256 or 512), as <c>.ci/run</c> sets it for each of its legs.
/// </summary>
public sealed class VectorWidth
{
    public VectorWidth()
    {
        var expected = Environment.GetEnvironmentVariable("MINIDL_EXPECT_WIDTH");
        if (!string.IsNullOrEmpty(expected) && int.Parse(expected, CultureInfo.InvariantCulture) != Bits)
            throw new InvalidOperationException($"MINIDL_EXPECT_WIDTH is {expected}, and the vectors in force have {Bits} bits");
    }

    /// <summary>The widest vector that the hardware accelerates under the settings of this process.</summary>
    public static int Bits =>
        Vector512.IsHardwareAccelerated ? 512 :
        Vector256.IsHardwareAccelerated ? 256 :
        Vector128.IsHardwareAccelerated ? 128 : 0;
}
