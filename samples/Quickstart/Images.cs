using MiniDL.Data;

namespace Quickstart;

/// <summary>A data set of images in ten classes.</summary>
internal sealed record Images(string Name, Dataset Train, Dataset Test, IReadOnlyList<string> ClassNames)
{
    /// <summary>The data set that the options name. Digits are ordered by writer, so a fifth is drawn at random by the seed.</summary>
    public static Images Load(Options options)
    {
        if (options.Data == "digits")
        {
            var (train, test) = Digits.Load().Split(0.8);
            return new("digits", train, test, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
        }
        try
        {
            var fashion = FashionMnist.Load(options.Path ?? FashionMnist.DefaultPath);
            return new("fashion-mnist", fashion.Train, fashion.Test, FashionMnist.Names);
        }
        catch (IOException e)
        {
            Console.Error.WriteLine(e.Message);
            Environment.Exit(2);
            throw;
        }
    }
}
