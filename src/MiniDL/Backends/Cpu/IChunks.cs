namespace MiniDL;

/// <summary>Work that is cut in chunks, each of which any thread may do: it writes what no other chunk writes.</summary>
internal interface IChunks
{
    /// <summary>Does chunk <paramref name="index"/>.</summary>
    void Run(long index);
}
