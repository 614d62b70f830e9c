using System.Globalization;

namespace MiniDL.Benchmarks;

/// <summary>What a command line asks for.</summary>
/// <param name="Device">The name of a device, or several with commas between; null when none is given.</param>
/// <param name="Filter">A part of the names of what should run; empty for all.</param>
/// <param name="Minutes">When to stop; infinity when it may take as long as it takes.</param>
public sealed record Options(string? Device, string Filter, double Minutes)
{
    /// <summary>What may stand in the command line.</summary>
    public const string Help = $"""
          --device NAME    {Devices.Names}; cuda:1 is the second of its kind
          --filter TEXT    only what has this in its name
          --minutes N      begins nothing new after N minutes, and says what was left
        """;

    /// <summary>Reads the options.</summary>
    /// <exception cref="ArgumentException">There is no such option, or its value is none.</exception>
    public static Options Parse(params ReadOnlySpan<string> args)
    {
        var options = new Options(null, "", double.PositiveInfinity);
        for (var i = 0; i < args.Length; i += 2)
        {
            if (args[i] is not ("--device" or "--filter" or "--minutes")) throw new ArgumentException($"there is no option {args[i]}");
            if (i + 1 == args.Length) throw new ArgumentException($"{args[i]} wants a value");
            var value = args[i + 1];
            options = args[i] switch
            {
                "--device" => options with { Device = value },
                "--filter" => options with { Filter = value },
                _ => options with { Minutes = Number(value) },
            };
        }
        return options;
    }

    static double Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0
        ? number : throw new ArgumentException($"--minutes {text}: it must be a number above 0");
}
