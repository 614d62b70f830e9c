namespace MiniDL;

public partial class Tensor
{
    /// <summary>y = f(x) for a formula of one's own: on every width and device, with gradients of every order.</summary>
    /// <remarks>Gradient: dx = dy·f′(x), where f′ comes from the formula itself by dual numbers.</remarks>
    public Tensor Apply<TFormula>(TFormula formula) where TFormula : struct, IFormula
        => Unary.Run(new FormulaOp<TFormula>(formula), this);
}
