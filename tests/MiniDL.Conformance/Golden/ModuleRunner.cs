using System.Text.Json;
using MiniDL.NN;

namespace MiniDL.Conformance.Golden;

/// <summary>Kind <c>module</c>: a layer built, loaded under PyTorch's names and called; losses, which have no state, go through <see cref="Loss"/>.</summary>
static class ModuleRunner
{
    public static void Check(GoldenCase golden, DType precision, Device device)
    {
        var decoder = new Decoder(golden, precision, device);
        var constructor = decoder.Arguments(golden["ctor"].GetProperty("args"), golden["ctor"].GetProperty("kwargs"));
        var expected = golden["grads"].EnumerateObject().ToArray();
        Tensor[] outs;
        List<Tensor> inputs = [];
        if (ModuleTable.Losses.TryGetValue(golden.Name, out var loss))
        {
            var args = decoder.Arguments().With(constructor);
            outs = [loss(args)];
            args.CheckAllRead();
        }
        else
        {
            var (module, forward) = ModuleTable.Create(golden.Name, constructor);
            constructor.CheckAllRead();
            Load(module, golden["state"], decoder, precision, device);
            module.Train(golden["training"].GetBoolean());
            var args = decoder.Arguments();
            outs = forward(args);
            args.CheckAllRead();
            var parameters = module.NamedParameters();
            inputs.AddRange(expected.Where(g => !g.Name.StartsWith("input", StringComparison.Ordinal)).Select(g => parameters[g.Name]));
        }
        inputs.AddRange(decoder.Inputs);
        OpRunner.CheckAll(golden, decoder, outs, golden["outs"], inputs, [.. expected.Select(g => g.Value)], Tolerance.Single(precision), precision);
    }

    /// <summary>Puts a module on the device in the case's precision, and loads the case's state into it.</summary>
    public static void Load(Module module, JsonElement state, Decoder decoder, DType precision, Device device)
    {
        module.To(precision);
        module.To(device);
        module.LoadStateDict(state.EnumerateObject().ToDictionary(p => p.Name, p => decoder.Tensor(p.Value)));
    }
}
