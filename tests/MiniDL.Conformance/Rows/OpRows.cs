using System.Reflection;

namespace MiniDL.Conformance.Rows;

/// <summary>All rows, and the proof that no public op is without one.</summary>
public static class OpRows
{
    /// <summary>The rows by kinds of ops.</summary>
    public static IReadOnlyList<(string Family, IReadOnlyList<OpRow> Rows)> Families { get; } =
    [
        ("Elementwise", [.. ElementwiseRows.All]), ("Comparison", [.. ComparisonRows.All]), ("Reduction", [.. ReductionRows.All]),
        ("Movement", [.. MovementRows.All]), ("Indexing", [.. IndexingRows.All]), ("Product", [.. ProductRows.All]),
        ("Convolution", [.. ConvolutionRows.All]), ("Normalization", [.. NormalizationRows.All]), ("Loss", [.. LossRows.All]),
    ];

    /// <summary>Every row.</summary>
    public static IReadOnlyList<OpRow> All { get; } = [.. Families.SelectMany(f => f.Rows)];

    /// <summary>Public members that give tensors and are no ops of a row, each with what it is instead.</summary>
    public static IReadOnlyDictionary<string, string> NoOps { get; } = new Dictionary<string, string>
    {
        ["Of"] = Creation, ["From"] = Creation, ["Wrap"] = Creation, ["Scalar"] = Creation, ["Zeros"] = Creation, ["Ones"] = Creation, ["Full"] = Creation, ["Empty"] = Creation,
        ["ZerosLike"] = Creation, ["OnesLike"] = Creation, ["FullLike"] = Creation, ["EmptyLike"] = Creation,
        ["Arange"] = Creation, ["Linspace"] = Creation, ["Eye"] = Creation,
        ["Rand"] = Random, ["Randn"] = Random, ["Uniform"] = Random, ["Normal"] = Random, ["Bernoulli"] = Random, ["RandInt"] = Random, ["RandPerm"] = Random,
        ["RandLike"] = Random, ["RandnLike"] = Random, ["RandIntLike"] = Random, ["Multinomial"] = Random,
        ["op_Implicit"] = "a number or array as a tensor",
        ["Fill"] = InPlace, ["CopyFrom"] = InPlace, ["AddInPlace"] = InPlace, ["SubInPlace"] = InPlace, ["MulInPlace"] = InPlace,
        ["Detach"] = "leaves the graph", ["RetainGrad"] = "marks the tensor and returns it",
        ["To"] = "changes dtype or device: PromotionTests",
    };

    const string Creation = "makes a tensor of no tensor: CreationTests";
    const string Random = "random: its own tests";
    const string InPlace = "writes in place, which is not recorded: InPlaceTests";

    /// <summary>The public methods and operators of some types that give tensors, are covered by no row and excused by no word.</summary>
    public static IReadOnlyList<string> Missing(IEnumerable<Type> types, IEnumerable<OpRow> rows)
    {
        var covered = rows.SelectMany(r => r.Members).Concat(NoOps.Keys).ToHashSet();
        return [.. types.SelectMany(Ops).Where(name => !covered.Contains(name)).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Members named by a row that no type has.</summary>
    public static IReadOnlyList<string> Unknown(IEnumerable<Type> types, IEnumerable<OpRow> rows)
    {
        var ops = types.SelectMany(Ops).ToHashSet();
        return [.. rows.SelectMany(r => r.Members).Where(name => !ops.Contains(name)).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Members whose rows have, all together, no case without elements, none of a 0-d operand, or none that broadcasts; less those opted out.</summary>
    public static IReadOnlyList<string> CasesMissing(IEnumerable<OpRow> rows)
    {
        var missing = new List<string>();
        foreach (var member in rows.GroupBy(r => r.Members[0]))
        {
            Expect(Check.Empty, c => c.Any(o => o.Shape.Contains(0)));
            Expect(Check.ZeroDim, c => c.Any(o => o.Shape.Length == 0));
            if (member.Any(r => r.Cases.Any(c => Floats(c).Count() > 1))) Expect(Check.Broadcast, c => Floats(c).Select(o => string.Join(",", o.Shape)).Distinct().Count() > 1);

            void Expect(Check check, Func<Operand[], bool> met)
            {
                if (!member.Any(r => r.OptOuts.ContainsKey(check) || r.Cases.Any(met))) missing.Add($"{member.Key} has no case for {check}");
            }
        }
        return missing;

        static IEnumerable<Operand> Floats(Operand[] operands) => operands.Where(o => o.Domain.DType is null);
    }

    static IEnumerable<string> Ops(Type type)
        => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(m => GivesTensors(m.ReturnType) && m.Name != "get_Grad").Select(m => m.Name);

    static bool GivesTensors(Type type)
        => type == typeof(Tensor) || type == typeof(Tensor[]) || (type.IsGenericType && type.GetGenericArguments().Any(GivesTensors));
}
