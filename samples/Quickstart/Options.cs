using System.Globalization;

namespace Quickstart;

/// <summary>What the command line says.</summary>
internal sealed record Options(string Data, string? Path, int Seed, int Epochs, int Threads, string Device)
{
    const string Help = """
        Trains a small convolutional network and reports its accuracy on images it has not seen.

          --data digits          8x8 handwritten digits, part of the package (the default)
          --data fashion-mnist   28x28 pictures of clothes
          --path DIR             where the four Fashion-MNIST files lie
          --seed N               another split and another start (default 1); the same seed gives the same numbers
          --epochs N             passes over the training images (default 30; fashion-mnist 5)
          --threads N            processor threads (default all)
          --device NAME          cpu (the default), cuda, opencl, or auto: the best GPU, the CPU when there is none
          --help                 this text
        """;

    /// <summary>0 after --help, 2 after a mistake.</summary>
    public static int ExitCode { get; private set; }

    /// <summary>The options, or null when the program has nothing to do but exit.</summary>
    public static Options? Parse(string[] args)
    {
        var (data, path, seed, epochs, threads, device) = ("digits", (string?)null, 1, 0, 0, "cpu");
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] is "--help" or "-h")
            {
                Console.WriteLine(Help);
                return null;
            }
            if (i + 1 == args.Length) return Mistake($"{args[i]} wants a value");
            var value = args[++i];
            switch (args[i - 1])
            {
                case "--data" when value is "digits" or "fashion-mnist": data = value; break;
                case "--data": return Mistake($"--data {value}: it is digits or fashion-mnist");
                case "--device" when value is "cpu" or "cuda" or "opencl" or "auto": device = value; break;
                case "--device": return Mistake($"--device {value}: it is cpu, cuda, opencl or auto");
                case "--path": path = value; break;
                case "--seed" when Number(value, 0, out seed): break;
                case "--epochs" when Number(value, 1, out epochs): break;
                case "--threads" when Number(value, 1, out threads): break;
                case "--seed" or "--epochs" or "--threads": return Mistake($"{args[i - 1]} {value}: it must be a whole number, not too small");
                default: return Mistake($"there is no option {args[i - 1]}");
            }
        }
        return new(data, path, seed, epochs > 0 ? epochs : data == "digits" ? 30 : 5, threads, device);
    }

    static bool Number(string text, int least, out int number)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least;

    static Options? Mistake(string message)
    {
        Console.Error.WriteLine($"{message} (--help lists the options)");
        ExitCode = 2;
        return null;
    }
}
