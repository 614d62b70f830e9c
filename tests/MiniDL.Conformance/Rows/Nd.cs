namespace MiniDL.Conformance.Rows;

/// <summary>A plain array of doubles with a shape, row-major: what references are written over. It uses nothing of MiniDL.</summary>
public sealed class Nd
{
    /// <summary>The size of each axis.</summary>
    public readonly int[] Shape;

    /// <summary>The elements, row-major.</summary>
    public readonly double[] Data;

    /// <summary>An array over given elements.</summary>
    public Nd(int[] shape, double[] data)
    {
        if (Count(shape) != data.Length) throw new ArgumentException($"{data.Length} elements do not fill [{string.Join(", ", shape)}]");
        (Shape, Data) = (shape, data);
    }

    /// <summary>A single number.</summary>
    public Nd(double value) : this([], [value]) { }

    /// <summary>How many elements a shape has.</summary>
    public static int Count(int[] shape) => shape.Aggregate(1, (n, size) => n * size);

    /// <summary>The size of an axis; negative counts from the end.</summary>
    public int Size(int dim) => Shape[dim < 0 ? dim + Shape.Length : dim];

    /// <summary>An element. Axes are matched from the last, and an axis of size 1 stands for any index: NumPy's broadcasting.</summary>
    public double this[params ReadOnlySpan<int> index]
    {
        get
        {
            var at = 0;
            for (int d = 0, skip = index.Length - Shape.Length; d < Shape.Length; d++)
                at = (at * Shape[d]) + (Shape[d] == 1 ? 0 : index[skip + d]);
            return Data[at];
        }
    }

    /// <summary>An array of f(index); f is handed the same index array each time.</summary>
    public static Nd Make(int[] shape, Func<int[], double> f)
    {
        var data = new double[Count(shape)];
        var index = new int[shape.Length];
        for (var i = 0; i < data.Length; i++)
        {
            data[i] = f(index);
            for (var d = shape.Length - 1; d >= 0 && ++index[d] == shape[d]; d--) index[d] = 0;
        }
        return new(shape, data);
    }

    /// <summary>The shape that shapes broadcast to.</summary>
    public static int[] Broadcast(params int[][] shapes)
    {
        var result = new int[shapes.Max(s => s.Length)];
        for (var d = 1; d <= result.Length; d++)
        {
            var sizes = shapes.Where(s => s.Length >= d).Select(s => s[^d]).ToArray();
            result[^d] = Array.Find(sizes, size => size != 1) is var other && sizes.Contains(other) ? other : 1;
        }
        return result;
    }

    /// <summary>f of each element.</summary>
    public Nd Map(Func<double, double> f) => new(Shape, Array.ConvertAll(Data, v => f(v)));

    /// <summary>f of each two elements, broadcast.</summary>
    public static Nd Map(Nd a, Nd b, Func<double, double, double> f) => Make(Broadcast(a.Shape, b.Shape), i => f(a[i], b[i]));

    /// <summary>The same elements in another shape.</summary>
    public Nd Reshape(params int[] shape) => new(shape, Data);

    /// <summary>f of each line along an axis, in that axis' place: f may give a line of any length, all the same.</summary>
    /// <param name="dim">The axis; negative counts from the end.</param>
    /// <param name="length">How long f's lines are; null drops the axis, and f gives a line of 1.</param>
    /// <param name="f">From a line to a line.</param>
    public Nd Lines(int dim, int? length, Func<double[], double[]> f)
    {
        if (dim < 0) dim += Shape.Length;
        int[] shape = length is { } n ? [.. Shape[..dim], n, .. Shape[(dim + 1)..]] : [.. Shape[..dim], .. Shape[(dim + 1)..]];
        return Make(shape, index =>
        {
            int[] at = length is null ? [.. index[..dim], 0, .. index[dim..]] : [.. index];
            var line = new double[Shape[dim]];
            for (var k = 0; k < line.Length; k++)
            {
                at[dim] = k;
                line[k] = this[at];
            }
            return f(line)[length is null ? 0 : index[dim]];
        });
    }
}
