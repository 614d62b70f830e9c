namespace MiniDL;

/// <summary>An n-dimensional array of numbers with reverse-mode automatic differentiation.</summary>
public sealed partial class Tensor
{
}
