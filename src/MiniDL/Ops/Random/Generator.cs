namespace MiniDL;

/// <summary>Where a stream of random numbers is: a value that can be saved, and set again.</summary>
/// <param name="Seed">The key of the Philox stream.</param>
/// <param name="Offset">How many draws (ops that took numbers) were made: each has a stream of its own below the seed.</param>
public readonly record struct GeneratorState(ulong Seed, ulong Offset);

/// <summary>A stream of random numbers: Philox, counter-based, so that number i depends on the seed and i alone, on every device.</summary>
/// <remarks>Safe to use from several threads, but then their order decides who gets which numbers; a generator per thread (<see cref="Use"/>) does not depend on it.</remarks>
public sealed class Generator
{
    [ThreadStatic] static Generator? ambient;

    readonly Lock gate = new();
    ulong seed, offset;

    /// <summary>A stream from its beginning.</summary>
    public Generator(long seed) => this.seed = (ulong)seed;

    /// <summary>The stream that the process draws from where no other is given; it begins at random unless <see cref="Seed"/> is called.</summary>
    public static Generator Default { get; } = new(System.Random.Shared.NextInt64());

    /// <summary>The stream of this thread: that of the innermost <see cref="Use"/>, else <see cref="Default"/>.</summary>
    public static Generator Current => ambient ?? Default;

    /// <summary>Starts <see cref="Default"/> anew from a seed.</summary>
    public static void Seed(long seed) => Default.State = new GeneratorState((ulong)seed, 0);

    /// <summary>Makes <paramref name="generator"/> the stream of this thread until the scope is disposed: <c>using (Generator.Use(g)) …</c></summary>
    public static GeneratorScope Use(Generator generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        return new GeneratorScope(generator);
    }

    /// <summary>Where the stream is.</summary>
    public GeneratorState State
    {
        get
        {
            lock (gate) return new GeneratorState(seed, offset);
        }
        set
        {
            lock (gate) (seed, offset) = value;
        }
    }

    /// <summary>The seed and offset of the next draw, of as many numbers as it needs; the generator goes on behind it.</summary>
    public GeneratorState Take()
    {
        lock (gate) return new GeneratorState(seed, offset++);
    }

    internal static Generator? Ambient { get => ambient; set => ambient = value; }
}

/// <summary>A generator as the stream of this thread until it is disposed. A ref struct: the compiler refuses it across <c>await</c>.</summary>
public readonly ref struct GeneratorScope : IDisposable
{
    readonly Generator? before;

    internal GeneratorScope(Generator generator)
    {
        before = Generator.Ambient;
        Generator.Ambient = generator;
    }

    /// <summary>Back to the stream before.</summary>
    public void Dispose() => Generator.Ambient = before;
}
