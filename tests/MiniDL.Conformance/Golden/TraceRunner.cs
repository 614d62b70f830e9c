using System.Text.Json;
using MiniDL.NN;
using MiniDL.Optim;

namespace MiniDL.Conformance.Golden;

/// <summary>Kind <c>trace</c>: a whole model trained from a given state; each loss and the final state are compared.</summary>
static class TraceRunner
{
    const int Float32Steps = 20; // after these, rounding has grown past any tolerance worth having

    public static void Check(GoldenCase golden, DType precision, Device device)
    {
        var decoder = new Decoder(golden, precision, device);
        var model = Build(golden.Name, golden["sizes"]);
        ModuleRunner.Load(model, golden["state"], decoder, precision, device);
        model.Train();
        var optimizer = OptimizerTable.Create(golden["optimizer"].GetProperty("name").GetString()!, model.Parameters(),
            decoder.Keywords(golden["optimizer"].GetProperty("kwargs")));
        var schedule = golden.Find("schedule") is { } s
            ? OptimizerTable.CreateSchedule(s.GetProperty("name").GetString()!, optimizer, decoder.Keywords(s.GetProperty("kwargs")))
            : null;
        var batches = golden["batches"].EnumerateArray().Select(b => (X: decoder.Tensor(b.GetProperty("x")), Y: decoder.Tensor(b.GetProperty("y")))).ToArray();
        var losses = golden["losses"].EnumerateArray().Select(l => l.GetDouble()).ToArray();
        var rtol = precision == DType.Float64 ? 1e-6 : 1e-4;
        for (var step = 0; step < losses.Length; step++)
        {
            var (x, y) = batches[step % batches.Length];
            optimizer.ZeroGrad();
            var loss = Loss.CrossEntropy(model.Forward(x), y, labelSmoothing: Option(golden["loss"], "label_smoothing"));
            if ((precision == DType.Float64 || step < Float32Steps) && !Tolerance.Holds(loss.Item(), losses[step], rtol, 0))
                throw new Mismatch($"loss before step {step + 1}: {loss.Item():R}, expected {losses[step]:R}");
            loss.Backward();
            if (golden.Find("clip_grad_norm") is { } norm) Clip.GradNorm(model.Parameters(), norm.GetDouble());
            optimizer.Step();
            schedule?.Step();
        }
        if (precision == DType.Float64) CheckFinal(golden, model);
    }

    static void CheckFinal(GoldenCase golden, Module model)
    {
        var state = model.StateDict();
        foreach (var (name, tensor) in golden["final"].EnumerateObject().Select(p => (p.Name, p.Value)))
            new Expected(golden, DType.Float64).Check($"{name} at the end", state[name], tensor, rtol: 1e-5, atol: 1e-7);
    }

    static double Option(JsonElement options, string name) => options.TryGetProperty(name, out var value) ? value.GetDouble() : 0;

    static Layer Build(string name, JsonElement sizes) => name switch
    {
        "mlp" => Mlp(Ints(sizes, "sizes"), sizes.GetProperty("activation").GetString()!),
        "lenet" => LeNet(Int(sizes, "channels"), Int(sizes, "size"), Ints(sizes, "kernels"), Int(sizes, "classes")),
        _ => throw new InvalidDataException($"no model '{name}'"),
    };

    static Sequential Mlp(int[] widths, string activation)
    {
        List<Layer> layers = [];
        for (var i = 1; i < widths.Length; i++)
        {
            if (i > 1) layers.Add(Activation(activation));
            layers.Add(new Linear(widths[i - 1], widths[i]));
        }
        return new([.. layers]);
    }

    static Layer Activation(string name) => name switch
    {
        "relu" => new Relu(),
        "tanh" => new Tanh(),
        "gelu" => new Gelu(),
        "sigmoid" => new Sigmoid(),
        "silu" => new Silu(),
        "elu" => new Elu(),
        _ => throw new InvalidDataException($"no activation '{name}'"),
    };

    static Sequential LeNet(int channels, int size, int[] kernels, int classes) => new(
        new Conv2d(channels, kernels[0], kernelSize: 5, padding: 2), new BatchNorm2d(kernels[0]), new Relu(), new MaxPool2d(2),
        new Conv2d(kernels[0], kernels[1], kernelSize: 3), new BatchNorm2d(kernels[1]), new Relu(), new AvgPool2d(2),
        new Flatten(), new Linear(kernels[1] * After(size) * After(size), classes));

    /// <summary>The side of the picture behind pool, unpadded 3×3 convolution and pool.</summary>
    static int After(int size) => (size / 2 - 2) / 2;

    static int Int(JsonElement json, string name) => json.GetProperty(name).GetInt32();

    static int[] Ints(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(n => n.GetInt32())];
}
