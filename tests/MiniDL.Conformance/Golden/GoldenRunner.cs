namespace MiniDL.Conformance.Golden;

/// <summary>How a case went.</summary>
public enum Verdict
{
    /// <summary>Everything holds, in both precisions.</summary>
    Passed,

    /// <summary>Something does not.</summary>
    Failed,

    /// <summary>The library does not offer it: <see cref="Unsupported"/> names it with the reason.</summary>
    NotSupported,
}

/// <summary>How a case went, with the words for a failure or the reason of an omission.</summary>
public sealed record Outcome(GoldenCase Case, Verdict Verdict, string Text);

/// <summary>Runs golden cases on one device.</summary>
public sealed class GoldenRunner(Device device)
{
    /// <summary>Runs a case in Float64 and in Float32. A case on the list of unsupported names that would pass is a failure: the list is out of date.</summary>
    public Outcome Run(GoldenCase golden)
    {
        var reason = Unsupported.Reason(golden);
        var failure = Failure(golden, DType.Float64) ?? (golden.OnlyFloat64 ? null : Failure(golden, DType.Float32));
        if (reason is null) return failure is null ? new(golden, Verdict.Passed, "") : new(golden, Verdict.Failed, $"{golden}\n    {failure}");
        return failure is null
            ? new(golden, Verdict.Failed, $"{golden}: passes, and is listed as not supported ({reason})")
            : new(golden, Verdict.NotSupported, reason);
    }

    string? Failure(GoldenCase golden, DType precision)
    {
        try
        {
            Check(golden, precision);
            return null;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return $"{precision}: {(error is Mismatch ? "" : error.GetType().Name + ": ")}{error.Message}";
        }
    }

    void Check(GoldenCase golden, DType precision)
    {
        switch (golden.Kind)
        {
            case "op": OpRunner.Check(golden, precision, device); break;
            case "program": ProgramRunner.Check(golden, precision, device); break;
            case "large": LargeRunner.Check(golden, precision, device); break;
            case "module": ModuleRunner.Check(golden, precision, device); break;
            case "optimizer": OptimizerRunner.Check(golden, precision, device); break;
            case "schedule": ScheduleRunner.Check(golden); break;
            case "trace": TraceRunner.Check(golden, precision, device); break;
            default: throw new InvalidDataException($"the corpus has a case of kind '{golden.Kind}'");
        }
    }
}
