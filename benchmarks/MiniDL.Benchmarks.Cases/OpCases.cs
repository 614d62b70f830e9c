using MiniDL.NN;
using MiniDL.Optim;

namespace MiniDL.Benchmarks;

/// <summary>Single ops in Float32.</summary>
static class OpCases
{
    const int FloatBytes = 4;

    public static IEnumerable<Case> All =>
    [
        new("add 2x2", device => Binary(device, 2, 2)),
        InMemory("copy 16M", 2, 4096, 4096, x => x.Clone()),
        new("add 16M", device => Binary(device, 4096, 4096), "GB/s", Bytes(3, 4096, 4096)),
        InMemory("exp 16M", 2, 4096, 4096, x => x.Exp()),
        InMemory("sum over rows 4096x4096", 1, 4096, 4096, x => x.Sum(1)),
        InMemory("softmax 8192x1024", 2, 8192, 1024, x => x.Softmax(-1)),
        InMemory("layer norm 8192x1024", 2, 8192, 1024, x => x.LayerNorm([1024])),
        MatMul("matmul 512³", 512), MatMul("matmul 1024³", 1024), MatMul("matmul 4096³", 4096) with { ForCards = true },
        Conv("conv 3→64 32x32 n32 fwd+bwd", 32, 3, 64, 32), Conv("conv 64→128 16x16 n32 fwd+bwd", 32, 64, 128, 16),
        Attention("causal attention 4·8·512·64", backward: false), Attention("causal attention 4·8·512·64 fwd+bwd", backward: true),
        Adam("Adam step 4M", tensors: 16, length: 1 << 18),
    ];

    static double Bytes(int arrays, int rows, int columns) => (double)FloatBytes * arrays * rows * columns;

    static Tensor Random(Device device, params int[] shape) => Tensor.Randn(shape).To(device);

    /// <summary>An op of one matrix whose time goes into this many passes over memory.</summary>
    static Case InMemory(string name, int passes, int rows, int columns, Func<Tensor, Tensor> op) => new(name, device =>
    {
        var x = Random(device, rows, columns);
        return () => op(x);
    }, "GB/s", Bytes(passes, rows, columns));

    static Action Binary(Device device, int rows, int columns)
    {
        var (a, b) = (Random(device, rows, columns), Random(device, rows, columns));
        return () => a.Add(b);
    }

    static Case MatMul(string name, int n) => new(name, device =>
    {
        var (a, b) = (Random(device, n, n), Random(device, n, n));
        return () => a.MatMul(b);
    }, "GFLOP/s", 2.0 * n * n * n);

    /// <summary>3×3 with padding 1: y, then dx, dw and db.</summary>
    static Case Conv(string name, int n, int channels, int outs, int side) => new(name, device =>
    {
        Tensor[] operands = [Random(device, n, channels, side, side), Random(device, outs, channels, 3, 3), Random(device, outs)];
        var dy = Random(device, n, outs, side, side);
        return ForwardAndBackward(operands, dy, x => x[0].Conv2d(x[1], x[2], padding: 1));
    }, "GFLOP/s", 3 * 2.0 * n * outs * side * side * channels * 9);

    /// <summary>Two products of T·T·D each forward and five backward (one of them again), half of each because of the mask.</summary>
    static Case Attention(string name, bool backward)
    {
        const int B = 4, Heads = 8, T = 512, D = 64;
        return new(name, device =>
        {
            Tensor[] qkv = [Random(device, B, Heads, T, D), Random(device, B, Heads, T, D), Random(device, B, Heads, T, D)];
            if (!backward) return () => Attend(qkv);
            return ForwardAndBackward(qkv, Random(device, B, Heads, T, D), Attend);
        }, "GFLOP/s", (backward ? 7 : 2) * (double)B * Heads * T * T * D);

        static Tensor Attend(Tensor[] qkv) => qkv[0].ScaledDotProductAttention(qkv[1], qkv[2], causal: true);
    }

    static Action ForwardAndBackward(Tensor[] operands, Tensor dy, Func<Tensor[], Tensor> op)
    {
        foreach (var x in operands) x.RequiresGrad = true;
        return () =>
        {
            op(operands).Backward(dy);
            foreach (var x in operands) x.ZeroGrad();
        };
    }

    /// <summary>Reads w, dw, m and v, writes w, m and v.</summary>
    static Case Adam(string name, int tensors, int length) => new(name, device =>
    {
        Parameter[] parameters = [.. Enumerable.Range(0, tensors).Select(_ => new Parameter(Random(device, length)) { Grad = Random(device, length) })];
        return new Adam(parameters, lr: 1e-3).Step;
    }, "GB/s", Bytes(7, tensors, length));
}
