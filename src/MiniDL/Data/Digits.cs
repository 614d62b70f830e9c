namespace MiniDL.Data;

/// <summary>Handwritten digits, 1,797 images of 8×8, inside of the package: enough to train a small network on in seconds.</summary>
/// <remarks>
/// The test part of E. Alpaydin and C. Kaynak, <em>Optical Recognition of Handwritten Digits</em>, UCI Machine Learning Repository, 1998, CC BY 4.0
/// (THIRD-PARTY-NOTICES.md). The images stand in the order of their 13 writers: hold out a part by <see cref="Dataset.Split"/>, which draws it at random.
/// </remarks>
public static class Digits
{
    const double Darkest = 16; // of the 4×4 dots that a pixel was made of

    /// <summary>X: [1797,1,8,8], Float32 in 0…1 (0 is paper). Y: [1797], Int64 in 0…9.</summary>
    public static TensorDataset Load()
    {
        var x = Read("digits-images-idx3-ubyte.gz", DType.Float32, 1 / Darkest);
        return new TensorDataset(x.Unsqueeze(1), Read("digits-labels-idx1-ubyte.gz", DType.Int64, 1));
    }

    static Tensor Read(string name, DType dtype, double scale)
    {
        using var stream = typeof(Digits).Assembly.GetManifestResourceStream(name)!;
        return Idx.Load(stream, dtype, scale);
    }
}
