namespace MiniDL.Conformance.Golden;

/// <summary>The sum of a run.</summary>
public static class GoldenReport
{
    /// <summary><c>golden: N cases, N passed, N failed, N not supported</c>.</summary>
    public static string Line(IReadOnlyCollection<Outcome> outcomes)
        => FormattableString.Invariant($"golden: {outcomes.Count} cases, {Count(outcomes, Verdict.Passed)} passed, {Count(outcomes, Verdict.Failed)} failed, {Count(outcomes, Verdict.NotSupported)} not supported");

    static int Count(IEnumerable<Outcome> outcomes, Verdict verdict) => outcomes.Count(outcome => outcome.Verdict == verdict);
}
