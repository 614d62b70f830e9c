using MiniDL.Conformance.Rows;

namespace MiniDL.Tests;

/// <summary>Each op's row, on the CPU, with returned blocks filled with NaN.</summary>
[Collection(nameof(Serial))]
public sealed class OpRowTests : IDisposable
{
    static readonly Type[] Public = [typeof(Tensor), typeof(Loss)];

    readonly bool before = BufferPool.FillReturnedWithNaN;

    public OpRowTests() => BufferPool.FillReturnedWithNaN = true;

    public void Dispose() => BufferPool.FillReturnedWithNaN = before;

    public static TheoryData<string> Names => [.. OpRows.All.Select(r => r.Name)];

    public static TheoryData<string, Check, string> OptOuts
        => [.. OpRows.All.SelectMany(r => r.OptOuts.Select(o => (r.Members[0], o.Key, o.Value))).Distinct().Select(o => new TheoryDataRow<string, Check, string>(o.Item1, o.Key, o.Value))];

    [Theory]
    [MemberData(nameof(Names))]
    public void Row(string name)
    {
        var failures = RowRunner.Run(OpRows.All.Single(r => r.Name == name), Device.Cpu);
        if (failures.Count > 0) Assert.Fail(string.Join(Environment.NewLine, failures));
    }

    /// <summary>Shows what is not checked, and why: a skipped test is printed.</summary>
    [Theory]
    [MemberData(nameof(OptOuts))]
    public void OptOut(string op, Check check, string reason) => Assert.Skip($"{op} without {check}: {reason}");

    [Fact]
    public void EveryPublicOpHasARow() => Assert.Empty(OpRows.Missing(Public, OpRows.All));

    [Fact]
    public void EveryOpHasEmptyZeroDimAndBroadcastCases() => Assert.Empty(OpRows.CasesMissing(OpRows.All));

    [Fact]
    public void EveryRowNamesAPublicOp() => Assert.Empty(OpRows.Unknown(Public, OpRows.All));
}
