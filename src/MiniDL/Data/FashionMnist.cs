using MiniDL.IO;

namespace MiniDL.Data;

/// <summary>Fashion-MNIST: 28×28 grey images of ten kinds of clothing, 60,000 to train on and 10,000 to test on, read from a folder.</summary>
/// <remarks>Source: H. Xiao, K. Rasul, R. Vollgraf, <em>Fashion-MNIST</em>, arXiv:1708.07747.</remarks>
public static class FashionMnist
{
    /// <summary>Where Debian's package puts the files.</summary>
    public const string DefaultPath = "/usr/share/datasets/fashion-mnist";

    /// <summary>What the ten classes are.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"];

    /// <summary>X: [N,1,28,28], Float32 in 0…1. Y: [N], Int64 in 0…9. N is 60,000 in Train and 10,000 in Test.</summary>
    /// <param name="path">The folder of the four files, with or without their ending .gz.</param>
    /// <exception cref="FileNotFoundException">A file is missing; the message says how to get it.</exception>
    /// <exception cref="DataFormatException">A file is broken.</exception>
    public static (TensorDataset Train, TensorDataset Test) Load(string path = DefaultPath) => (Read(path, "train"), Read(path, "t10k"));

    static TensorDataset Read(string folder, string part)
    {
        var images = Find(folder, $"{part}-images-idx3-ubyte");
        var labels = Find(folder, $"{part}-labels-idx1-ubyte");
        var x = Idx.Load(images, scale: 1 / 255.0);
        var y = Idx.Load(labels, DType.Int64);
        if (x.Rank != 3) throw new DataFormatException("Fashion-MNIST", images, $"shape {x.Shape} is not [N,28,28]");
        if (y.Rank != 1 || y.Length != x.Size(0)) throw new DataFormatException("Fashion-MNIST", labels, $"shape {y.Shape} is not [{x.Size(0)}], a label an image");
        return new TensorDataset(x.Unsqueeze(1), y);
    }

    static string Find(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        if (File.Exists(path)) return path;
        if (File.Exists(path + ".gz")) return path + ".gz";
        throw new FileNotFoundException(
            $"Fashion-MNIST: there is no {name}.gz in '{folder}'. On Debian and Ubuntu: apt-get install dataset-fashion-mnist (to {DefaultPath}); "
            + "elsewhere: get the four files of github.com/zalandoresearch/fashion-mnist and name their folder", path + ".gz");
    }
}
