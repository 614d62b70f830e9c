using System.Globalization;
using MiniDL.NN;

namespace MiniDL.Tests.NN;

/// <summary>What printing a module shows.</summary>
public sealed class TextTests
{
    sealed class Block(int width) : Layer
    {
        readonly LayerNorm norm = new(width);
        readonly SelfAttention attend = new(width, numHeads: 2);
        readonly Parameter scale = new(Tensor.Ones(width));

        public override Tensor Forward(Tensor x) => x + scale * attend.Forward(norm.Forward(x), causal: true);
    }

    [Fact]
    public void ATreeWithParameterCounts()
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
        try
        {
            var model = new Sequential(
                new Conv2d(1, 32, kernelSize: 3, padding: 1), new Relu(), new MaxPool2d(2), new Conv2d(32, 64, (3, 5), stride: 2, padding: "same", bias: false),
                new Flatten(), new Dropout(0.25), new Sequential { { "block", new Block(64) }, { "head", new Linear(64, 10) } });
            Assert.Equal(
                """
                Sequential (48,522)
                ├─ 0: Conv2d(1, 32, 3, padding: 1) (320)
                ├─ 1: Relu
                ├─ 2: MaxPool2d(2)
                ├─ 3: Conv2d(32, 64, (3, 5), stride: 2, padding: "same", bias: false) (30,720)
                ├─ 4: Flatten
                ├─ 5: Dropout(0.25)
                └─ 6: Sequential (17,482)
                   ├─ block: Block (16,832)
                   │  ├─ norm: LayerNorm(64) (128)
                   │  └─ attend: SelfAttention(64, numHeads: 2) (16,640)
                   │     └─ out_proj: Linear(64, 64) (4,160)
                   └─ head: Linear(64, 10) (650)
                """, model.ToString().ReplaceLineEndings());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void ASummaryListsWhatRan()
    {
        var model = new Sequential(new Linear(8, 4), new Relu(), new Block(4), new Linear(4, 2));
        model[3].Freeze();
        Assert.Equal(
            """
            layer              type           output   parameters
            ─────────────────────────────────────────────────────
            0                  Linear         [2,3,4]          36
            1                  Relu           [2,3,4]
            2.norm             LayerNorm      [2,3,4]           8
            2.attend.out_proj  Linear         [2,3,4]          20
            2.attend           SelfAttention  [2,3,4]          60
            2                  Block          [2,3,4]           4
            3                  Linear         [2,3,2]          10
            ─────────────────────────────────────────────────────
            total              128 trained                    138
            """, model.Summary(2, 3, 8).ReplaceLineEndings());
        Assert.True(model.IsTraining);
    }

    [Fact]
    public void ASummaryCountsWhatDidNotRun()
    {
        var (a, b) = (new Linear(2, 2), new Linear(2, 3));
        var model = new ModuleList<Linear>(a, b);
        var table = model.Summary(() => a.Forward(Tensor.Ones(1, 2))).ReplaceLineEndings().Split(Environment.NewLine);
        Assert.Equal("0      Linear  [1,2]            6", table[2]);
        Assert.Equal("1      Linear  —                9", table[3]);
        Assert.Equal("total                          15", table[5]);
    }
}
