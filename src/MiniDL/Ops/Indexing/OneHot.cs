namespace MiniDL;

public partial class Tensor
{
    /// <summary>For each class index a row with 1 at the index and 0 elsewhere, as Int64.</summary>
    /// <param name="numClasses">The width of the rows; the largest index + 1 when left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is negative or not below the number of classes.</exception>
    public Tensor OneHot(int numClasses = -1)
    {
        if (numClasses < -1) throw new ArgumentOutOfRangeException(nameof(numClasses), $"{Gate.Describe(nameof(OneHot))}: numClasses is {numClasses}; it is −1 or more");
        if (numClasses == -1 && Length == 0) throw new ShapeException(nameof(OneHot), $"x {layout} is empty, so its largest index says no number of classes; pass numClasses");
        var index = Indices.Check(this, numClasses < 0 ? int.MaxValue : numClasses, nameof(OneHot), "the classes");
        if (numClasses < 0) numClasses = (int)index.Amax().Item<long>() + 1;
        return Zeros([.. Shape, numClasses], DType.Int64, Device).Scatter(-1, index.Unsqueeze(-1), 1);
    }
}
