namespace MiniDL.Tests;

/// <summary>For tests that nothing may run beside: memory, threads, process-wide settings. Use: <c>[Collection(nameof(Serial))]</c>.</summary>
[CollectionDefinition(nameof(Serial), DisableParallelization = true)]
public sealed class Serial;
