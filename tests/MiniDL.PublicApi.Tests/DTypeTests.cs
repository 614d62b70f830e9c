namespace MiniDL.PublicApi.Tests;

public class DTypeTests
{
    [Theory]
    [InlineData(DType.Float32, DType.Float64, DType.Float64)]
    [InlineData(DType.Int64, DType.Float32, DType.Float32)]
    [InlineData(DType.Bool, DType.Int32, DType.Int32)]
    [InlineData(DType.Float16, DType.BFloat16, DType.Float32)]
    public void TwoTypesMeetAsInPyTorch(DType a, DType b, DType both)
    {
        Assert.Equal(both, DTypes.Promote(a, b));
        Assert.Equal(both, DTypes.Promote(b, a));
    }
}
