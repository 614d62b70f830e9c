namespace MiniDL.NN;

/// <summary>A module that maps one tensor to one, so that it can stand in a <see cref="Sequential"/>.</summary>
public abstract class Layer : Module
{
    /// <summary>y = f(x).</summary>
    public abstract Tensor Forward(Tensor x);

    /// <summary>The table of the layers that an operand of zeros of this shape goes through.</summary>
    /// <inheritdoc cref="Module.Summary(Action)"/>
    public string Summary(params int[] shape)
    {
        var like = Parameters() is [var first, ..] ? first : null;
        var x = Tensor.Zeros(shape, like?.DType ?? DType.Float32, like?.Device);
        return Summary(() => Forward(x));
    }

    /// <summary>Forward as a part of another layer: one that is not this library's gets its operand for keeps, and is announced as this library's announce themselves.</summary>
    internal virtual Tensor Run(Tensor x)
    {
        x.Escape();
        using var call = new LayerCall(this, x, TempScope.Suspend());
        return call.Leave(Forward(x));
    }
}

/// <summary>A layer of this library: errors in it name its path, its events are raised, and its temporaries are returned at its end.</summary>
public abstract class BuiltInLayer : Layer
{
    private protected BuiltInLayer() { }

    /// <inheritdoc/>
    public sealed override Tensor Forward(Tensor x)
    {
        using var call = Begin(x);
        return call.Leave(Compute(x));
    }

    private protected LayerCall Begin(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return new(this, x, TempScope.Open());
    }

    private protected abstract Tensor Compute(Tensor x);

    internal sealed override Tensor Run(Tensor x) => Forward(x);
}

/// <summary>A layer's forward while it runs: the gate knows its path, the events are raised.</summary>
internal readonly ref struct LayerCall
{
    readonly Module module;
    readonly Tensor x;
    readonly TempScope scope;
    readonly Gate.ModuleFrame? outer;

    /// <summary>Begins the call in a scope that was just opened, and is closed with the call.</summary>
    public LayerCall(Module module, Tensor x, TempScope scope)
    {
        (this.module, this.x, outer) = (module, x, Gate.Frame);
        this.scope = scope;
        if (module.Frame is { } frame) Gate.Frame = frame;
        module.RaiseForwarding(x);
    }

    /// <summary>Ends the call; the result lives on.</summary>
    public Tensor Leave(Tensor y)
    {
        scope.Close(y);
        module.RaiseForwarded(x, y);
        return y;
    }

    public void Dispose()
    {
        scope.Dispose();
        Gate.Frame = outer;
    }
}
