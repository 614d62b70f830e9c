using static MiniDL.Conformance.Golden.OpTable;

namespace MiniDL.Conformance.Golden;

static class ReductionCalls
{
    public static void Register()
    {
        Add("sum", a => a.Tensor(0).Sum(Dims(a), Keep(a), a.Type(3, "dtype")));
        Add("mean", a => a.Tensor(0).Mean(Dims(a), Keep(a), a.Type(3, "dtype")));
        Add("var", a => a.Tensor(0).Var(VarDims(a), Keep(a, 3), Correction(a)));
        Add("std", a => a.Tensor(0).Std(VarDims(a), Keep(a, 3), Correction(a)));
        Add("amax", a => a.Tensor(0).Amax(Dims(a), Keep(a)));
        Add("amin", a => a.Tensor(0).Amin(Dims(a), Keep(a)));
        Add("any", a => a.Tensor(0).Any(Dims(a), Keep(a)));
        Add("all", a => a.Tensor(0).All(Dims(a), Keep(a)));
        Add("argmax", a => a.Has(1, "dim") ? a.Tensor(0).ArgMax(a.Int(1, "dim"), Keep(a)) : a.Tensor(0).ArgMax());
        Add("argmin", a => a.Has(1, "dim") ? a.Tensor(0).ArgMin(a.Int(1, "dim"), Keep(a)) : a.Tensor(0).ArgMin());
        Add("logsumexp", a => a.Tensor(0).LogSumExp(Dims(a), Keep(a)));
        Add("norm", Norm);
        Add("cumsum", a => a.Tensor(0).CumSum(a.Int(1, "dim"), a.Type(2, "dtype")));
        Add("count_nonzero", a => a.Tensor(0).CountNonzero(Dims(a)));
        AddMany("max", a => Extreme(a, x => x.Max(), (x, dim, keep) => x.Max(dim, keep), (x, y) => x.Maximum(y)));
        AddMany("min", a => Extreme(a, x => x.Min(), (x, dim, keep) => x.Min(dim, keep), (x, y) => x.Minimum(y)));
    }

    static int[] Dims(Args a) => a.IntsOrNull(1, "dim") ?? [];

    static bool Keep(Args a, int place = 2) => a.Flag(place, "keepdim");

    /// <summary>Of the overloads (dim, unbiased, keepdim) and (unbiased): a flag in the second place is no dim.</summary>
    static int[] VarDims(Args a) => a.Find(1, "dim") is bool ? [] : Dims(a);

    static double Correction(Args a)
    {
        var unbiased = a.Find(1, "dim") is bool flag ? flag : a.Flag(2, "unbiased", fallback: true);
        return a.Number(-1, "correction", unbiased ? 1 : 0);
    }

    static Tensor Norm(Args a)
    {
        var p = a.Find(1, "p") is string and "fro" ? 2 : a.Number(1, "p", 2);
        return a.Tensor(0).Norm(p, a.IntsOrNull(2, "dim") ?? [], a.Flag(3, "keepdim"), a.Type(5, "dtype"));
    }

    static Tensor[] Extreme(Args a, Func<Tensor, Tensor> ofAll, Func<Tensor, int, bool, (Tensor Values, Tensor Indices)> ofAxis, Func<Tensor, Tensor, Tensor> ofTwo)
    {
        if (a.Find(1, "dim") is Tensor other) return [ofTwo(a.Tensor(0), other)];
        if (!a.Has(1, "dim")) return [ofAll(a.Tensor(0))];
        var (values, indices) = ofAxis(a.Tensor(0), a.Int(1, "dim"), Keep(a));
        return [values, indices];
    }
}
