using MiniDL.Conformance.Golden;

namespace MiniDL.Tests;

public class LcgTests
{
    [Fact]
    public void FillsTheUnitIntervalEvenly()
    {
        var sum = 0.0;
        for (var i = 0; i < 10_000; i++)
        {
            var u = Lcg.Unit(i, seed: 7);
            Assert.InRange(u, 0, 1);
            sum += u;
        }
        Assert.Equal(0.5, sum / 10_000, tolerance: 0.01);
    }
}
