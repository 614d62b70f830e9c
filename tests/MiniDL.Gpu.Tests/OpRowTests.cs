using MiniDL.Conformance.Rows;

namespace MiniDL.Gpu.Tests;

/// <summary>Each op's row on a device, with returned blocks filled with NaN.</summary>
/// <remarks>
/// One op alone: <c>dotnet test -c Release --project tests/MiniDL.Gpu.Tests --filter-class "*OpenCLRows" --filter-trait op=Softmax</c>; a family:
/// <c>--filter-trait family=Convolution</c>; several <c>--filter-trait</c> are joined by "or".
/// </remarks>
public abstract class OpRowTests<TBackend> : IDisposable where TBackend : ITestBackend
{
    readonly bool before = BufferPool.FillReturnedWithNaN;

    protected OpRowTests() => BufferPool.FillReturnedWithNaN = true;

    public static IEnumerable<TheoryDataRow<string>> Names => Backends.Rows<TBackend, TheoryDataRow<string>>(OpRows.Families
        .SelectMany(f => f.Rows.Select(r => new TheoryDataRow<string>(r.Name) { Traits = { ["family"] = [f.Family], ["op"] = [.. r.Members] } })));

    public void Dispose()
    {
        BufferPool.FillReturnedWithNaN = before;
        GC.SuppressFinalize(this);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Row(string name)
    {
        var failures = RowRunner.Run(OpRows.All.Single(r => r.Name == name), Backends.Get<TBackend>());
        if (failures.Count > 0) Assert.Fail(string.Join(Environment.NewLine, failures));
    }
}

/// <summary>The rows through OpenCL.</summary>
public sealed class OpenCLRows : OpRowTests<OpenCLBackend>;

/// <summary>The rows on an NVIDIA GPU.</summary>
public sealed class CudaRows : OpRowTests<CudaBackend>;
