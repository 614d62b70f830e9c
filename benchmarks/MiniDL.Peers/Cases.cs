using MiniDL.NN;
using MiniDL.Optim;
using static TorchSharp.torch;
using M = MiniDL.Tensor;
using T = TorchSharp.torch.Tensor;

namespace MiniDL.Peers;

/// <summary>What is compared.</summary>
internal static class Cases
{
    public static IEnumerable<Duel> All() =>
    [
        MatMul(512), MatMul(1024),
        Conv("conv 3→64 32x32 n32", 32, 3, 64, 32), Conv("conv 64→128 16x16 n32", 32, 64, 128, 16),
        Softmax(), Attention(), Add(grad: false), Add(grad: true), AdamStep(),
        Training("train MLP 784-512-256-10 b128", Mlp, TorchMlp, [128, 784]),
        Training("train LeNet 28x28 b64", LeNet, TorchLeNet, [64, 1, 28, 28]),
    ];

    /// <summary>Calls a body inside a scope that frees libtorch's tensors.</summary>
    static Func<float[]?> Scoped(Func<T?> body) => () =>
    {
        using var scope = NewDisposeScope();
        return body()?.contiguous().data<float>().ToArray();
    };

    static Func<float[]?> Silent(Action body) => () =>
    {
        body();
        return null;
    };

    static (M Mine, T Torch) Random(params int[] shape)
    {
        var mine = M.Randn(shape);
        return (mine, from_array(mine.ToArray<float>()).reshape([.. shape.Select(s => (long)s)]));
    }

    // The comparison reads results; the timed calls should not, so after the first call a body returns null.
    static Func<float[]?> Once(Func<float[]?> read, Action body)
    {
        var first = true;
        return () =>
        {
            if (first)
            {
                first = false;
                return read();
            }
            body();
            return null;
        };
    }

    static Duel MatMul(int n)
    {
        var ((a, ta), (b, tb)) = (Random(n, n), Random(n, n));
        return new($"matmul {n}³", Once(() => a.MatMul(b).ToArray<float>(), () => a.MatMul(b)), Once(Scoped(() => ta.matmul(tb)), () => ta.matmul(tb).Dispose()));
    }

    static Duel Conv(string name, int n, int channels, int outs, int side)
    {
        var ((x, tx), (w, tw), (b, tb)) = (Random(n, channels, side, side), Random(outs, channels, 3, 3), Random(outs));
        foreach (var p in new[] { x, w, b }) p.RequiresGrad = true;
        foreach (var p in new[] { tx, tw, tb }) p.requires_grad = true;
        M Mine()
        {
            x.ZeroGrad();
            w.ZeroGrad();
            b.ZeroGrad();
            x.Conv2d(w, b, padding: 1).Sum().Backward();
            return w.Grad!;
        }
        T Torch()
        {
            tx.grad = tw.grad = tb.grad = null;
            nn.functional.conv2d(tx, tw, tb, padding: [1, 1]).sum().backward();
            return tw.grad!;
        }
        return new(name + " fwd+bwd", Once(() => Mine().ToArray<float>(), () => Mine()), Once(Scoped(Torch), () => Scoped(() => { Torch(); return null; })()));
    }

    static Duel Softmax()
    {
        var (x, tx) = Random(1024, 1024);
        return new("softmax 1024²", Once(() => x.Softmax(-1).ToArray<float>(), () => x.Softmax(-1)), Once(Scoped(() => tx.softmax(-1)), () => tx.softmax(-1).Dispose()));
    }

    static Duel Attention()
    {
        var ((q, tq), (k, tk), (v, tv)) = (Random(4, 8, 512, 64), Random(4, 8, 512, 64), Random(4, 8, 512, 64));
        T Torch() => nn.functional.scaled_dot_product_attention(tq, tk, tv, is_casual: true);
        return new("causal attention 4·8·512·64",
            Once(() => q.ScaledDotProductAttention(k, v, causal: true).ToArray<float>(), () => q.ScaledDotProductAttention(k, v, causal: true)),
            Once(Scoped(Torch), () => Torch().Dispose()));
    }

    static Duel Add(bool grad)
    {
        var ((a, ta), (b, tb)) = (Random(2, 2), Random(2, 2));
        if (grad) (a.RequiresGrad, ta.requires_grad) = (true, true);
        return new(grad ? "add 2x2, recorded" : "add 2x2", Once(() => (a + b).ToArray<float>(), () => a.Add(b)), Once(Scoped(() => ta + tb), () => (ta + tb).Dispose()));
    }

    static Duel AdamStep()
    {
        var ((p, tp), (g, tg)) = (Random(1_000_000), Random(1_000_000));
        var parameter = new Parameter(p.Clone()) { Grad = g };
        var torchParameter = new TorchSharp.Modules.Parameter(tp.clone());
        torchParameter.grad = tg;
        var (mine, torch) = (new Adam([parameter], lr: 1e-3), optim.Adam([torchParameter], 1e-3));
        return new("Adam step 1M", Silent(() => mine.Step()), Silent(() => torch.step()));
    }

    static Layer Mlp() => new Sequential(new Linear(784, 512), new Relu(), new Linear(512, 256), new Relu(), new Linear(256, 10));

    static TorchSharp.Modules.Sequential TorchMlp() => nn.Sequential(
        nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10));

    static Layer LeNet() => new Sequential(
        new Conv2d(1, 6, kernelSize: 5, padding: 2), new Relu(), new MaxPool2d(2),
        new Conv2d(6, 16, kernelSize: 5), new Relu(), new MaxPool2d(2), new Flatten(),
        new Linear(400, 120), new Relu(), new Linear(120, 84), new Relu(), new Linear(84, 10));

    static TorchSharp.Modules.Sequential TorchLeNet() => nn.Sequential(
        nn.Conv2d(1, 6, 5, padding: 2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10));

    /// <summary>A training step with Adam; both begin with MiniDL's weights, and the first losses are compared.</summary>
    static Duel Training(string name, Func<Layer> make, Func<TorchSharp.Modules.Sequential> makeTorch, int[] shape)
    {
        var (model, torch) = (make(), makeTorch());
        using (no_grad())
            foreach (var (mine, theirs) in model.Parameters().Zip(torch.parameters()))
                theirs.copy_(from_array(mine.ToArray<float>()).reshape(theirs.shape));
        var (x, tx) = Random(shape);
        var y = M.RandInt(0, 10, [shape[0]]);
        var ty = from_array(y.ToArray<long>());
        var (optimizer, torchOptimizer) = (new Adam(model.Parameters(), lr: 1e-3), optim.Adam(torch.parameters(), 1e-3));
        M Mine()
        {
            var loss = Loss.CrossEntropy(model.Forward(x), y);
            loss.Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
            return loss;
        }
        T Torch()
        {
            torchOptimizer.zero_grad();
            var loss = nn.functional.cross_entropy(torch.forward(tx), ty);
            loss.backward();
            torchOptimizer.step();
            return loss;
        }
        return new(name, Once(() => Mine().ToArray<float>(), () => Mine()), Once(Scoped(Torch), () => Scoped(() => { Torch(); return null; })()));
    }
}
