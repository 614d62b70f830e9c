using System.Globalization;
using MiniDL.Data;
using MiniDL.NN;
using MiniDL.Optim;

namespace MiniDL.IO;

/// <summary>A training run in one file: a run that is stopped and goes on from it ends with the same bits as one that was not.</summary>
/// <remarks>
/// A safetensors file of <c>epoch</c>, <c>generator</c> (seed, offset), <c>loader</c> (seed, epoch, batch), and, under <c>model.</c>, <c>optimizer.</c> and <c>schedule.</c>,
/// what the state dictionaries of these hold. The optimizer's tensors go by the parameters' paths.
/// </remarks>
/// <example><code>
/// Checkpoint.Save("run.ckpt", epoch, model, optimizer, schedule, batches);
/// epoch = Checkpoint.Load("run.ckpt", model, optimizer, schedule, batches);
/// </code></example>
public static class Checkpoint
{
    const string VersionKey = "minidl.checkpoint";
    const int Version = 1;

    /// <summary>Writes a checkpoint, whole or not at all: when it fails, what stood at the path before is unchanged.</summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="epoch">A number that <see cref="Load"/> gives back.</param>
    /// <param name="model">The model.</param>
    /// <param name="optimizer">Its optimizer.</param>
    /// <param name="schedule">The optimizer's schedule.</param>
    /// <param name="batches">The loader of the training data.</param>
    /// <param name="generator">The stream of random numbers; <see cref="Generator.Current"/> when left out.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, int epoch, Module model, Optimizer? optimizer = null, Schedule? schedule = null, DataLoader? batches = null, Generator? generator = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var (seed, offset) = (generator ?? Generator.Current).State;
        var tree = model.Tree();
        var tensors = new Dictionary<string, Tensor> { ["epoch"] = Numbers(epoch), ["generator"] = Numbers((long)seed, (long)offset) };
        Add("model.", tree.State);
        if (optimizer is not null) Add("optimizer.", optimizer.StateDict(model));
        if (schedule is not null) Add("schedule.", schedule.StateDict());
        if (batches is not null) tensors["loader"] = Numbers((long)batches.State.Seed, batches.State.Epoch, batches.State.Batch);
        var metadata = tree.Ties.ToDictionary(tie => "model." + tie.Key, tie => "model." + tie.Value);
        metadata[VersionKey] = Version.ToString(CultureInfo.InvariantCulture);
        Safetensors.Save(path, tensors, metadata);

        void Add(string prefix, IReadOnlyDictionary<string, Tensor> part)
        {
            foreach (var (name, tensor) in part) tensors.Add(prefix + name, tensor);
        }
    }

    /// <summary>Puts a run where it was. When it throws, nothing has changed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">The model.</param>
    /// <param name="optimizer">Its optimizer; left out, what the file holds of it is passed over, and so on for the others.</param>
    /// <param name="schedule">The optimizer's schedule.</param>
    /// <param name="batches">The loader of the training data.</param>
    /// <param name="generator">The stream of random numbers; <see cref="Generator.Current"/> when left out.</param>
    /// <returns>The epoch that <see cref="Save"/> was given.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="DataFormatException">It is not a checkpoint, or a part that is asked for is not in it.</exception>
    /// <exception cref="ArgumentException">A part does not fit; the message lists every name.</exception>
    public static int Load(string path, Module model, Optimizer? optimizer = null, Schedule? schedule = null, DataLoader? batches = null, Generator? generator = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var file = Safetensors.Load(path);
        if (!file.Metadata.TryGetValue(VersionKey, out var text)) throw Error("this is no checkpoint; a model alone is read by model.Load");
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) || version > Version)
            throw Error($"version {DataFormatException.Show(text)} is not one that this library knows (up to {Version})");
        var epoch = Read("epoch", 1)[0];
        if (epoch is < int.MinValue or > int.MaxValue) throw Error($"epoch {epoch} is out of range");
        var random = Read("generator", 2);
        var parts = new List<Action>
        {
            model.PlanLoad(Part("model.")),
            () => (generator ?? Generator.Current).State = new((ulong)random[0], (ulong)random[1]),
        };
        if (optimizer is not null) parts.Add(optimizer.PlanLoad(Part("optimizer."), model));
        if (schedule is not null) parts.Add(schedule.PlanLoad(Part("schedule.")));
        if (batches is not null) parts.Add(PlanLoader());
        foreach (var part in parts) part();
        return (int)epoch;

        Action PlanLoader()
        {
            var at = Read("loader", 3);
            if (at[1] < 0 || at[2] < 0 || at[2] > batches.Count)
                throw Error($"the loader stands at epoch {at[1]}, batch {at[2]}; an epoch of this one has {batches.Count} batches");
            return () => batches.State = new((ulong)at[0], at[1], (int)at[2]);
        }

        Dictionary<string, Tensor> Part(string prefix)
        {
            var part = file.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(pair => pair.Key[prefix.Length..], pair => pair.Value);
            return part.Count > 0 || prefix == "model." ? part : throw Error($"it was saved without {(prefix == "optimizer." ? "an optimizer" : "a schedule")}");
        }

        long[] Read(string name, int count)
        {
            if (!file.TryGetValue(name, out var numbers)) throw Error(name == "loader" ? "it was saved without a loader" : $"'{name}' is missing");
            return numbers.DType == DType.Int64 && numbers.Length == count ? numbers.ToArray<long>()
                : throw Error($"'{name}' is {numbers.DType} {numbers.Shape}, it must be {count} numbers of Int64");
        }

        DataFormatException Error(string rule) => new("Checkpoint", path, rule);
    }

    static Tensor Numbers(params long[] values) => Tensor.From(values);
}
