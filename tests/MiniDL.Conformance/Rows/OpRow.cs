namespace MiniDL.Conformance.Rows;

/// <summary>What is checked of a row.</summary>
public enum Check
{
    /// <summary>Values and shape, in Float64 and Float32, against the reference.</summary>
    Forward,

    /// <summary>Gradients in Float64 against central differences, in Float32 against Float64; their shapes.</summary>
    Gradient,

    /// <summary>Gradients of gradients against central differences.</summary>
    SecondGradient,

    /// <summary>Transposed, spread and expanded operands give the bits of contiguous ones.</summary>
    Strided,

    /// <summary>The member's rows have a case whose operands broadcast, if they have two.</summary>
    Broadcast,

    /// <summary>The member's rows have a case with no elements.</summary>
    Empty,

    /// <summary>The member's rows have a case with a 0-d operand.</summary>
    ZeroDim,

    /// <summary>Composites give what kernels give.</summary>
    Fusion,

    /// <summary>Other dtypes are kept, taken as Float32, or refused, as the row says.</summary>
    DTypes,
}

/// <summary>The shape of an operand and what it is made of.</summary>
public readonly record struct Operand(int[] Shape, Domain Domain);

/// <summary>What an op does with a dtype that has no gradients.</summary>
public enum Takes
{
    /// <summary>It refuses with an <see cref="ArgumentException"/>.</summary>
    Nothing,

    /// <summary>It computes in that dtype.</summary>
    AsItIs,

    /// <summary>It computes in Float32.</summary>
    AsFloat32,

    /// <summary>Its result is a Bool or an index whatever the operand.</summary>
    ForOther,

    /// <summary>It computes sums in Int64.</summary>
    AsInt64,
}

/// <summary>One op, or one way to call it: everything that is checked of it follows from this row.</summary>
/// <param name="Name">What a report calls it; the part before '(' is the public member that it covers, unless <see cref="Members"/> says others.</param>
/// <param name="Call">The op.</param>
/// <param name="Reference">The same by plain loops over doubles.</param>
/// <param name="Cases">The operands of each case. Cases of few elements are checked by differences too.</param>
public sealed record OpRow(string Name, Func<Tensor[], Tensor[]> Call, Func<Nd[], Nd[]> Reference, Operand[][] Cases)
{
    /// <summary>The public members of Tensor or Loss that this row covers.</summary>
    public string[] Members { get; init; } = [Name.Split('(')[0]];

    /// <summary>Checks that do not apply, each with its reason.</summary>
    public IReadOnlyDictionary<Check, string> OptOuts { get; init; } = new Dictionary<Check, string>();

    /// <summary>Relative to the larger of 1 and the value, in Float64.</summary>
    public double Tolerance { get; init; } = 1e-12;

    /// <summary>The same in Float32.</summary>
    public double Tolerance32 { get; init; } = 1e-5;

    /// <summary>What happens to Int32 and Int64 operands.</summary>
    public Takes Integers { get; init; } = Takes.AsFloat32;

    /// <summary>What happens to BFloat16 operands.</summary>
    public Takes Halves { get; init; } = Takes.Nothing;

    /// <summary>True when a backend is to have a kernel for it: then it must run under <see cref="FusedKernels.Required"/>.</summary>
    public bool HasKernel { get; init; }

    /// <summary>This row without a check, and why.</summary>
    public OpRow Without(Check check, string reason) => this with { OptOuts = new Dictionary<Check, string>(OptOuts) { [check] = reason } };

    /// <summary>The row's name.</summary>
    public override string ToString() => Name;
}
