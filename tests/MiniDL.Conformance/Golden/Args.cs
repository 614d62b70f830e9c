using System.Globalization;

namespace MiniDL.Conformance.Golden;

/// <summary>The arguments of a call as PyTorch would take them: each is found by its place or its name. One that nobody asked for is an error.</summary>
public sealed class Args(object?[] positional, Dictionary<string, object?> named)
{
    readonly HashSet<object> read = [];

    /// <summary>The number of arguments given by place.</summary>
    public int Count => positional.Length;

    /// <summary>These arguments followed by named ones.</summary>
    public Args With(Args more)
    {
        var (items, names) = (positional, named.Concat(more.Named).ToDictionary(p => p.Key, p => p.Value));
        return new Args(items, names);
    }

    Dictionary<string, object?> Named => named;

    /// <summary>True when the argument is given and not null.</summary>
    public bool Has(int place, string name) => Find(place, name) is not null;

    /// <summary>The argument, or null when it is not given.</summary>
    public object? Find(int place, string name)
    {
        if (place >= 0 && place < positional.Length)
        {
            read.Add(place);
            return positional[place];
        }
        read.Add(name);
        return named.GetValueOrDefault(name);
    }

    object Get(int place, string name) => Find(place, name) ?? throw new InvalidDataException($"the case gives no '{name}'");

    public Tensor Tensor(int place, string name = "input") => (Tensor)Get(place, name);

    public Tensor? TensorOrNull(int place, string name) => (Tensor?)Find(place, name);

    public Tensor[] Tensors(int place, string name = "tensors") => [.. ((Sequence)Get(place, name)).Items.Cast<Tensor>()];

    public int Int(int place, string name) => ToInt(Get(place, name));

    public int Int(int place, string name, int fallback) => Find(place, name) is { } value ? ToInt(value) : fallback;

    public double Number(int place, string name) => ToNumber(Get(place, name));

    public double Number(int place, string name, double fallback) => Find(place, name) is { } value ? ToNumber(value) : fallback;

    public double Number(string name) => Number(-1, name);

    public double Number(string name, double fallback) => Number(-1, name, fallback);

    public double[]? NumbersOrNull(string name) => Find(-1, name) is Sequence several ? [.. several.Items.Select(item => ToNumber(item!))] : null;

    public bool Flag(string name) => Flag(-1, name);

    public bool Flag(int place, string name, bool fallback = false) => Find(place, name) is { } value ? (bool)value : fallback;

    public string? Text(int place, string name) => (string?)Find(place, name);

    public string Text(int place, string name, string fallback) => Text(place, name) ?? fallback;

    public DType? Type(int place, string name) => (DType?)Find(place, name);

    /// <summary>One whole number or several.</summary>
    public int[] Ints(int place, string name) => ToInts(Get(place, name));

    /// <summary>One whole number or several, or null when they are not given.</summary>
    public int[]? IntsOrNull(int place, string name) => Find(place, name) is { } value ? ToInts(value) : null;

    /// <summary>A number for each axis of a picture; one number stands for both.</summary>
    public Size2 Pair(int place, string name) => PairOrNull(place, name) ?? throw new InvalidDataException($"the case gives no '{name}'");

    public Size2 Pair(int place, string name, int fallback) => PairOrNull(place, name) ?? fallback;

    public Size2? PairOrNull(int place, string name) => IntsOrNull(place, name) switch
    {
        null => null,
        [var both] => both,
        [var h, var w] => (h, w),
        _ => throw new InvalidDataException($"'{name}' has more than two numbers"),
    };

    /// <summary>The padding of a convolution: numbers or a mode.</summary>
    public Padding Padding(int place, string name)
    {
        if (Find(place, name) is string mode) return mode;
        var (h, w) = Pair(place, name, 0);
        return (h, w);
    }

    /// <summary>Throws when an argument was given that nobody asked for: the op would then be tested without it.</summary>
    public void CheckAllRead()
    {
        for (var i = 0; i < positional.Length; i++)
            if (!read.Contains(i)) throw new InvalidDataException($"argument {i} has no counterpart in MiniDL's call");
        foreach (var name in named.Keys)
            if (!read.Contains(name)) throw new InvalidDataException($"argument '{name}' has no counterpart in MiniDL's call");
    }

    static int ToInt(object value) => value is Tensor t ? (int)t.Item() : Convert.ToInt32(value, CultureInfo.InvariantCulture);

    static double ToNumber(object value) => value is Tensor t ? t.Item() : Convert.ToDouble(value, CultureInfo.InvariantCulture);

    static int[] ToInts(object value) => value is Sequence several ? [.. several.Items.Select(item => ToInt(item!))] : [ToInt(value)];
}
