using MiniDL.NN;

namespace MiniDL.Tests.NN;

/// <summary>What modules find in their fields, and under which names.</summary>
public sealed class ModuleTests
{
    class Base : Module
    {
        protected readonly Linear first = new(2, 3);
        readonly Parameter _baseScale = new(Tensor.Ones(3));

        public Parameter Scale => _baseScale;
    }

    sealed class Derived(Linear captured, Parameter tied) : Base
    {
        readonly Parameter inProjWeight = new(Tensor.Zeros(2));
        [Buffer] readonly Tensor runningMean = Tensor.Zeros(2);
        [Buffer(Persistent = false)] readonly Tensor table = Tensor.Zeros(4);
        [Name("ln_1")] readonly LayerNorm norm = new(3);
        readonly Tensor plain = Tensor.Zeros(7);

        public Linear MLPHead { get; } = new(3, 1, bias: false);

        public Tensor Use() => captured.Forward(plain[..2]) + tied + inProjWeight.Sum() + runningMean.Sum() + table.Sum() + norm.Forward(Scale).Sum() + first.Bias!;
    }

    static Derived Build() => new(new Linear(2, 3), new Parameter(Tensor.Ones(3)));

    [Fact]
    public void NamesComeFromFieldsBaseFirst()
    {
        var names = Build().NamedParameters().Keys;
        Assert.Equal(["base_scale", "first.weight", "first.bias"], names.Where(n => n.StartsWith("first", StringComparison.Ordinal) || n.StartsWith("base", StringComparison.Ordinal)));
        Assert.Equal(
            ["base_scale", "captured.bias", "captured.weight", "first.bias", "first.weight", "in_proj_weight", "ln_1.bias", "ln_1.weight", "mlp_head.weight", "tied"],
            names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void BuffersAreSavedUnlessTheySayNo()
    {
        var module = Build();
        Assert.Equal(["running_mean", "table"], module.NamedBuffers().Keys);
        Assert.Contains("running_mean", module.StateDict().Keys);
        Assert.DoesNotContain("table", module.StateDict().Keys);
        Assert.DoesNotContain("plain", module.StateDict().Keys);
    }

    [Theory]
    [InlineData("weight", "weight")]
    [InlineData("_inProjWeight", "in_proj_weight")]
    [InlineData("<MLPHead>k__BackingField", "mlp_head")]
    [InlineData("<captured>P", "captured")]
    [InlineData("Head@", "head")]
    [InlineData("conv1", "conv1")]
    [InlineData("conv1x1", "conv1x1")]
    [InlineData("conv2D", "conv2_d")]
    [InlineData("ln_1", "ln_1")]
    [InlineData("W", "w")]
    public void FieldNamesBecomeSnakeCase(string field, string name) => Assert.Equal(name, ModuleFields.SnakeCase(ModuleFields.CSharpName(field)));

    sealed class Bare : Module
    {
        readonly Tensor scale = Tensor.Ones([2], requiresGrad: true);

        public Tensor Use() => scale;
    }

    sealed class Array : Module
    {
        readonly Linear[] blocks = [new(1, 1)];

        public Layer Use() => blocks[0];
    }

    sealed class Table : Module
    {
        readonly Dictionary<string, Linear> blocks = new() { ["a"] = new(1, 1) };

        public Layer Use() => blocks["a"];
    }

    sealed class Twice : Base2
    {
        readonly Linear norm = new(1, 1);

        public Layer Use2() => norm;
    }

    class Base2 : Module
    {
        readonly Linear norm = new(1, 1);

        public Layer Use() => norm;
    }

    [Fact]
    public void WhatWouldBeOverlookedIsRefused()
    {
        Assert.Equal("Bare: field 'scale' is a tensor that requires a gradient; make it a Parameter, or Detach() it",
            Assert.Throws<InvalidOperationException>(() => new Bare().Parameters()).Message);
        Assert.Equal("Array: field 'blocks' is a collection of modules, which would be neither trained nor saved; make it a ModuleList or a Sequential",
            Assert.Throws<InvalidOperationException>(() => new Array().Parameters()).Message);
        Assert.StartsWith("Table: field 'blocks' is a collection of modules", Assert.Throws<InvalidOperationException>(() => new Table().Parameters()).Message, StringComparison.Ordinal);
        Assert.Equal("Twice: the fields 'norm' and 'norm' are both named 'norm'; give one a [Name]",
            Assert.Throws<InvalidOperationException>(() => new Twice().Parameters()).Message);
    }

    sealed class Tied : Module
    {
        readonly Embedding embed = new(5, 3);
        readonly Linear head = new(3, 5, bias: false);
        readonly Tied? owner;
        [Name("out")] readonly Parameter outWeight;

        public Tied()
        {
            owner = this;
            outWeight = embed.Weight;
        }

        public object Use() => (embed, head, owner, outWeight);
    }

    [Fact]
    public void ATiedParameterStandsUnderItsFirstNameAndACycleEnds()
    {
        var module = new Tied();
        Assert.Equal(["out", "head.weight"], module.NamedParameters().Keys);
        Assert.Equal(["", "embed", "head"], module.NamedModules().Keys);
        Assert.Equal(2, module.Parameters().Count);
        Assert.Equal(["out", "head.weight"], module.StateDict().Keys);
    }

    [Fact]
    public void FrozenParametersGetNoGradient()
    {
        var layer = new Linear(2, 2);
        layer.Freeze();
        Assert.All(layer.Parameters(), p => Assert.False(p.RequiresGrad));
        Assert.False(layer.Forward(Tensor.Ones(1, 2)).RequiresGrad);
        layer.Unfreeze();
        Assert.All(layer.Parameters(), p => Assert.True(p.RequiresGrad));
    }

    [Fact]
    public void InferenceRestoresEachModulesOwnMode()
    {
        var model = new Sequential(new Dropout(), new BatchNorm1d(2), new Linear(2, 2));
        model[1].Eval();
        using (model.Inference())
        {
            Assert.All(model.NamedModules().Values, m => Assert.False(m.IsTraining));
            Assert.False(model.Forward(Tensor.Ones(3, 2)).RequiresGrad);
            using (model.Inference()) { }
            Assert.False(model.IsTraining);
            model[0].Train();
            Assert.False(model[0].IsTraining);
        }
        Assert.True(model.IsTraining);
        Assert.True(model[0].IsTraining);
        Assert.False(model[1].IsTraining);
        Assert.True(model.Forward(Tensor.Ones(3, 2)).RequiresGrad);
    }

    [Fact]
    public void ToConvertsTheSameParameterObjects()
    {
        var model = new Sequential(new Linear(2, 2), new BatchNorm1d(2));
        var before = model.Parameters();
        model.Forward(Tensor.Randn(3, 2)).Sum().Backward();
        model.To(DType.Float64);
        Assert.Equal(before, model.Parameters());
        Assert.All(model.Parameters(), p => Assert.Equal((DType.Float64, false, true), (p.DType, p.HasGrad, p.RequiresGrad)));
        Assert.Equal([DType.Float64, DType.Float64, DType.Int64], model.NamedBuffers().Values.Select(b => b.DType));
        model.Forward(Tensor.Randn([3, 2], DType.Float64)).Sum().Backward();
        Assert.All(model.Parameters(), p => Assert.Equal(DType.Float64, p.Grad!.DType));
        Assert.Contains("not in Int64", Assert.Throws<ArgumentException>(() => model.To(DType.Int64)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ErrorsNameTheLayersPath()
    {
        var model = new Sequential { { "features", new Sequential(new Conv2d(1, 4, 3), new Conv2d(3, 8, 3)) } };
        var error = Assert.Throws<ShapeException>(() => model.Forward(Tensor.Ones(1, 1, 8, 8)));
        Assert.Equal("Conv2d 'features.1': x has 4 channels, w takes 3 (x [1,4,6,6], w [8,3,3,3], groups 1)", error.Message);
        Assert.Equal("features.1", error.ModulePath);
        Assert.Null(Gate.CurrentModule);
    }

    sealed class Own : Layer
    {
        public Tensor? Kept { get; set; }

        public override Tensor Forward(Tensor x)
        {
            Kept = x;
            return x * 2;
        }
    }

    [Fact]
    public void EventsAreRaisedForLayersOfThisLibraryAndWithinSequential()
    {
        var (own, log) = (new Own(), new List<string>());
        var model = new Sequential(new Relu(), own, new Flatten());
        foreach (var module in model.NamedModules().Values)
        {
            module.Forwarding += (_, e) => log.Add($"{e.Path} < {e.Input.Shape}");
            module.Forwarded += (s, e) => log.Add($"{e.Path} {s!.GetType().Name} {e.Output!.Shape}");
        }
        model.Forward(Tensor.Ones(2, 3, 4));
        Assert.Equal(
            [" < [2,3,4]", "0 < [2,3,4]", "0 Relu [2,3,4]", "1 < [2,3,4]", "1 Own [2,3,4]", "2 < [2,3,4]", "2 Flatten [2,12]", " Sequential [2,12]"], log);
    }

    [Fact]
    public void WhatALayerOfOnesOwnKeepsIsNotReturned()
    {
        var own = new Own();
        var model = new Sequential(new Relu(), own, new Relu(), new Linear(1000, 1000), new Linear(1000, 4));
        var x = Tensor.Ones(8, 1000);
        model.Forward(x).Sum().Backward();
        for (var i = 0; i < 5; i++) model.Forward(x * 2).Sum().Backward();
        Assert.Equal(8 * 2000, own.Kept!.Sum().Item());
    }
}
