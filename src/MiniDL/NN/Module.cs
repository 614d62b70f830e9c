using System.Diagnostics.CodeAnalysis;

namespace MiniDL.NN;

/// <summary>A part of a model: parameters, buffers and other modules in its fields, and a forward method of any signature.</summary>
/// <remarks>
/// Nothing is registered: <see cref="Parameter"/>, <see cref="BufferAttribute">[Buffer]</see> and <see cref="Module"/> fields are found when they are asked for, base classes first.
/// Their names are the fields' in snake case, without leading underscores, or what <see cref="NameAttribute">[Name]</see> says. A parameter in two fields is one parameter.
/// A module that maps one tensor to one is a <see cref="Layer"/>.
/// </remarks>
[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.AllFields)]
public abstract partial class Module
{
    bool training = true;
    int inferring; // open Inference scopes
    Gate.ModuleFrame? frame;

    /// <summary>True in training, false in evaluation: dropout and batch normalization differ.</summary>
    public bool IsTraining => training && Volatile.Read(ref inferring) == 0;

    /// <summary>The path in the model, as far as a walk from the root has told it; empty for a root.</summary>
    internal string Path
    {
        get => frame?.Path ?? "";
        set
        {
            if (frame?.Path != value) frame = new(value, null);
        }
    }

    /// <summary>What the gate shows of this module; null while its path is unknown.</summary>
    internal Gate.ModuleFrame? Frame => frame;

    /// <summary>Called before a layer of this library runs, or one of your own runs within a <see cref="Sequential"/>.</summary>
    public event EventHandler<ForwardEventArgs>? Forwarding;

    /// <summary>Called after it has run, with its result.</summary>
    public event EventHandler<ForwardEventArgs>? Forwarded;

    /// <summary>Puts this module and all within it in training mode.</summary>
    /// <param name="on">False: in evaluation mode.</param>
    public void Train(bool on = true)
    {
        foreach (var module in Tree().Modules.Values) module.training = on;
    }

    /// <summary>Puts this module and all within it in evaluation mode.</summary>
    public void Eval() => Train(on: false);

    /// <summary>Evaluation mode and no recording until the scope is disposed; then every module is in its own mode again.</summary>
    /// <remarks>Several threads may have one open on the same model.</remarks>
    public InferenceScope Inference() => new([.. Tree().Modules.Values]);

    /// <summary>The parameters of this module and all within it, each once.</summary>
    public IReadOnlyList<Parameter> Parameters() => [.. Tree().Parameters.Values];

    /// <summary>The parameters under their names: <c>features.0.weight</c>. One that has several names stands under the first.</summary>
    public IReadOnlyDictionary<string, Parameter> NamedParameters() => Tree().Parameters;

    /// <summary>The buffers under their names, also those that are not saved.</summary>
    public IReadOnlyDictionary<string, Tensor> NamedBuffers() => Tree().Buffers;

    /// <summary>This module (under the empty name) and all within it, each once.</summary>
    public IReadOnlyDictionary<string, Module> NamedModules() => Tree().Modules;

    /// <summary>Takes all parameters out of training: they get no gradient.</summary>
    public void Freeze() => RequireGradients(false);

    /// <summary>Takes all parameters back into training.</summary>
    public void Unfreeze() => RequireGradients(true);

    void RequireGradients(bool on)
    {
        foreach (var parameter in Tree().Parameters.Values) parameter.RequiresGrad = on;
    }

    /// <summary>Moves parameters and buffers to a device, in place: the parameters are the same objects, an optimizer goes on with them. Gradients are dropped.</summary>
    public void To(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        Replace(x => x.To(device));
    }

    /// <summary>Converts parameters and buffers of floats, in place. Gradients are dropped.</summary>
    /// <exception cref="ArgumentException">The dtype has no gradients.</exception>
    public void To(DType dtype)
    {
        if (!dtype.IsDifferentiable())
            throw new ArgumentException($"To: a module computes in Float32 or Float64, not in {dtype}", nameof(dtype));
        Replace(x => x.DType.IsFloat() ? x.To(dtype) : x);
    }

    void Replace(Func<Tensor, Tensor> convert)
    {
        var tree = Tree();
        foreach (var tensor in tree.Parameters.Values.Concat(tree.Buffers.Values))
        {
            var data = tensor.Detach();
            var converted = convert(data);
            if (!ReferenceEquals(converted, data)) Parameter.Replace(tensor, converted);
        }
    }

    /// <summary>The walk through this module and all within it.</summary>
    internal ModuleTree Tree() => new(this);

    /// <summary>The parts under their names: what the fields hold.</summary>
    internal virtual IEnumerable<Member> Members() => ModuleFields.Members(this);

    internal void Infer(int step) => Interlocked.Add(ref inferring, step);

    internal void RaiseForwarding(Tensor x) => Raise(Forwarding, x, null);

    internal void RaiseForwarded(Tensor x, Tensor y) => Raise(Forwarded, x, y);

    // The handler may keep the tensors: they are the collector's from here on.
    void Raise(EventHandler<ForwardEventArgs>? handler, Tensor x, Tensor? y)
    {
        if (handler is null) return;
        x.Escape();
        y?.Escape();
        using var suspended = TempScope.Suspend();
        handler(this, new(Path, x, y));
    }
}

/// <summary>What a module's forward was called with, and what it gave.</summary>
/// <param name="path">The module's path in its model.</param>
/// <param name="input">x.</param>
/// <param name="output">y.</param>
public sealed class ForwardEventArgs(string path, Tensor input, Tensor? output) : EventArgs
{
    /// <summary>The module's path in its model; empty for the root, or while nobody has asked the root for names.</summary>
    public string Path { get; } = path;

    /// <summary>The module's operand.</summary>
    public Tensor Input { get; } = input;

    /// <summary>The module's result; null in <see cref="Module.Forwarding"/>.</summary>
    public Tensor? Output { get; } = output;
}

/// <summary>Evaluation mode and no recording until it is disposed. A ref struct: the compiler refuses it across <c>await</c>.</summary>
public readonly ref struct InferenceScope : IDisposable
{
    readonly Module[] modules;
    readonly GradModeScope mode;

    internal InferenceScope(Module[] modules)
    {
        this.modules = modules;
        mode = Autograd.NoGrad();
        foreach (var module in modules) module.Infer(+1);
    }

    /// <summary>Back to each module's own mode.</summary>
    public void Dispose()
    {
        foreach (var module in modules) module.Infer(-1);
        mode.Dispose();
    }
}
