namespace MiniDL.Tests;

public class DTypeTests
{
    [Theory]
    [InlineData(DType.Float32, 4)]
    [InlineData(DType.Float64, 8)]
    [InlineData(DType.Int32, 4)]
    [InlineData(DType.Int64, 8)]
    [InlineData(DType.Bool, 1)]
    [InlineData(DType.BFloat16, 2)]
    [InlineData(DType.Float16, 2)]
    public void TheTwoTablesOfSizesAgree(DType dtype, int bytes)
    {
        Assert.Equal(bytes, dtype.BytesPerBlock());
        Assert.Equal(bytes, dtype.Size());
    }
}
