namespace MiniDL.Conformance.Golden;

/// <summary>The sum of a run.</summary>
public static class GoldenReport
{
    /// <summary><c>golden: N cases, N passed, N failed, N not supported</c>; a backend other than the CPU stands before the colon.</summary>
    public static string Line(IReadOnlyCollection<Outcome> outcomes, string? backend = null)
        => FormattableString.Invariant($"golden{(backend is null ? "" : " ")}{backend}: {outcomes.Count} cases, {Count(outcomes, Verdict.Passed)} passed, {Count(outcomes, Verdict.Failed)} failed, {Count(outcomes, Verdict.NotSupported)} not supported");

    static int Count(IEnumerable<Outcome> outcomes, Verdict verdict) => outcomes.Count(outcome => outcome.Verdict == verdict);
}
