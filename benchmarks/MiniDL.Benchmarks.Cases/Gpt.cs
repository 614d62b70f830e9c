using MiniDL.NN;

namespace MiniDL.Benchmarks;

/// <summary>A small language model (Radford et al. 2019): x [B, T] of tokens → scores of the next ones, [B·T, vocabulary].</summary>
sealed class Gpt : Layer
{
    readonly Embedding tokens, positions;
    readonly Sequential blocks;
    readonly LayerNorm norm;
    readonly Linear head;

    public Gpt(int vocabulary, int length, int width, int numHeads, int depth)
    {
        (tokens, positions) = (new(vocabulary, width), new(length, width));
        blocks = new([.. Enumerable.Range(0, depth).Select(_ => new Block(width, numHeads))]);
        (norm, head) = (new(width), new(width, vocabulary, bias: false));
    }

    public override Tensor Forward(Tensor x)
    {
        var y = tokens.Forward(x) + positions.Weight;
        return head.Forward(norm.Forward(blocks.Forward(y))).Flatten(0, 1);
    }

    /// <summary>x + attention(norm(x)), then x + mlp(norm(x)).</summary>
    sealed class Block : Layer
    {
        readonly LayerNorm attentionNorm, mlpNorm;
        readonly SelfAttention attention;
        readonly Sequential mlp;

        public Block(int width, int numHeads)
        {
            (attentionNorm, mlpNorm, attention) = (new(width), new(width), new(width, numHeads));
            mlp = new(new Linear(width, 4 * width), new Gelu(), new Linear(4 * width, width));
        }

        public override Tensor Forward(Tensor x)
        {
            x = x + attention.Forward(attentionNorm.Forward(x), causal: true);
            return x + mlp.Forward(mlpNorm.Forward(x));
        }
    }
}
